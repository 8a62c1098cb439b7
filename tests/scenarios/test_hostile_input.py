"""What people, broken clients and forgers send, each with exactly what comes of it: the whole bot over signed requests."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from bot.domain.cases import Case
from bot.domain.ids import Reference
from bot.practice.http_delivery import Endpoint
from bot.practice.wire import Json
from tests.scenarios.world import CARE_DUTY, OFFICER, REFERENCE, World
from tests.scenarios.world import world as open_world

MARK = "Quokkaburra"
"""In every hostile text, so that a trace of it is found wherever it is."""
CHILDREN, HAPPENED, PLACE = "Child or children", "What has happened", "Address or place"
Meddling = Callable[[Json], Json]


class Meddler(Endpoint):
    """Changes the next payload on its way to the bot, as a forger with the signing secret could."""

    change: Meddling | None = None
    only: str = ""

    def deliver(self, kind: str, payload: Json, retry: int) -> tuple[Json | str | None, float]:
        if self.change is not None and payload.get("type") == self.only:
            change, self.change = self.change, None
            payload = change(payload)
        return super().deliver(kind, payload, retry)


class Gate:
    """The bot behind the meddler."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.kept: Reference | None = None
        url, secret = f"{world.bot.url}/slack/events", world.server.cast.bot.signing_secret
        self.meddler = world.server.stage.delivery.endpoint = Meddler(url, secret)

    def meddle(self, change: Meddling, case_id: str = "", *, only: str = "block_actions") -> None:
        """Change the next payload of a type; `{id}` in the change is the case's."""

        def changed(payload: Json) -> Json:
            found: Json = json.loads(json.dumps(change(payload)).replace("{id}", case_id))
            return found

        self.meddler.change, self.meddler.only = changed, only

    def form(self, texts: Mapping[str, str] | None = None, *, change: Meddling | None = None) -> Json:
        """Fill in the form and send it, changed on its way; the practice workspace's answer."""
        opened = self.world.driver.command(OFFICER, "response-duty", "/refer")
        if change:
            self.meddle(change, only="view_submission")
        values = {
            "Concern type": "Domestic abuse",
            "Risk grade": "Medium",
            "What are you asking for?": "Act now",
            CHILDREN: "police 44-0001",
            HAPPENED: "Seen at the door.",
        }
        return self.world.driver.submit(OFFICER, opened["view_id"], values | dict(texts or {}))

    def referred(self, texts: Mapping[str, str] | None = None) -> Reference:
        """Refer with these texts; the reference."""
        answer = self.form(texts)
        assert "errors" not in answer, answer
        answer = self.world.driver.submit(OFFICER, answer["view_id"], {})
        assert "errors" not in answer, answer
        found = REFERENCE.search(str(self.world.driver.views(OFFICER)[-1]["texts"]))
        assert found
        self.close()
        return Reference(found.group())

    def untouched(self) -> Case:
        """A case that no test changes."""
        if self.kept is None:
            self.kept = self.referred()
        return self.world.bot.desk.find(self.kept)

    def close(self) -> None:
        """Close whatever is open."""
        while views := self.world.driver.views(OFFICER):
            self.world.driver.post("close", seat=OFFICER, view_id=views[-1]["id"])

    def opened(self, reference: Reference) -> Json:
        """The case opened by the officer: its blocks."""
        self.world.press(OFFICER, reference, "Open", channel="response-duty")
        view = self.world.driver.views(OFFICER)[-1]
        self.close()
        return view

    def plain_texts(self, view: Json) -> list[str]:
        """Every text of a view that Slack draws as it stands: plain text and the text of rich text, never markup."""
        return list(_plain(view["blocks"]))

    def posts(self) -> list[Json]:
        """Every message in every place, as Slack holds it."""
        rooms = self.world.driver.get("state")["channels"]
        names = [room["name"] for room in rooms] + [f"@{OFFICER}", f"@{CARE_DUTY}"]
        return [message for name in names for message in self.world.driver.messages(name)]

    def everything_posted(self) -> str:
        """The same as one text."""
        return json.dumps(self.posts(), ensure_ascii=False)


