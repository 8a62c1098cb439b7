"""What Slack sends, as command values. Pure; a form with wrong fields is one FormRefusal that names them all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.domain.cases import Child, ChildReference
from bot.domain.commands import AnswerFact, OnCase, Referral, Send, TellByPhone
from bot.domain.details import FIELD
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.ids import AgencyId, CaseId, ChannelId, DraftId, PersonId, SlackUser, Workspace
from bot.domain.risk import Answer
from handlers.views import forms, phone, referral, review
from handlers.views.text import clean

Json = dict[str, Any]

MOST_CHILDREN = 10
MOST_REFERENCES = 10
MOST_REFERENCE = 40
MOST_NARRATIVE = 2000
MOST_ADDRESS = 300
MOST_REASON = 1000
POLICE = "police"
_KIND = re.compile(r"(police|council|nhs)\b[\s:.]*(?:no\b\.?|number\b)?[\s:.]*", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_VERSION = re.compile(r"[0-9]{1,9}")

OUTDATED = "This button is from an older message. Use the newest card of the case."


@dataclass(frozen=True, slots=True)
class Identity:
    """Who pressed, submitted or typed: a Slack user, the workspace that the user belongs to, and where (if anywhere)."""

    user: SlackUser
    workspace: Workspace
    channel: ChannelId | None


MOST_DIGITS = 3
"""A child's number on a case has no more."""


def identity(body: Json) -> Identity:
    """The Slack identity behind any payload that our listeners take; KeyError or TypeError when it names nobody."""
    channel = body.get("channel_id") or (body.get("channel") or {}).get("id")
    where = ChannelId(channel) if channel else None
    if "command" in body:
        return Identity(SlackUser(body["user_id"]), Workspace(body["team_id"]), where)
    if "event" in body:
        return Identity(SlackUser(body["event"]["user"]), Workspace(body["team_id"]), where)
    user = body["user"]
    team = user.get("team_id") or (body.get("team") or {}).get("id") or ""
    return Identity(SlackUser(user["id"]), Workspace(team), where)


def is_view(body: Json) -> bool:
    """Whether the payload comes out of a modal or Home."""
    return "view" in body


def in_modal(body: Json) -> bool:
    """Whether the payload comes out of a modal, on which another can lie."""
    return is_view(body) and body["view"].get("type") != "home"


def has_no_channel(body: Json) -> bool:
    """Whether there is no channel to answer in: a modal, Home, or a shortcut from the menu."""
    return is_view(body) or body.get("type") == "shortcut"


def channel_for_card(body: Json) -> ChannelId | None:
    """The channel that a command or shortcut was used in; None for a direct message, which is no place for a card."""
    channel = str(body.get("channel_id") or (body.get("channel") or {}).get("id") or "")
    return ChannelId(channel) if channel and not channel.startswith("D") else None


def typed(body: Json) -> str:
    """What was typed after the command: for `arguments` to look at, never to be stored, logged or said back."""
    return str(body.get("text") or "").strip()


# ---- forms


def _states(view: Json) -> Iterator[tuple[str, Json]]:
    for block_id, elements in (view.get("state") or {}).get("values", {}).items():
        for state in elements.values():
            yield block_id.split(":", 1)[0], state


def _text(view: Json, field: str) -> str:
    return next((clean(str(state.get("value") or "")) for name, state in _states(view) if name == field), "")


def _choice(view: Json, field: str) -> str | None:
    state = next((state for name, state in _states(view) if name == field), {})
    option = state.get("selected_option")
    return str(option["value"]) if option else None


def block_of(view: Json, field: str) -> str | None:
    """The id of the block that holds a field of the form, None when this view has no such field."""
    blocks = (str(block.get("block_id", "")) for block in view.get("blocks", ()) if block.get("type") == "input")
    return next((block_id for block_id in blocks if block_id.split(":", 1)[0] == field), None)


def given_back(view: Json) -> str:
    """Everything typed into a form, label by label, so that nothing is lost."""
    labels = {block["block_id"]: block["label"]["text"] for block in view.get("blocks", ()) if block["type"] == "input"}
    values = (view.get("state") or {}).get("values", {})
    lines = []
    for block_id, label in labels.items():
        for state in values.get(block_id, {}).values():
            said = str(state.get("value") or "") or _option_text(state)
            if said:
                lines.append(f"{label}: {clean(said)}")
    return "\n\n".join(lines)


def _option_text(state: Json) -> str:
    chosen = [state["selected_option"]] if state.get("selected_option") else state.get("selected_options") or []
    return ", ".join(str(option["text"]["text"]) for option in chosen)


def chosen_concern(body: Json) -> str | None:
    """The concern just selected in the form."""
    option = body["actions"][0].get("selected_option")
    return str(option["value"]) if option else None


