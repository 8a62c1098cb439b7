"""A grouped message's raw material: each of its cases as its own reminder would say it today."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from bot.domain.errors import NotFound, Poisoned
from bot.domain.grouping import Grouped, cases_in, lead_of
from bot.domain.ids import CaseId, PersonId
from bot.domain.letters import GroupLetter, Letter, StepLetter, codes
from bot.domain.notices import Notice, NoticeKind
from bot.domain.policy import Band
from bot.domain.wording import length
from bot.ports import Rules, UnitOfWork

log = structlog.get_logger()


UNREADABLE = (Poisoned, NotFound, LookupError, ValueError, TypeError)
"""What reading a damaged case comes to."""


def group_letter(
    notice: Notice, uow: UnitOfWork, now: datetime, letter_of: Callable[[Notice], Letter | None]
) -> GroupLetter | None:
    """The letter at `now`; None when everything it would say has been done meanwhile.

    A case that cannot be read is named by its record alone: it must not silence the others.
    """
    said: list[StepLetter] = []
    unread: list[CaseId] = []
    bands: list[Band] = []
    cases = cases_in(notice.payload)
    uow.look_at([case.case_id for case in cases])
    for case in cases:
        try:
            letter = letter_of(_reminder(notice, case))
        except UNREADABLE as error:
            log.error("grouped_case_unreadable", case_id=case.case_id, error=type(error).__name__)  # noqa: TRY400 - a record's own words stay out
            unread.append(case.case_id)
            continue
        if isinstance(letter, StepLetter):
            said.append(letter)
            bands.append(case.band)
    if not said and not unread:
        return None
    own = {case.case_id for case in cases}
    behind = [band for case_id, band in uow.gathering.still_owed(notice.destination, now) if case_id not in own]
    return GroupLetter(
        cases=tuple(said),
        behind=len(behind),
        most_urgent=sum(band is Band.P1 for band in (*bands, *behind)),
        follows=lead_of(notice) is not None,
        unread=tuple(unread),
    )


def _reminder(notice: Notice, case: Grouped) -> Notice:
    payload = {
        **notice.payload,
        "items": [list(item) for item in case.items],
        "roles": list(case.roles),
        "told": list(case.told),
    }
    return replace(notice, kind=NoticeKind.STEP, case_id=case.case_id, payload=payload)


def storm_words(payload: Mapping[str, object], rules: Rules) -> str:
    """The line to the control channel when a storm begins."""
    notices, directory = rules.policy.notices, rules.directory
    named = [name.partition(":") for name in codes(payload, "to")]
    who = [directory.name_of(PersonId(name)) if kind == "person" else f"{kind} {name}" for kind, _, name in named]
    more = str(payload.get("more", 0))
    others = f" and {more} more" if more != "0" else ""
    return (
        f"A storm: more than {notices.storm_over} reminders within {length(notices.storm_within)} for {', '.join(who)}{others}. "
        "Each of them gets what is due together, most urgent first, at most one message in ten seconds. "
        "Look at what they all wait for: a duty list that is too short, or many cases referred at once."
    )
