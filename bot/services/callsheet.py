"""Whom to ring: the reminders that no road has carried, with telephone numbers, most urgent first, to be printed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.directory import Directory
from bot.domain.errors import NotFound, Poisoned
from bot.domain.grouping import BESIDE
from bot.domain.ids import PersonId, Reference
from bot.domain.letters import GroupLetter, LateItem, LineLetter, StepLetter
from bot.domain.notices import OPERATORS, DestinationKind, Notice, NoticeKind, NoticeState
from bot.domain.policy import Band
from bot.domain.roads import reader
from bot.ports import UnitOfWork
from bot.services.letters import letter_for
from bot.services.road_lines import phone_of
from bot.services.tools import Tools

SPOKEN = frozenset({NoticeKind.STEP, NoticeKind.GROUP, NoticeKind.FLOOR})
STUCK = frozenset({NoticeState.UNDELIVERABLE, NoticeState.HELD})
TRYING = frozenset({NoticeState.PENDING, NoticeState.SENDING})
MOST = 5000


@dataclass(frozen=True, slots=True)
class ToRing:
    """Somebody whom a reminder did not reach: what they are to be told, since when, and on which number.

    `due_at` is None where nothing is due by an instant; `why` is Slack's or the mail server's own word.
    """

    reference: Reference
    name: str
    phone: str
    says: str
    due_at: datetime | None
    band: Band | None
    since_at: datetime
    why: str


def call_sheet(*, tools: Tools) -> Sequence[ToRing]:
    """Everybody to ring now. What was done meanwhile is not on it; a team's mailbox is rung at its agency's number."""
    now = tools.clock.now()
    with tools.store.read() as uow:
        notices = [each for each in uow.outbox.listed(limit=MOST) if _is_stuck(each)]
        found = [row for notice in notices for row in _rows(notice, uow, tools, now)]
    once = {(row.reference, row.name, row.says): row for row in reversed(found)}
    return sorted(once.values(), key=lambda row: (row.band.rank if row.band else 9, row.since_at, row.name))


def _is_stuck(notice: Notice) -> bool:
    if notice.kind not in SPOKEN or notice.destination.kind is DestinationKind.CHANNEL:
        return False
    if notice.destination.id == OPERATORS or BESIDE in notice.payload:
        return False
    return notice.state in STUCK or (notice.state in TRYING and bool(notice.last_error))


def _rows(notice: Notice, uow: UnitOfWork, tools: Tools, now: datetime) -> Iterator[ToRing]:
    """One row for each case that the message speaks of; nothing when all of it was done, or it cannot be read."""
    try:
        letter = letter_for(notice, uow, tools.rules, now)
    except (Poisoned, NotFound, LookupError, ValueError):
        return
    directory = tools.rules.directory
    if isinstance(letter, GroupLetter):
        for one in letter.cases:
            yield _row(notice, one.case.reference, min(one.items, key=_due), directory)
    elif isinstance(letter, StepLetter):
        yield _row(notice, letter.case.reference, min(letter.items, key=_due), directory)
    elif isinstance(letter, LineLetter):
        yield _row(notice, letter.case.reference, None, directory)


def _due(item: LateItem) -> datetime:
    return item.due_at


def _row(notice: Notice, reference: Reference, item: LateItem | None, directory: Directory) -> ToRing:
    name, agency = reader(directory, notice.destination)
    number = phone_of(directory, PersonId(notice.destination.id))
    return ToRing(
        reference=reference,
        name=name,
        phone=number or (directory.agencies[agency].phone if agency else ""),
        says=f"{item.agency_name}: {item.title}" if item else "a risk floor has fired",
        due_at=item.due_at if item else None,
        band=notice.band,
        since_at=notice.first_tried_at or notice.created_at,
        why=notice.last_error,
    )
