"""How a school is told: a reference and a number to ring, nothing of the child; and how the force hears that it was."""

from bot.domain.ids import SchoolId
from bot.domain.letters import LineLetter
from bot.domain.notices import Notice
from bot.domain.offers import Choice
from bot.domain.redaction import ShareableCase
from bot.domain.rules import RulesInForce
from bot.ports import UnitOfWork
from bot.services.schools import is_confirmed


def school_letter(notice: Notice, uow: UnitOfWork, shown: ShareableCase, rules: RulesInForce) -> LineLetter | None:
    """The notice to the school's leads, None once it is confirmed; or the word of it to the force, which names no school."""
    if notice.payload.get("confirmed"):
        return LineLetter(shown, f"{shown.reference}: a school has confirmed that it was told (Operation Encompass).")
    school = rules.directory.schools.get(SchoolId(str(notice.payload["school"])))
    child = int(str(notice.payload["child"])) or None
    if school is None or is_confirmed(uow.cases.acts(shown.id), school, child):
        return None
    police = rules.directory.police
    number = police.phone or rules.policy.phones.police
    text = (
        f"{shown.reference}: Operation Encompass. Before school starts you need to know something about a child of your school. "
        f"Ring {police.name} on {number} and give this reference: it is told there, and never in a message. "
        "Press once you have been told; until then the police go on trying."
    )
    return LineLetter(shown, text, (Choice(f"school_told:{child or 0}", "We have been told"),))
