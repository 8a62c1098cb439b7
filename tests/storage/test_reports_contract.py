"""The week's counts, the same from every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.cases import CaseStatus
from bot.domain.deadlines import Ending, EndingKind, Plan
from bot.domain.policy import Repeat
from bot.ports import Store, WeekCounts
from tests.storage import samples
from tests.storage.samples import CARE, HOUR, NOW, PARTICULARS, POLICE, WORKER, answered, deadline, met

WEEK = timedelta(days=7)
NOBODY = replace(POLICE, owner=None)


def fill(store: Store) -> None:
    """Five cases of one week: in time, late but met, unmet, closed, and one opened after the week."""
    waived = Ending(EndingKind.WAIVED, NOW, WORKER)
    superseded = Ending(EndingKind.SUPERSEDED, NOW, WORKER)
    with store.write() as uow:
        uow.cases.add(samples.case(1, parties=(POLICE, answered()), last_act_at=NOW + HOUR), PARTICULARS)
        told = replace(CARE, phone=answered().phone)
        uow.cases.add(samples.case(2, parties=(NOBODY, told), last_act_at=NOW - HOUR), PARTICULARS)
        uow.cases.add(samples.case(3, parties=(NOBODY,)), PARTICULARS)
        uow.cases.add(samples.case(4, status=CaseStatus.CLOSED, last_act_at=NOW - 9 * HOUR), PARTICULARS)
        uow.cases.add(samples.case(5, opened_at=NOW + WEEK), PARTICULARS)
        uow.deadlines.add(
            [
                met(deadline(1, "c1"), NOW + 2 * HOUR),
                met(deadline(2, "c2"), NOW + 3 * HOUR),
                deadline(3, "c2", kind="first_action", due_at=NOW + 4 * HOUR),
                deadline(4, "c3", due_at=NOW + WEEK - HOUR, team="hub"),
                deadline(5, "c3", due_at=NOW + WEEK, kind="stall", team="hub"),
                replace(deadline(6, "c4"), ending=waived, next_at=None),
                replace(deadline(7, "c4"), ending=superseded, next_at=None),
                met(deadline(8, "c1", due_at=NOW - HOUR), NOW - HOUR),
                deadline(9, "c5", due_at=NOW + WEEK),
                met(deadline(10, "c1", due_at=NOW + HOUR, kind="first_action"), NOW + WEEK + HOUR),
            ]
        )
        uow.commit()


def test_the_forces_week_is_counted(store: Store) -> None:
    fill(store)
    with store.read() as uow:
        assert uow.reports.week(team=None, from_at=NOW, until_at=NOW + WEEK) == WeekCounts(
            open_now=3,
            acknowledged=2,
            acknowledged_in_time=1,
            acknowledgements_due=4,
            late_now=3,
            unassigned=2,
            told_by_phone=1,
            oldest_silent=samples.case(2).reference,
            oldest_silent_since=NOW - HOUR,
        )


def test_a_teams_week_counts_its_own_deadlines_and_the_cases_that_have_them(store: Store) -> None:
    fill(store)
    with store.read() as uow:
        assert uow.reports.week(team="hub", from_at=NOW, until_at=NOW + WEEK) == WeekCounts(
            open_now=1,
            acknowledged=0,
            acknowledged_in_time=0,
            acknowledgements_due=1,
            late_now=1,
            unassigned=1,
            told_by_phone=0,
            oldest_silent=samples.case(3).reference,
            oldest_silent_since=NOW,
        )


def test_an_empty_week_counts_nothing(store: Store) -> None:
    with store.read() as uow:
        counts = uow.reports.week(team=None, from_at=NOW, until_at=NOW + WEEK)
    assert counts == WeekCounts(0, 0, 0, 0, 0, 0, 0, None, None)


def test_what_is_only_shown_is_never_counted_as_late(store: Store) -> None:
    shown = deadline(1, "c1", kind="background", plan=Plan((), Repeat(HOUR)), next_at=None)
    with store.write() as uow:
        uow.cases.add(samples.case(1, parties=(POLICE, CARE)), PARTICULARS)
        uow.deadlines.add([shown])
        uow.commit()
    with store.read() as uow:
        assert uow.reports.week(team=None, from_at=NOW, until_at=NOW + WEEK).late_now == 0
