"""The ladder climbs at its instants whatever happens to the bot: downtime, a clock that steps, a poisoned case, nobody there."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Self

import pytest

from bot.domain.cases import Case
from bot.domain.ids import CaseId, PersonId
from bot.domain.letters import StepLetter
from bot.domain.notices import NoticeKind
from bot.domain.policy import Band
from tests.builders import (
    CARE,
    CARE_CHANNEL,
    CARE_EXECUTIVE,
    CARE_HEAD,
    CARE_LEAD,
    CARE_LEADER,
    CHIEF,
    CONTROL,
    DIRECTORY,
    FORCE,
    GRADES,
    INSPECTOR,
    MONDAY,
    OFFICER,
    OTHER_WORKER,
    POLICE,
    SERGEANT,
    SUPERINTENDENT,
    WORKER,
    away,
    referral,
)
from tests.fakes import MemoryStore, MemoryUnitOfWork
from tests.memory.cases import MemoryCases
from tests.memory.state import State
from tests.services.office import Office

HOUR, MINUTE, SECOND, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1), timedelta(days=1)
P1 = referral("physical", "immediate_danger")
CLIMB: dict[Band, list[float]] = {
    Band.P1: [7.5, 15, 30, 45, 75, 135],
    Band.P2: [30, 60, 120, 240, 420, 1500],
}
WHO = [
    {WORKER, OTHER_WORKER},
    {WORKER, OTHER_WORKER, CARE_LEADER, OFFICER},
    {CARE_LEADER, SERGEANT},
    {INSPECTOR, CARE_LEAD},
    {SUPERINTENDENT, CARE_HEAD},
    {CHIEF, CARE_EXECUTIVE},
]


def one_ladder(band: Band = Band.P1, *, start: datetime = MONDAY) -> tuple[Office, CaseId]:
    """A case on which social care's acknowledgement alone is owed, with everybody told of the referral."""
    office = Office()
    office.clock.to(start)
    case_id = office.refer(referral(*GRADES[band]))
    office.only(case_id, "acknowledgement", agency=CARE)
    office.settle()
    office.messenger.sent.clear()
    return office, case_id


def told_at(office: Office, at: datetime) -> set[str]:
    return {s.to for s in office.messenger.sent if s.at == at and s.to in DIRECTORY.people}


# ---- climbing


@pytest.mark.parametrize("band", [Band.P1, Band.P2])
def test_an_acknowledgement_that_never_comes_reaches_named_people_at_each_instant_and_nobody_between(
    band: Band,
) -> None:
    office, _ = one_ladder(band)
    instants = [MONDAY + timedelta(minutes=minutes) for minutes in CLIMB[band]]
    office.run_to(instants[-1])
    people = {s.at for s in office.messenger.sent if s.to in DIRECTORY.people}
    assert sorted(people) == instants
    expected = WHO if band is Band.P1 else WHO[:4]
    assert [told_at(office, at) for at in instants][: len(expected)] == expected


@pytest.mark.parametrize("band", Band)
def test_every_band_reaches_the_chief_officer_and_the_partners_executive_and_goes_on(band: Band) -> None:
    office, case_id = one_ladder(band)
    top = office.deadline(case_id).plan.last.at
    office.run_to(top + 2 * DAY)
    assert office.deadline(case_id).repeats >= 1
    for person in (CHIEF, CARE_EXECUTIVE):
        letters = [s.outgoing.letter for s in office.said_to(person)]
        counts = [letter.items[0].repeat for letter in letters if isinstance(letter, StepLetter)]
        assert counts == list(range(len(counts)))
        assert len(counts) == office.deadline(case_id).repeats + 1


def test_a_step_comes_within_the_tick_at_its_instant_and_not_a_second_before() -> None:
    office, case_id = one_ladder()
    office.clock.to(MONDAY + 15 * MINUTE - SECOND)
    office.settle()
    assert office.deadline(case_id).done == 0
    office.clock.to(MONDAY + 15 * MINUTE)
    assert office.tick() == 1
    assert office.deadline(case_id).done == 1


