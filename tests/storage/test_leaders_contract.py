"""What leaders owe, units' counts and drawn grades, the same from every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.cases import CaseStatus
from bot.domain.counts import Raised, UnitCount
from bot.domain.errors import Conflict, NotFound
from bot.domain.grade_samples import Graded, GradeRead, Reading
from bot.domain.ids import AgencyId, CaseId, PersonId, Reference, TeamId
from bot.domain.matters import Matter, MatterKind, MatterState, Measure
from bot.ports import Store
from tests.storage import samples
from tests.storage.samples import NOW, OFFICER, PARTICULARS

HERE, THERE = samples.case(1), samples.case(2)
LEAD = PersonId("a-lead")
MATTER = Matter(
    HERE.id,
    Reference("EN-0001"),
    MatterKind.ENDORSEMENT,
    "1",
    "response",
    LEAD,
    NOW,
    NOW + timedelta(days=5),
    words="A canary statement.",
)
READ = GradeRead("g1", "2026-11", HERE.concern, HERE.id, "high", "seed", 9, LEAD, NOW)
DAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def cases(store: Store) -> None:
    with store.write() as uow:
        uow.cases.add(HERE, PARTICULARS)
        uow.cases.add(THERE, PARTICULARS)
        uow.commit()


def test_a_matter_comes_back_with_its_words_and_its_next_revision_once(store: Store) -> None:
    declined = MATTER.ended(MatterState.DECLINED, LEAD, NOW, "A canary reason.")
    with store.write() as uow:
        assert uow.matters.next_number() == 1
        uow.matters.add(MATTER)
        uow.matters.save(declined)
        assert uow.matters.next_number() == 2
        uow.commit()
    with store.write() as uow:
        assert uow.matters.get(HERE.id) == replace(declined, revision=2)
        assert uow.matters.listed() == [replace(declined, revision=2, words="", reason="")]
        with pytest.raises(NotFound):
            uow.matters.get(CaseId("never"))
        with pytest.raises(Conflict):
            uow.matters.save(MATTER)


def test_a_measure_stands_in_place_of_any_of_its_code(store: Store) -> None:
    later = Measure("team", "Doubled", date(2026, 9, 1))
    with store.write() as uow:
        uow.matters.put_measure(Measure("team", "Begun", date(2026, 8, 1)))
        uow.matters.put_measure(later)
        uow.matters.put_measure(Measure("first", "Earlier", date(2026, 7, 1)))
        assert [each.code for each in uow.matters.measures()] == ["first", "team"]
        assert uow.matters.measures()[1] == later


def test_the_newest_count_stands_and_the_same_one_changes_nothing(store: Store) -> None:
    none = UnitCount(TeamId("response"), DAY, 0, LEAD, NOW)
    with store.write() as uow:
        assert uow.unit_counts.first_day() is None
        assert uow.unit_counts.put(replace(none, number=2))
        assert uow.unit_counts.put(none)
        assert not uow.unit_counts.put(none)
        assert uow.unit_counts.put(replace(none, day=DAY - timedelta(days=3)))
        assert uow.unit_counts.first_day() == DAY - timedelta(days=3)
        assert uow.unit_counts.between(DAY, DAY) == [none]


def test_what_an_agency_raised_is_counted_and_no_leaders_matter(store: Store) -> None:
    with store.write() as uow:
        uow.cases.add(replace(samples.case(3), status=CaseStatus.MATTER), PARTICULARS)
        found = uow.unit_counts.raised(AgencyId("police"), HERE.opened_at, HERE.opened_at + timedelta(days=9))
        party = HERE.party(AgencyId("police"))
        assert party is not None
        assert Raised(HERE.opened_at, HERE.referrer, party.team) in found
        assert len(found) == 2  # not the third
        assert "c3" not in [case.id for case in uow.cases.listed()]


def test_a_drawn_grade_is_read_once_and_its_month_is_listed_in_the_order_of_the_draw(store: Store) -> None:
    with store.write() as uow:
        uow.grade_reads.add([READ, replace(READ, id="g2", month="2026-10", case_id=THERE.id)])
        uow.grade_reads.save(READ.read(Reading.TOO_LOW, OFFICER, NOW))
        assert uow.grade_reads.get("g1") == replace(READ.read(Reading.TOO_LOW, OFFICER, NOW), revision=2)
        assert [each.id for each in uow.grade_reads.listed()] == ["g1", "g2"]
        assert [each.id for each in uow.grade_reads.listed("2026-10")] == ["g2"]
        with pytest.raises(Conflict):
            uow.grade_reads.save(READ)
        with pytest.raises(NotFound):
            uow.grade_reads.get("never")


def test_only_graded_cases_of_children_are_drawn_from_and_those_held_above_come_oldest_first(store: Store) -> None:
    low = replace(samples.case(4), grade="standard", effective_grade="high", first_aware_at=NOW - timedelta(days=98))
    newer = replace(low, id=CaseId("c5"), reference=Reference("SG-26-05555"), first_aware_at=NOW)
    closed = replace(samples.case(6), restricted_to=(OFFICER,), grade="high", effective_grade="high")
    with store.write() as uow:
        for case in (newer, low, closed):
            uow.cases.add(case, PARTICULARS)
        assert list(uow.grade_reads.held_above(limit=9)) == [low.id, newer.id]
        drawn = uow.grade_reads.between(low.opened_at, low.opened_at + timedelta(days=9))
        assert Graded(low.id, low.concern, "high") in drawn
        assert closed.id not in [each.case_id for each in drawn]
