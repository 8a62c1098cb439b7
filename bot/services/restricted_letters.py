"""Words about a restricted case: the closed card, word that its list is away, and that somebody opened it with a reason."""

from bot.domain.cases import Case
from bot.domain.directory import Directory
from bot.domain.ids import ChannelId, PersonId
from bot.domain.letters import RestrictedLetter
from bot.domain.notices import Notice, NoticeKind
from bot.domain.restriction import leads_on, whom_to_ask
from bot.ports import UnitOfWork
from bot.services.changes import BROKEN


def closed_card(notice: Notice, case: Case, uow: UnitOfWork, directory: Directory) -> RestrictedLetter | None:
    """What stands in place of a card that a channel has already; None for everything else, which has to say nothing."""
    if notice.kind is not NoticeKind.CARD or uow.cards.get(case.id, ChannelId(notice.destination.id)) is None:
        return None
    text = f"{case.reference} is restricted to a named list. Ask {whom_to_ask(case, directory)}."
    return _letter(notice, case, text)


def word_of_it(notice: Notice, case: Case, directory: Directory) -> RestrictedLetter:
    """That the list is away, or that somebody opened the case with a reason."""
    if notice.payload.get("what") == BROKEN:
        who = directory.name_of(PersonId(str(notice.payload["by"])))
        text = f"{case.reference} is restricted, and {who} has opened it with a reason. They stay on its list until taken off."
        return _letter(notice, case, text)
    ring = (directory.people[person] for person in leads_on(case, directory) if person in directory.people)
    names = " or ".join(f"{lead.name} {lead.phone}".strip() for lead in ring)
    return _letter(
        notice,
        case,
        f"{case.reference} is restricted, and nobody on its list can be reached while something on it waits. "
        f"{f'Ring {names}, or open' if names else 'Open'} it with a reason.",
    )


def _letter(notice: Notice, case: Case, text: str) -> RestrictedLetter:
    listed = case.admits(PersonId(notice.destination.id))
    return RestrictedLetter(case.id, case.reference, case.version, text, listed=listed)