def _plain(found: object) -> Iterator[str]:
    if isinstance(found, dict):
        if found.get("type") in {"plain_text", "text"} and isinstance(found.get("text"), str):
            yield found["text"]
        for value in found.values():
            yield from _plain(value)
    elif isinstance(found, list):
        for value in found:
            yield from _plain(value)


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Iterator[Gate]:
    place = tmp_path_factory.mktemp("hostile")
    with open_world(place, template=empty_database, VIGIL_MODE="http", SLACK_APP_TOKEN="") as here:
        yield Gate(here)


TAKEN = [
    (HAPPENED, f"<!channel> {MARK}", f"<!channel> {MARK}"),
    (HAPPENED, f"<!here|here> <!everyone> {MARK}", f"<!here|here> <!everyone> {MARK}"),
    (HAPPENED, f"<@U0CHIEF01> {MARK}", f"<@U0CHIEF01> {MARK}"),
    (HAPPENED, f"<https://evil.example/|Slack sign-in> {MARK}", f"<https://evil.example/|Slack sign-in> {MARK}"),
    (HAPPENED, f"*Status: Closed* {MARK}", f"*Status: Closed* {MARK}"),
    (
        HAPPENED,
        f"Acknowledged by Harriet Willowmarsh at 2:05pm {MARK}",
        f"Acknowledged by Harriet Willowmarsh at 2:05pm {MARK}",
    ),
    (HAPPENED, f"\u202e{MARK}\u202c evil", f"{MARK} evil"),
    (HAPPENED, f"\u2066{MARK}\u2069", MARK),
    (HAPPENED, f"zero\u200bwidth\u200d{MARK}\ufeff", f"zerowidth{MARK}"),
    (HAPPENED, f"bell\a null\x00 escape\x1b[31m {MARK}", f"bell null escape[31m {MARK}"),
    (HAPPENED, f"first\r\n\r\n\r\n\r\nsecond {MARK}", f"first\n\nsecond {MARK}"),
    (HAPPENED, f"&lt;!channel&gt; &amp; {MARK}", f"&lt;!channel&gt; &amp; {MARK}"),
    (HAPPENED, f"```code``` ~~struck~~ _it_ :siren: {MARK}", f"```code``` ~~struck~~ _it_ :siren: {MARK}"),
    (HAPPENED, f"'; DROP TABLE cases; -- {MARK}", f"'; DROP TABLE cases; -- {MARK}"),
    (HAPPENED, f"{{{{7*7}}}} ${{7*7}} %s %n {MARK}", f"{{{{7*7}}}} ${{7*7}} %s %n {MARK}"),
    (HAPPENED, f"=cmd|'/c calc'!A1 {MARK}", f"=cmd|'/c calc'!A1 {MARK}"),
    (HAPPENED, f'{{"type":"section"}} {MARK}', f'{{"type":"section"}} {MARK}'),
    (HAPPENED, "🚨🚨🚨", "🚨🚨🚨"),
    (HAPPENED, f"e\u0301\u0301\u0301 Z̷a̸l̵g̶o̷ {MARK}", f"e\u0301\u0301\u0301 Z̷a̸l̵g̶o̷ {MARK}"),
    (HAPPENED, "x" * 2000, "x" * 2000),
    (PLACE, f"<!channel> {MARK}", f"<!channel> {MARK}"),
    (PLACE, f"<https://evil.example|1 Elm Road> {MARK}", f"<https://evil.example|1 Elm Road> {MARK}"),
    (PLACE, f"*bold* `code` {MARK}", f"*bold* `code` {MARK}"),
    (PLACE, f"\u202e{MARK}", MARK),
    (PLACE, "🏠", "🏠"),
    (CHILDREN, f"police <!channel>44-{MARK}", f"Child 1: police <!channel>44-{MARK}"),
    (CHILDREN, f"police 44\u200b-0001-{MARK}", f"Child 1: police 44-0001-{MARK}"),
    (CHILDREN, f"nhs 999 000\u202e 0001 {MARK}", f"Child 1: NHS 999 000 0001 {MARK}"),
    (CHILDREN, f"police 44-0001; DELETE {MARK}", f"Child 1: police 44-0001; DELETE {MARK}"),
]