def refer(view: Json) -> Referral:
    """The six inputs of the form; FormRefusal names every wrong field in the words of its label."""
    wrong: dict[str, str] = {}
    concern, grade, asks_for = (_choice(view, name) for name in (referral.CONCERN, referral.GRADE, referral.ASKS_FOR))
    if concern is None:
        wrong[referral.CONCERN] = "Select the concern type"
    if grade is None:
        wrong[referral.GRADE] = "Select how serious the risk is"
    if asks_for is None:
        wrong[referral.ASKS_FOR] = "Select what you are asking for"
    children = _children(_text(view, referral.CHILDREN), wrong)
    narrative, address = _text(view, referral.NARRATIVE), _text(view, referral.ADDRESS)
    if len(narrative) > MOST_NARRATIVE:
        wrong[referral.NARRATIVE] = f"What has happened must be {MOST_NARRATIVE:,} characters or fewer"
    elif not narrative and referral.CHILDREN not in wrong and not _has_police_number(children):
        wrong[referral.NARRATIVE] = "Enter what has happened, or give a police record number above"
    if len(address) > MOST_ADDRESS:
        wrong[referral.ADDRESS] = f"Address or place must be {MOST_ADDRESS} characters or fewer"
    details, happened_at = _details(view, wrong)
    if wrong:
        raise FormRefusal(wrong)
    return Referral(
        concern=str(concern),
        grade=None if grade == referral.UNGRADED else grade,
        asks_for=str(asks_for),
        children=children,
        narrative=narrative,
        address=address,
        channel=place(view)[0],
        details=details,
        happened_at=happened_at,
    )


def _details(view: Json, wrong: dict[str, str]) -> tuple[dict[str, tuple[str, ...]], datetime | None]:
    """What was chosen for each detail of the concern, and the time that one of them gives."""
    details: dict[str, tuple[str, ...]] = {}
    happened_at: datetime | None = None
    for name, state in _states(view):
        if not name.startswith(FIELD):
            continue
        one = [state["selected_option"]] if state.get("selected_option") else state.get("selected_options") or []
        if one:
            details[name.removeprefix(FIELD)] = tuple(str(option["value"]) for option in one)
        if state.get("selected_date_time"):
            happened_at = _detail_time(name, state["selected_date_time"], wrong)
    return details, happened_at


def _detail_time(name: str, seconds: object, wrong: dict[str, str]) -> datetime | None:
    try:
        return _instant(seconds)
    except FormRefusal:
        wrong[name] = "Select a date and a time"
        return None


def place(view: Json) -> tuple[ChannelId | None, DraftId | None]:
    """The channel that a referral form was opened in, and the draft that it is kept in: hints, as the view has them."""
    channel, _, draft = str(view.get("private_metadata") or "").partition(":")
    return ChannelId(channel) if channel else None, DraftId(draft) if draft else None


def _has_police_number(children: tuple[Child, ...]) -> bool:
    return any(reference.kind == POLICE for child in children for reference in child.references)


def _children(text: str, wrong: dict[str, str]) -> tuple[Child, ...]:
    lines = [line for line in text.split("\n") if line.strip(" ,\t")]
    if len(lines) > MOST_CHILDREN:
        wrong[referral.CHILDREN] = f"Child or children must be {MOST_CHILDREN} lines or fewer, one child a line"
        return ()
    children = []
    for number, line in enumerate(lines, 1):
        try:
            children.append(Child(number, _references(line, number)))
        except Refusal as refusal:
            wrong.setdefault(referral.CHILDREN, refusal.sentence)
    return tuple(children)


def _references(line: str, number: int) -> tuple[ChildReference, ...]:
    parts = [part for part in (_SPACES.sub(" ", part).strip() for part in line.split(",")) if part]
    if len(parts) > MOST_REFERENCES:
        raise Refusal(f"Child or children: line {number} must have {MOST_REFERENCES} record numbers or fewer")
    return tuple(dict.fromkeys(_reference(part, number) for part in parts))


def _reference(part: str, number: int) -> ChildReference:
    found = _KIND.match(part)
    kind = found.group(1).lower() if found else POLICE
    value = part[found.end() :].strip() if found else part
    if not any(char.isdigit() for char in value):
        raise Refusal(f"Child or children: line {number} must be a record number with a digit in it, not a name")
    if len(value) > MOST_REFERENCE:
        raise Refusal(
            f"Child or children: a record number in line {number} must be {MOST_REFERENCE} characters or fewer"
        )
    return ChildReference(kind, value)


