"""Whether the council and the force of another area are on a case: each is told as an agency of its own."""

from bot.domain.directory import AgencyKind, Directory
from bot.services.changes import Change

COUNCILS_TOLD, FORCES_TOLD = "councils_told", "forces_told"


def settle_areas(change: Change, directory: Directory) -> None:
    """Say that both councils, or both forces, are told once an agency of the other area is on the case beside our own."""
    kinds = {directory.agencies[party.agency].kind for party in change.case.parties}
    events = []
    if {AgencyKind.SOCIAL_CARE, AgencyKind.OTHER_COUNCIL} <= kinds:
        events.append(COUNCILS_TOLD)
    if AgencyKind.OTHER_FORCE in kinds:
        events.append(FORCES_TOLD)
    if events:
        change.happen(events)