REFUSED = [
    (HAPPENED, "x" * 2001, "What has happened must be 2,000 characters or fewer"),
    (HAPPENED, "<" * 2001, "What has happened must be 2,000 characters or fewer"),
    (PLACE, "y" * 301, "Address or place must be 300 characters or fewer"),
    (CHILDREN, "Rumpelstiltskin", "Child or children: line 1 must be a record number with a digit in it, not a name"),
    (CHILDREN, "🧒", "Child or children: line 1 must be a record number with a digit in it, not a name"),
    (CHILDREN, "police 1" + "1" * 40, "Child or children: a record number in line 1 must be 40 characters or fewer"),
    (CHILDREN, "1\n" * 11, "Child or children must be 10 lines or fewer, one child a line"),
    (CHILDREN, ",".join(["police 1"] * 11), "Child or children: line 1 must have 10 record numbers or fewer"),
    (
        CHILDREN,
        "police 44-0001\n<!channel>",
        "Child or children: line 2 must be a record number with a digit in it, not a name",
    ),
]


@pytest.mark.parametrize(("field", "text", "shown"), TAKEN)
def test_hostile_words_are_kept_and_shown_as_plain_text_in_the_record_and_go_nowhere_else(
    gate: Gate, field: str, text: str, shown: str
) -> None:
    reference = gate.referred({field: text})
    detail = gate.opened(reference)
    assert shown in gate.plain_texts(detail)
    assert MARK not in gate.everything_posted()
    assert gate.world.errors() == []


@pytest.mark.parametrize(("field", "text", "sentence"), REFUSED)
def test_what_cannot_be_taken_is_refused_under_its_field_and_nothing_is_kept(
    gate: Gate, field: str, text: str, sentence: str
) -> None:
    before = len(gate.world.bot.desk.cases(1000))
    assert list(gate.form({field: text})["errors"].values()) == [sentence]
    assert len(gate.world.bot.desk.cases(1000)) == before


def action(**changes: object) -> Meddling:
    """The press with parts of its control replaced."""
    return lambda payload: payload | {"actions": [payload["actions"][0] | changes]}


def option(value: str) -> Meddling:
    """The press with another option chosen."""
    return action(selected_option={"text": {"type": "plain_text", "text": "High"}, "value": value})


def by(**changes: object) -> Meddling:
    """The payload as of another user."""
    return lambda payload: payload | {"user": payload["user"] | changes}


def without(*names: str) -> Meddling:
    """The payload with parts left out."""
    return lambda payload: {name: value for name, value in payload.items() if name not in names}


OUTDATED = "This button is from an older message. Use the newest card of the case."
NONE_SUCH = "There is no case of that reference, or none that you may see."
STRANGER = "Only people named in the directory can do this."
DONE = "Acknowledged SG-"
NO_GRADE = "Select one of the grades for domestic abuse."
NO_ACT = "Select one of the actions in the list."