def test_a_tick_twice_at_the_same_instant_adds_nothing() -> None:
    office, _ = one_ladder()
    office.clock.to(MONDAY + 20 * MINUTE)
    office.tick()
    notices, entries = len(office.notices()), len(office.store.state.entries)
    assert office.tick() == 0
    assert (len(office.notices()), len(office.store.state.entries)) == (notices, entries)


def test_the_next_instant_of_the_engine_is_the_soonest_step() -> None:
    office, case_id = one_ladder()
    assert office.next_at() == MONDAY + timedelta(minutes=7, seconds=30)
    office.acknowledge(case_id, WORKER)
    office.only(case_id)
    assert office.next_at() is None


def test_a_reminder_in_the_thread_names_the_step_and_everybody_told() -> None:
    office, _ = one_ladder()
    office.run_to(MONDAY + 45 * MINUTE)
    letter = office.said_to(CARE_CHANNEL)[-1].outgoing.letter
    assert isinstance(letter, StepLetter)
    assert (letter.items[0].step_name, set(letter.told)) == (
        "department and partner leads",
        {"Imani Oakhollow", "Chidi Lavenham"},
    )


# ---- down and back


def test_down_over_three_steps_each_ladder_goes_to_its_highest_with_one_message_naming_the_missed() -> None:
    office, case_id = one_ladder()
    office.down_until(MONDAY + 80 * MINUTE)
    assert told_at(office, MONDAY + 80 * MINUTE) == {SUPERINTENDENT, CARE_HEAD}
    (message,) = office.said_to(SUPERINTENDENT)
    letter = message.outgoing.letter
    assert isinstance(letter, StepLetter)
    assert letter.items[0].missed == ("reminder", "due", "team leaders", "department and partner leads")
    assert letter.items[0].due_at == MONDAY + 15 * MINUTE
    assert office.deadline(case_id).next_at == MONDAY + 135 * MINUTE
    assert office.audit("step_taken") == [
        f"acknowledgement {CARE} step 4 passing over 0,1,2,3 told {SUPERINTENDENT} {CARE_HEAD} as of v1"
    ]


def test_after_downtime_the_most_urgent_cases_come_first() -> None:
    office = Office()
    for band in (Band.P3, Band.P2, Band.P1):
        case_id = office.refer(referral(*GRADES[band]))
        office.only(case_id, "acknowledgement", agency=CARE)
    office.settle()
    before = len(office.messenger.sent)
    office.down_until(MONDAY + 5 * HOUR)
    letters = [s.outgoing.letter for s in office.messenger.sent[before:]]
    bands = [letter.case.band for letter in letters if isinstance(letter, StepLetter)]
    assert bands == sorted(bands, key=lambda band: band.rank)
    assert set(bands) == {Band.P1, Band.P2, Band.P3}


def test_a_hundred_and_twenty_overdue_cases_are_all_moved_by_one_tick() -> None:
    office = Office()
    for _ in range(120):
        office.refer(P1)
    office.clock.move(16 * MINUTE)
    assert office.tick() == 120
    assert office.tick() == 0


def test_a_gap_is_told_to_leaders_with_its_length_and_how_many_steps_came_due_in_it() -> None:
    office, _ = one_ladder()
    office.run_to(MONDAY + 10 * MINUTE)
    office.down_until(MONDAY + 3 * HOUR)
    for channel in (CONTROL, FORCE):
        (line,) = office.lines_to(channel)
        assert line == (
            "The bot was not running from Monday 23 November 2026 at 10:10am to Monday 23 November 2026 at 1:00pm "
            "(2 hours 50 minutes). 1 step came due in that time and is being sent now, each with its real lateness."
        )
    assert office.audit("gap_noticed") == ["2026-11-23T10:10:00+00:00 to 2026-11-23T13:00:00+00:00"]


