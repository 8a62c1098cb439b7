"""Many reminders for one destination as one message: what it takes in, most urgent first, in parts that Slack can hold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.ids import CaseId, NoticeId
from bot.domain.letters import NEW, codes, items_of, numbers
from bot.domain.notices import Notice, NoticeKind
from bot.domain.policy import Band

MOST_CASES = 22
"""Cases in one message: each takes two of Slack's 50 blocks, and the rest is for head and small print."""
REMINDERS = frozenset({NoticeKind.STEP, NoticeKind.THREAD_STEP})
"""The kinds that are grouped; each new case keeps its card."""
BESIDE = "beside"
APART = ("tried", BESIDE)
"""A reminder with one of these in its payload goes by another road than its own, and alone: its road may be dead as well."""


@dataclass(frozen=True, slots=True)
class Member:
    """One reminder that was taken in, by its notice's id and kind."""

    notice: NoticeId
    kind: str


@dataclass(frozen=True, slots=True)
class Grouped:
    """What a grouped message says of one case: the items of its reminders, in which roles, and who else is told.

    `due_at` is the oldest instant at which any of it was due.
    """

    case_id: CaseId
    band: Band
    due_at: datetime
    items: tuple[tuple[object, ...], ...]
    roles: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    members: tuple[Member, ...] = field(default=())

    def with_later(self, later: "Grouped") -> "Grouped":
        """One entry for a case of which two reminders wait; a step that was overtaken counts as missed."""
        items = {item[0]: item for item in self.items}
        for item in later.items:
            items[item[0]] = _overtaking(items[item[0]], item) if item[0] in items else item
        return Grouped(
            self.case_id,
            self.band.most_urgent(later.band),
            min(self.due_at, later.due_at),
            tuple(items.values()),
            tuple(dict.fromkeys((*self.roles, *later.roles))),
            tuple(dict.fromkeys((*self.told, *later.told))),
            (*self.members, *later.members),
        )

    @property
    def urgency(self) -> tuple[int, datetime, str]:
        """By what the cases of a message are ordered: the most urgent band first, then what is owed longest."""
        return self.band.rank, self.due_at, self.case_id


def _overtaking(earlier: Sequence[object], later: Sequence[object]) -> tuple[object, ...]:
    missed = sorted({*numbers(earlier[3]), *numbers(later[3]), *numbers([earlier[1]])} - {NEW, later[1]})
    return (*later[:3], missed, *later[4:])


def grouped(notice: Notice) -> tuple[Grouped, ...]:
    """What a waiting reminder, or a waiting grouped message, says of each of its cases."""
    if notice.kind is NoticeKind.GROUP:
        return cases_in(notice.payload)
    if notice.case_id is None:
        return ()
    due_at = notice.payload.get("due_at")
    return (
        Grouped(
            notice.case_id,
            notice.band or Band.P4,
            datetime.fromisoformat(due_at) if isinstance(due_at, str) else notice.created_at,
            tuple(tuple(item) for item in items_of(notice.payload)),
            codes(notice.payload, "roles"),
            codes(notice.payload, "told"),
            (Member(notice.id, notice.kind.value),),
        ),
    )


def merged(cases: Iterable[Grouped]) -> list[Grouped]:
    """One entry for each case, most urgent first; of one case, what was decided first comes first."""
    found: dict[CaseId, Grouped] = {}
    for case in cases:
        found[case.case_id] = found[case.case_id].with_later(case) if case.case_id in found else case
    return sorted(found.values(), key=lambda case: case.urgency)


def parts(cases: Sequence[Grouped]) -> list[Sequence[Grouped]]:
    """The cases in messages that Slack takes, none left out."""
    return [cases[start : start + MOST_CASES] for start in range(0, len(cases), MOST_CASES)]


def payload_of(cases: Sequence[Grouped], *, lead: NoticeId | None) -> dict[str, object]:
    """A grouped message's payload; `lead` is the message in whose thread it goes."""
    return {
        "cases": [
            {
                "case": case.case_id,
                "band": case.band.value,
                "due_at": case.due_at.isoformat(),
                "items": [list(item) for item in case.items],
                "roles": list(case.roles),
                "told": list(case.told),
                "members": [[member.notice, member.kind] for member in case.members],
            }
            for case in cases
        ],
        "due_at": min(case.due_at for case in cases).isoformat(),
        **({"lead": lead} if lead else {}),
    }


def cases_in(payload: Mapping[str, object]) -> tuple[Grouped, ...]:
    """The cases of a grouped message's payload."""
    rows = payload.get("cases")
    return tuple(_case_in(row) for row in rows if isinstance(row, Mapping)) if isinstance(rows, list | tuple) else ()


def _case_in(row: Mapping[str, object]) -> Grouped:
    members = row.get("members")
    return Grouped(
        CaseId(str(row["case"])),
        Band(str(row["band"])),
        datetime.fromisoformat(str(row["due_at"])),
        tuple(tuple(item) for item in items_of(row)),
        codes(row, "roles"),
        codes(row, "told"),
        tuple(Member(NoticeId(str(each[0])), str(each[1])) for each in members)
        if isinstance(members, list | tuple)
        else (),
    )


def lead_of(notice: Notice) -> NoticeId | None:
    """The message in whose thread a part goes; None for a message of its own."""
    lead = notice.payload.get("lead")
    return NoticeId(lead) if isinstance(lead, str) else None