TAMPERED: list[tuple[str, str | None, Meddling, str]] = [
    ("acknowledge", None, action(block_id=""), OUTDATED),
    ("acknowledge", None, action(block_id=None), OUTDATED),
    ("acknowledge", None, action(block_id=5), OUTDATED),
    ("acknowledge", None, action(block_id="case"), OUTDATED),
    ("acknowledge", None, action(block_id="case:{id}"), OUTDATED),
    ("acknowledge", None, action(block_id="case:{id}:1:1"), OUTDATED),
    ("acknowledge", None, action(block_id="case:{id}:-1"), OUTDATED),
    ("acknowledge", None, action(block_id="case:{id}:1e3"), OUTDATED),
    ("acknowledge", None, action(block_id="case:{id}:\u0661"), OUTDATED),
    ("acknowledge", None, action(block_id="case:{id}:" + "9" * 5000), OUTDATED),
    ("acknowledge", None, action(block_id="fact:{id}:child_present"), OUTDATED),
    ("acknowledge", None, action(block_id="case:" + "f" * 32 + ":1"), NONE_SUCH),
    ("acknowledge", None, action(block_id="case:' OR 1=1 --:1"), NONE_SUCH),
    ("acknowledge", None, action(block_id="case:../../etc/passwd:1"), NONE_SUCH),
    ("acknowledge", None, action(action_id="drop_table"), OUTDATED),
    ("acknowledge", None, action(action_id=""), OUTDATED),
    ("acknowledge", None, by(id="U0NOBODY99"), STRANGER),
    ("acknowledge", None, by(id="<!channel>"), STRANGER),
    ("acknowledge", None, by(id=None), STRANGER),
    ("acknowledge", None, by(team_id="T0STRANGER"), STRANGER),
    ("grade", "High", option("purple"), NO_GRADE),
    ("grade", "High", option(""), NO_GRADE),
    ("grade", "High", option("x" * 40_000), NO_GRADE),
    ("grade", "High", option("<!channel>"), NO_GRADE),
    ("grade", "High", action(selected_option=None), NO_GRADE),
    ("grade", "High", action(selected_option="high"), OUTDATED),
    ("grade", "High", action(selected_option=["high"]), OUTDATED),
    ("record_act", "Child seen and safe", option("acknowledged"), NO_ACT),
    ("record_act", "Child seen and safe", option("'; DROP TABLE cases; --"), NO_ACT),
    ("record_act", "Child seen and safe", option("<!channel>"), NO_ACT),
]
HARMLESS = [
    action(value="x" * 40_000),
    action(value={"nested": ["<!channel>"]}),
    without("container"),
    without("channel"),
    without("trigger_id"),
    without("message"),
]
UNREADABLE = [without("user"), lambda payload: payload | {"user": "U0OFFICER1"}]


@pytest.mark.parametrize(("control", "choice", "change", "sentence"), TAMPERED)
def test_a_press_that_was_tampered_with_gets_one_sentence_and_changes_nothing(
    gate: Gate, control: str, choice: str | None, change: Meddling, sentence: str
) -> None:
    case = gate.untouched()
    gate.meddle(change, case.id)
    assert gate.world.press(CARE_DUTY, case.reference, control, choice).startswith(sentence)
    assert gate.world.bot.desk.find(case.reference) == case
    assert gate.world.errors() == []


@pytest.mark.parametrize("change", HARMLESS)
def test_a_press_whose_hints_were_tampered_with_is_taken_by_what_the_record_says(gate: Gate, change: Meddling) -> None:
    reference = gate.referred()
    gate.meddle(change)
    assert gate.world.press(CARE_DUTY, reference, "acknowledge").startswith(DONE)
    assert gate.world.errors() == []


@pytest.mark.parametrize("change", UNREADABLE)
def test_a_press_by_nobody_is_let_go_without_an_answer_and_changes_nothing(gate: Gate, change: Meddling) -> None:
    case = gate.untouched()
    gate.meddle(change)
    assert gate.world.press(CARE_DUTY, case.reference, "acknowledge") == "None"
    assert gate.world.bot.desk.find(case.reference) == case


def filled(block: str, state: Json) -> Meddling:
    """The form with one field's state replaced."""

    def change(payload: Json) -> Json:
        values = payload["view"]["state"]["values"]
        found = next(name for name in values if name.split(":")[0] == block)
        values[found] = {next(iter(values[found]), block): state}
        return payload

    return change


def metadata(text: str) -> Meddling:
    """The form with other private metadata."""
    return lambda payload: payload | {"view": payload["view"] | {"private_metadata": text}}


def text_input(value: object) -> Json:
    return {"type": "plain_text_input", "value": value}


def chosen(value: str) -> Json:
    return {"type": "static_select", "selected_option": {"text": {"type": "plain_text", "text": "?"}, "value": value}}