def test_a_gap_with_more_steps_than_are_worth_counting_says_at_least() -> None:
    office = Office()
    for _ in range(130):
        office.refer(P1)
    assert sum(1 for d in office.store.state.deadlines.values() if d.next_at) > 1000
    office.clock.move(400 * DAY)
    office.started()
    (notice, _) = office.notices(NoticeKind.GAP)
    assert "At least 1000 steps came due in that time and are being sent now" in str(notice.payload["text"])


def test_a_restart_within_two_minutes_is_no_gap() -> None:
    office, _ = one_ladder()
    office.down_until(MONDAY + 119 * SECOND)
    assert not office.notices(NoticeKind.GAP)
    assert office.audit("started")


def test_a_first_start_is_no_gap() -> None:
    office = Office()
    office.store.state.instants.clear()
    office.started()
    assert not office.notices(NoticeKind.GAP)


def test_a_clock_that_steps_back_an_hour_repeats_nothing_and_later_steps_come_at_their_instants() -> None:
    office, case_id = one_ladder()
    office.run_to(MONDAY + 31 * MINUTE)
    sent = len(office.messenger.sent)
    office.clock.to(MONDAY - 29 * MINUTE)
    office.settle()
    office.run_to(MONDAY + 44 * MINUTE)
    assert office.deadline(case_id).done == 2
    assert office.reached(sent) <= {CONTROL, FORCE}
    office.run_to(MONDAY + 45 * MINUTE)
    assert office.deadline(case_id).done == 3


# ---- nobody there


def test_a_step_with_nobody_falls_through_in_the_same_tick_and_the_control_channel_is_told() -> None:
    office, case_id = one_ladder()
    office.rules.directory = away(DIRECTORY, INSPECTOR, CARE_LEAD)
    office.run_to(MONDAY + 45 * MINUTE)
    assert told_at(office, MONDAY + 45 * MINUTE) == {SUPERINTENDENT, CARE_HEAD}
    assert office.deadline(case_id).done == 4
    (line,) = office.lines_to(CONTROL)
    assert line == (
        "SG-26-00001: nobody was there to be told at step 3 of acknowledgement (Front door). "
        "Told instead: Victor Hawkstone-Lea, Anselm Rookwood-Dale. Mend the directory: duty, leaders or cover of that team."
    )
    assert office.audit("step_fell_through") == [f"acknowledgement {CARE} step 3 found nobody"]


def test_with_nobody_anywhere_the_control_channel_is_told_at_every_step_and_the_ladder_does_not_stop() -> None:
    office, case_id = one_ladder()
    everybody = [person for person in DIRECTORY.people if person != OFFICER]
    office.rules.directory = replace(away(DIRECTORY, *everybody), shifts=())
    office.run_to(MONDAY + 5 * HOUR)
    lines = [line for line in office.lines_to(CONTROL) if "nobody was there to be told" in line]
    assert len(lines) == 1 + office.deadline(case_id).repeats
    assert all("Told instead: nobody at all" in line for line in lines)
    assert office.deadline(case_id).repeats >= 2


def test_a_duty_that_changed_since_the_referral_decides_who_is_told() -> None:
    office, _ = one_ladder(start=MONDAY + 6 * HOUR + 50 * MINUTE)
    office.run_for(15 * MINUTE)
    assert PersonId("piotr-lanternby") in told_at(office, MONDAY + 7 * HOUR + 5 * MINUTE)
    assert WORKER not in told_at(office, MONDAY + 7 * HOUR + 5 * MINUTE)


# ---- policy replaced


