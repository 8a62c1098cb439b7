"""The picker of cases: the last and the open ones at a touch, every other by typing; filtered where the record is."""

from collections.abc import Sequence

from bot.domain.overview import CaseChoice, OwnCases
from bot.domain.wording import full_date
from handlers.views import limits
from handlers.views.blocks import Json, button, context, modal, option, plain, section
from handlers.views.controls import OPEN_CASE
from handlers.views.text import bold, escape

PICKER = "case_picker"
FIND_CASE = "find_case"
LAST, HELD = "My last 5", "My open cases"
SHOWN_HELD = 10
NONE = "You have no case of your own yet. Type to find one of your agency's."
HINT = "Type a reference or its number (42), or your own agency's record number. Nothing that is sealed is searched."


def picker(choices: OwnCases) -> Json:
    """The modal: a search, then the cases that are the person's own, each with its button."""
    blocks = [_search()]
    for heading, offered in ((LAST, choices.last), (HELD, choices.held[:SHOWN_HELD])):
        if offered:
            blocks.append(section(f"*{heading}*"))
            blocks += [_row(choice) for choice in offered]
    if len(blocks) == 1:
        blocks.append(section(NONE))
    return modal("Open a case", [*blocks, context(HINT)], callback_id=PICKER)


def offers(choices: OwnCases) -> Json:
    """What the search offers before anything is typed; the answer to Slack."""
    groups = [(LAST, choices.last), (HELD, choices.held)]
    found = [{"label": plain(label), "options": _options(offered)} for label, offered in groups if offered]
    return {"option_groups": found} if found else {"options": []}


def found(choices: Sequence[CaseChoice]) -> Json:
    """What the search offers for what was typed; the answer to Slack."""
    return {"options": _options(choices)}


def _options(choices: Sequence[CaseChoice]) -> list[Json]:
    return [option(choice.id, words(choice)) for choice in choices[: limits.OPTIONS]]


def words(choice: CaseChoice) -> str:
    """A case in one line: reference, grade, since when, and whether it is closed."""
    closed = "" if choice.is_open else "closed · "
    return f"{choice.reference} · {closed}{choice.grade} · {full_date(choice.opened_at)}"


def _search() -> Json:
    select: Json = {
        "type": "external_select",
        "action_id": FIND_CASE,
        "placeholder": plain("Find a case", limits.PLACEHOLDER),
        "min_query_length": 0,
    }
    return section("*Find a case*", block_id=FIND_CASE) | {"accessory": select}


def _row(choice: CaseChoice) -> Json:
    said = words(choice).removeprefix(choice.reference)
    press = button("Open", action_id=OPEN_CASE, value=f"{choice.id}:{choice.version}", label=f"Open {choice.reference}")
    block = section(f"{bold(choice.reference)}{escape(said)}", block_id=f"case:{choice.id}:{choice.version}")
    return block | {"accessory": press}