def send(view: Json) -> Send:
    """The review step."""
    ticked: list[str] = []
    first_aware_at: datetime | None = None
    for name, state in _states(view):
        if name == review.AGENCIES:
            ticked = [str(option["value"]) for option in state.get("selected_options") or []]
        elif name == review.FIRST_AWARE_AT and state.get("selected_date_time"):
            first_aware_at = _instant(state["selected_date_time"])
    reason = _text(view, review.LEFT_OUT_REASON)
    if len(reason) > MOST_REASON:
        said = f"Reason for leaving out children's social care must be {MOST_REASON:,} characters or fewer"
        raise FormRefusal({review.LEFT_OUT_REASON: said})
    return Send(DraftId(view["private_metadata"]), tuple(map(AgencyId, ticked)), reason, first_aware_at)


def _instant(seconds: object) -> datetime:
    try:
        return datetime.fromtimestamp(int(str(seconds)), UTC)
    except (ValueError, OverflowError, OSError):  # the last is a number past what the platform's clock can hold
        raise FormRefusal({review.FIRST_AWARE_AT: "When it was first known must be a date and a time"}) from None


def phone_told(view: Json) -> TellByPhone:
    """The call that was made; FormRefusal names the wrong fields."""
    agency, told, reference = _choice(view, phone.AGENCY), _text(view, phone.TOLD), _text(view, phone.REFERENCE)
    wrong: dict[str, str] = {}
    if agency is None:
        wrong[phone.AGENCY] = "Select the agency that was told"
    if not told:
        wrong[phone.TOLD] = "Enter who was told"
    if len(told) > MOST_ADDRESS:
        wrong[phone.TOLD] = f"Who was told must be {MOST_ADDRESS} characters or fewer"
    if len(reference) > MOST_REFERENCE:
        wrong[phone.REFERENCE] = f"Their reference must be {MOST_REFERENCE} characters or fewer"
    if wrong:
        raise FormRefusal(wrong)
    return TellByPhone(CaseId(view["private_metadata"]), AgencyId(str(agency)), told, reference)


# ---- presses


def _pressed(body: Json) -> Json:
    action: Json = body["actions"][0]
    return action


def control(body: Json) -> str:
    """The name of the control that was pressed; none for the presses of interfaces that came before ours."""
    return str(_pressed(body).get("action_id", "")) if body.get("type") == "block_actions" else ""


def on_case(body: Json) -> OnCase:
    """The case that a control belongs to, and the version that it was drawn for."""
    match str(_pressed(body).get("block_id", "")).split(":"):
        case ["case", case_id, version] if case_id and _VERSION.fullmatch(version):
            return OnCase(CaseId(case_id), int(version))
        case _:
            raise Refusal(OUTDATED)


def case_of(body: Json) -> CaseId | None:
    """The case that a payload is about, when it says so."""
    if body.get("actions"):
        parts = str(_pressed(body).get("block_id", "")).split(":")
        return CaseId(parts[1]) if parts[0] in {"case", "fact"} and len(parts) > 1 and parts[1] else None
    if is_view(body) and body["view"].get("callback_id") in {phone.PHONE, forms.FORM}:
        return CaseId(str(body["view"]["private_metadata"]).split(":")[0])
    return None


def act_and_child(code: str) -> tuple[str, int | None]:
    """The act of an option `<act>` or `<act>:<child>`, and the number of the one child that it is about."""
    act, _, child = code.partition(":")
    return act, int(child) if child.isdecimal() and len(child) <= MOST_DIGITS else None


def chosen(body: Json) -> str:
    """The option chosen in a select or overflow, else the value of the button."""
    action = _pressed(body)
    option = action.get("selected_option")
    if option is not None and not isinstance(option, dict):
        raise Refusal(OUTDATED)
    return str(option["value"] if option else action.get("value") or "")


def fact_answer(body: Json) -> AnswerFact:
    """One answer to one fact question."""
    match str(_pressed(body).get("block_id", "")).split(":", 2):
        case ["fact", case_id, code] if case_id and code:
            return AnswerFact(CaseId(case_id), code, _answer(chosen(body)))
        case _:
            raise Refusal(OUTDATED)


def _answer(value: str) -> Answer:
    try:
        return Answer(value)
    except ValueError:
        raise Refusal(OUTDATED) from None


def press_key(body: Json, person: PersonId) -> str:
    """The same for every delivery of one press: message, control, person, case version and choice.

    In a modal there is no case version, and an answer can be changed and changed back: there the instant that Slack
    stamped on the press tells a second press from a second delivery.
    """
    action = _pressed(body)
    what = f"{action['action_id']}:{chosen(body)}"
    if is_view(body):
        return f"view:{body['view']['id']}:{action.get('block_id', '')}:{what}:{person}:{action.get('action_ts', '')}"
    container = body.get("container") or {}
    where = f"{container.get('channel_id', '')}:{container.get('message_ts', '')}"
    return f"message:{where}:{action.get('block_id', '')}:{what}:{person}"


def submit_key(body: Json) -> str:
    """The same for every delivery of one form: its view."""
    return f"view:{body['view']['id']}"