def test_a_running_ladder_keeps_the_policy_it_opened_under() -> None:
    office, case_id = one_ladder()
    before = office.deadline(case_id)
    slow = dict.fromkeys(Band, office.rules.policy.ladders[Band.P4])
    office.rules.policy = replace(office.rules.policy, ladders=slow, version="another")
    office.run_to(MONDAY + 15 * MINUTE)
    after = office.deadline(case_id)
    assert (after.plan, after.policy_version, after.done) == (before.plan, before.policy_version, 1)
    assert office.deadline(office.refer(P1)).policy_version == "another"


# ---- a case that cannot be handled


class PoisonedStore(MemoryStore):
    """A store in which some cases cannot be read."""

    poisoned: dict[CaseId, Exception]

    def write(self) -> MemoryUnitOfWork:
        return Poisoning(self, writes=True)


class Poisoning(MemoryUnitOfWork):
    def __enter__(self) -> Self:
        super().__enter__()
        store = self._store
        assert isinstance(store, PoisonedStore)
        self.cases = PoisonedCases(self.state, store.prefix, store.poisoned)
        return self


class PoisonedCases(MemoryCases):
    def __init__(self, state: State, prefix: str, poisoned: dict[CaseId, Exception]) -> None:
        super().__init__(state, prefix)
        self._poisoned = poisoned

    def get(self, case_id: CaseId) -> Case:
        if case_id in self._poisoned:
            raise self._poisoned[case_id]
        return super().get(case_id)


@pytest.mark.parametrize(
    "error",
    [ValueError("bad row"), KeyError("column"), TypeError("none"), ZeroDivisionError()],
    ids=lambda e: type(e).__name__,
)
def test_a_poisoned_case_is_put_aside_loudly_and_the_others_still_climb(error: Exception) -> None:
    store = PoisonedStore()
    store.poisoned = {}
    office = Office(store=store)
    bad, good = office.refer(P1), office.refer(P1)
    office.settle()
    store.poisoned[bad] = error
    office.clock.to(MONDAY + 15 * MINUTE)
    assert office.tick() == 2
    assert office.deadline(good).done == 1
    assert office.deadline(bad).done == -1
    assert office.tick() == 0
    office.deliver()
    (line,) = office.lines_to(CONTROL)
    assert line.startswith(f"Case record {bad} could not be handled and was put aside")
    assert office.audit("quarantined") == [f"case {bad}"]


def test_deadlines_whose_case_is_missing_are_put_aside_and_the_others_still_climb() -> None:
    office = Office()
    bad, good = office.refer(P1), office.refer(P1)
    office.settle()
    del office.store.state.cases[bad]
    office.clock.to(MONDAY + 15 * MINUTE)
    office.tick()
    assert office.deadline(good).done == 1
    assert office.audit("quarantined") == [f"case {bad}"]


def test_a_poisoned_case_leaves_nothing_half_done() -> None:
    store = PoisonedStore()
    store.poisoned = {}
    office = Office(store=store)
    bad = office.refer(P1)
    office.settle()
    before = {d.id: d for d in office.deadlines(bad)}
    store.poisoned[bad] = ValueError("bad row")
    office.clock.to(MONDAY + 15 * MINUTE)
    office.tick()
    assert {d.id: d for d in office.deadlines(bad)} == before
    assert not [n for n in office.notices(NoticeKind.STEP) if n.created_at > MONDAY]


def test_the_hourly_anchor_seals_the_heads_and_old_keys_are_forgotten() -> None:
    office = Office()
    office.refer(P1, key="old")
    anchors = len(office.store.state.anchors)
    office.clock.move(HOUR)
    office.tick()
    assert len(office.store.state.anchors) == anchors + 1
    office.clock.move(25 * HOUR)
    office.tick()
    assert "old" not in office.store.state.inbox


def test_police_owe_their_own_whatever_social_care_does() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.acknowledge(case_id, WORKER)
    office.only(case_id, "acknowledgement")
    office.run_to(MONDAY + 15 * MINUTE)
    assert office.deadline(case_id, agency=POLICE).done == 1
    assert office.deadline(case_id, agency=CARE).done == -1