CONCERN, GRADE = "Select what kind of concern this is", "Select how serious the risk is"
ASK, LONG = "Select what you are asking for", "What has happened must be 2,000 characters or fewer"
LINES = "Child or children must be 10 lines or fewer, one child a line"
KNOWN, PAST = "When it was first known must be a date and a time", "When it was first known must be in the past"
FORMS: list[tuple[Meddling, str]] = [
    (filled("concern", chosen("no_such_concern")), CONCERN),
    (filled("concern", chosen("<!channel>")), CONCERN),
    (filled("grade", chosen("very_high")), GRADE),
    (filled("grade", chosen("")), GRADE),
    (filled("asks_for", chosen("everything")), ASK),
    (filled("narrative", text_input("x" * 40_000)), LONG),
    (filled("children", text_input("1\n" * 40_000)), LINES),
    (filled("narrative", text_input(None)), ""),
    (filled("narrative", text_input(5)), ""),
    (metadata("x" * 3000), ""),
    (metadata("<!channel>:" + "f" * 32), ""),
]
REVIEWS: list[tuple[Meddling, str]] = [
    (
        filled("agencies", {"type": "checkboxes", "selected_options": [{"value": "no-such"}]}),
        "Select agencies from the list",
    ),
    (filled("first_aware_at", {"type": "datetimepicker", "selected_date_time": 10**18}), KNOWN),
    (filled("first_aware_at", {"type": "datetimepicker", "selected_date_time": -(10**18)}), KNOWN),
    (filled("first_aware_at", {"type": "datetimepicker", "selected_date_time": "yesterday"}), KNOWN),
    (filled("first_aware_at", {"type": "datetimepicker", "selected_date_time": 4102444800}), PAST),
]


@pytest.mark.parametrize(("change", "sentence"), FORMS)
def test_a_form_that_was_tampered_with_is_refused_in_place_or_taken_for_what_it_says(
    gate: Gate, change: Meddling, sentence: str
) -> None:
    answer = gate.form(change=change)
    assert list(answer.get("errors", {}).values()) == ([sentence] if sentence else [])
    if not sentence:
        assert "errors" not in gate.world.driver.submit(OFFICER, answer["view_id"], {})
        assert not [m for m in gate.posts() if m["notifies"] and "channel" in m["notifies"]]
    gate.close()
    assert gate.world.errors() == []


@pytest.mark.parametrize(("change", "sentence"), REVIEWS)
def test_a_review_that_was_tampered_with_is_refused_in_place_and_opens_no_case(
    gate: Gate, change: Meddling, sentence: str
) -> None:
    before = len(gate.world.bot.desk.cases(1000))
    answer = gate.form()
    gate.meddle(change, only="view_submission")
    errors = gate.world.driver.submit(OFFICER, answer["view_id"], {})["errors"]
    assert sentence in errors.values()
    assert len(gate.world.bot.desk.cases(1000)) == before
    gate.close()


@pytest.mark.parametrize("draft", ["f" * 32, "", "' OR 1=1 --", "<!channel>"])
def test_a_review_of_another_draft_than_ones_own_is_not_sent(gate: Gate, draft: str) -> None:
    before = len(gate.world.bot.desk.cases(1000))
    answer = gate.form()
    gate.meddle(metadata(draft), only="view_submission")
    gate.world.driver.submit(OFFICER, answer["view_id"], {})
    assert gate.world.driver.views(OFFICER)[-1]["texts"] == ["This draft is gone: it was sent, or left for too long."]
    assert len(gate.world.bot.desk.cases(1000)) == before
    gate.close()


@pytest.mark.parametrize(
    "text", [MARK, f"<!channel> {MARK}", f"{MARK} " * 200, f"\u202e{MARK}", f"--help {MARK}", f"; rm -rf / {MARK}"]
)
def test_words_after_the_command_are_neither_kept_nor_said(gate: Gate, text: str) -> None:
    gate.world.driver.command(OFFICER, "response-duty", "/refer", text)
    assert MARK not in json.dumps(gate.world.driver.views(OFFICER))
    gate.close()
    assert MARK not in gate.everything_posted()
    files = [path for path in gate.world.place.iterdir() if path.name.startswith("vigil.db")]
    assert not [path for path in files if MARK.encode() in path.read_bytes()]
