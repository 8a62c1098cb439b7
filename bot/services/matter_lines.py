"""What a leader reads of their own matters: asked, declined by somebody, handed on with the post; and the button to answer."""

from bot.domain.letters import LineLetter
from bot.domain.matters import Matter, MatterKind
from bot.domain.notices import Notice
from bot.domain.offers import Choice
from bot.domain.redaction import ShareableCase
from bot.domain.rules import RulesInForce
from bot.domain.wording import full_moment
from bot.ports import UnitOfWork
from bot.services.matters import ASKED, DECLINED

FORMS = {MatterKind.ENDORSEMENT: "endorse", MatterKind.RECOMMENDATION: "progress", MatterKind.COUNTS: "counts"}
LABELS = {
    MatterKind.ENDORSEMENT: "Read and answer",
    MatterKind.RECOMMENDATION: "Open and report",
    MatterKind.COUNTS: "Open the counts",
}


def matter_choices(matter: Matter, reader: str) -> tuple[Choice, ...]:
    """The button under a message about a matter, worded for who owes it and for everybody else."""
    label = LABELS[matter.kind] if reader == matter.owner else "Open"
    return (Choice(f"form:{FORMS[matter.kind]}", label),) if matter.is_open else ()


def matter_letter(notice: Notice, uow: UnitOfWork, shown: ShareableCase, rules: RulesInForce) -> LineLetter | None:
    """Word of a matter; None once it is over, unless that is what it says."""
    matter, what = uow.matters.get(shown.id), notice.payload.get("what")
    if what == DECLINED:
        who = rules.directory.name_of(matter.owner)
        text = (
            f"{matter.reference}: {who} does not endorse the statement on child safeguarding, and has given a reason. "
            "Ask them for it; the record keeps it sealed."
        )
        return LineLetter(shown, text)
    if not matter.is_open:
        return None
    verb = "asked" if what == ASKED else "now the one who is asked"
    text = f"{matter.reference}: you are {verb} {_what(matter)}"
    due = f" by {full_moment(matter.due_at)}. It climbs if it is late."
    return LineLetter(shown, text + due, matter_choices(matter, notice.destination.id))


def _what(matter: Matter) -> str:
    if matter.kind is MatterKind.ENDORSEMENT:
        return f"to endorse in person the statement on child safeguarding, version {matter.code},"
    if matter.kind is MatterKind.RECOMMENDATION:
        return f"to meet recommendation {matter.code} of the action plan"
    return "for the counts of your units that are missing or differ from the record"
