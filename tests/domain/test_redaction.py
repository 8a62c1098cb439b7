"""The only view of a case that may reach a channel: what it says, and that it has no way to what is sealed."""

import dataclasses
import typing
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot.domain.cases import Acknowledgement, Case, CaseStatus, ChildReference, HumanAct, Particulars, PhoneTold
from bot.domain.deadlines import Deadline, Ending, EndingKind, end
from bot.domain.ids import CaseId, DeadlineId, PersonId
from bot.domain.letters import Letter
from bot.domain.pending import Pending
from bot.domain.policy import Band
from bot.domain.redaction import ShareableCase, Tag, shareable
from tests.builders import (
    CARE,
    DIRECTORY,
    MONDAY,
    OFFICER,
    OTHER_OFFICER,
    POLICE,
    POLICY,
    WORKER,
    a_case,
    a_deadline,
)

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def shown(case: Case, *deadlines: Deadline, after: timedelta = timedelta(0), children: int = 1) -> ShareableCase:
    return shareable(case, deadlines, children=children, policy=POLICY, directory=DIRECTORY, now=case.opened_at + after)


def both_owe(band: Band = Band.P1) -> tuple[Deadline, Deadline]:
    return a_deadline(band, agency=POLICE), a_deadline(band, agency=CARE)


def acknowledged(case: Case, *agencies: str) -> Case:
    by = {POLICE: OTHER_OFFICER, CARE: WORKER}
    for party in case.parties:
        if party.agency in agencies:
            said = Acknowledgement(by[party.agency], MONDAY + MINUTE)
            case = case.with_party(replace(party, acknowledged=said, owner=said.by))
    return case


def types_of(kind: object, seen: set[object]) -> Iterator[type]:
    """Every dataclass that a value of this type can hold."""
    for argument in typing.get_args(kind):
        yield from types_of(argument, seen)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind) and kind not in seen:
        seen.add(kind)
        yield kind
        for hint in typing.get_type_hints(kind).values():
            yield from types_of(hint, seen)


def test_no_letter_has_a_way_to_anything_that_is_sealed() -> None:
    reachable = set(types_of(Letter, set()))
    assert ShareableCase in reachable
    assert not reachable & {Particulars, ChildReference, HumanAct, Case}


def test_a_new_case_is_waiting_for_both_agencies_by_their_due_instants() -> None:
    card = shown(a_case(Band.P1), *both_owe())
    assert card.tag is Tag.WAITING
    assert [(line.name, line.tag, line.due_at) for line in card.agencies] == [
        ("Northmere Police", Tag.WAITING, MONDAY + 15 * MINUTE),
        ("Northmere Children's Social Care", Tag.WAITING, MONDAY + 15 * MINUTE),
    ]
    assert card.next_step is not None
    assert card.next_step.at == MONDAY + timedelta(minutes=7, seconds=30)
    assert card.next_step.people == ("Priya Fernsby", "Dafydd Larkmoor", "Nadia Elderflower", "Owen Saltmarsh")


def test_one_agencys_acknowledgement_leaves_the_case_waiting_for_the_other() -> None:
    police, care = both_owe()
    met = end(police, Ending(EndingKind.MET, MONDAY + MINUTE, OTHER_OFFICER))
    card = shown(acknowledged(a_case(Band.P1), POLICE), met, care, after=MINUTE)
    assert card.tag is Tag.WAITING
    first, second = card.agencies
    assert (first.tag, first.by, first.at) == (Tag.ACKNOWLEDGED, "Dafydd Larkmoor", MONDAY + MINUTE)
    assert second.tag is Tag.WAITING
    assert card.owners == ("Dafydd Larkmoor",)


def test_at_its_due_instant_an_agency_is_overdue_and_so_is_the_case() -> None:
    almost = shown(a_case(Band.P1), *both_owe(), after=15 * MINUTE - timedelta(seconds=1))
    assert almost.tag is Tag.WAITING
    late = shown(a_case(Band.P1), *both_owe(), after=15 * MINUTE)
    assert late.tag is Tag.OVERDUE
    assert {line.tag for line in late.agencies} == {Tag.OVERDUE}


def test_acknowledged_by_all_and_nothing_late_reads_acknowledged() -> None:
    ended = [end(d, Ending(EndingKind.MET, MONDAY, WORKER)) for d in both_owe()]
    action = a_deadline(Band.P1, kind="first_action")
    case = acknowledged(a_case(Band.P1), POLICE, CARE)
    assert shown(case, *ended, action, after=HOUR).tag is Tag.ACKNOWLEDGED
    assert shown(case, *ended, action, after=2 * HOUR).tag is Tag.OVERDUE


def test_told_by_phone_never_reads_acknowledged_and_names_who_recorded_it() -> None:
    police, care = both_owe()
    case = acknowledged(a_case(Band.P1), POLICE)
    party = case.party(CARE)
    assert party is not None
    case = case.with_party(replace(party, phone=PhoneTold(OTHER_OFFICER, MONDAY + MINUTE, MONDAY + 4 * HOUR)))
    card = shown(case, end(police, Ending(EndingKind.MET, MONDAY, OTHER_OFFICER)), care, after=2 * MINUTE)
    line = card.agencies[1]
    assert (line.tag, line.by, line.due_at) == (Tag.TOLD_BY_PHONE, "Dafydd Larkmoor", MONDAY + 15 * MINUTE)
    assert card.tag is Tag.TOLD_BY_PHONE
    later = shown(acknowledged(case, CARE), after=3 * MINUTE)
    assert later.agencies[1].tag is Tag.ACKNOWLEDGED


def test_the_agency_that_raised_a_case_reads_so_and_has_nobodys_name_as_acknowledging() -> None:
    case = a_case(Band.P1)
    party = replace(case.parties[1], owes_acknowledgement=False)
    line = shown(case.with_party(party), a_deadline(Band.P1, agency=POLICE)).agencies[1]
    assert (line.raised_it, line.by, line.at) == (True, "", None)


def test_a_closed_case_reads_closed_whatever_is_late() -> None:
    closed = replace(a_case(Band.P1), status=CaseStatus.CLOSED)
    assert shown(closed, *both_owe(), after=24 * HOUR).tag is Tag.CLOSED


def test_each_owed_line_carries_its_basis_in_words_and_when_it_was_met_by_whom() -> None:
    owed = a_deadline(Band.P2, kind="social_care_decision")
    action = end(a_deadline(Band.P2, kind="first_action"), Ending(EndingKind.MET, MONDAY + HOUR, WORKER))
    card = shown(a_case(Band.P2), owed, action, after=2 * HOUR)
    assert [(line.title, line.basis, line.met) for line in card.owed] == [
        ("Social care's decision", "statutory guidance", False),
        ("First protective action", "force default", True),
    ]
    assert (card.owed[1].met_by, card.owed[1].met_at) == ("Nadia Elderflower", MONDAY + HOUR)


def test_the_acknowledgement_and_the_stall_alarm_are_not_listed_beside_what_is_owed() -> None:
    card = shown(a_case(Band.P1), *both_owe(), a_deadline(Band.P1, kind="stall"))
    assert card.owed == ()


def test_a_milestone_that_pings_nobody_is_kept_off_the_card_and_never_makes_it_overdue() -> None:
    quiet = a_deadline(Band.P3, kind="share_decision")
    assert not shown(a_case(), quiet).owed[0].main
    late = shown(a_case(), quiet, after=timedelta(days=2))
    assert late.owed[0].late
    assert not late.owed[0].main
    assert late.tag is not Tag.OVERDUE


def test_an_ungraded_case_says_so() -> None:
    case = replace(a_case(Band.P1), grade=None, effective_grade=None)
    card = shown(case)
    assert (card.grade, card.graded) == ("Not graded yet", False)


def test_a_case_without_any_childs_reference_is_marked_incomplete() -> None:
    assert shown(a_case(), children=0).incomplete
    assert not shown(a_case(), children=2).incomplete
    assert shown(a_case(), children=2).children == 2


def test_somebody_outside_the_directory_is_shown_as_such() -> None:
    case = acknowledged(a_case(Band.P1), CARE)
    party = case.party(CARE)
    assert party is not None
    unknown = replace(party, owner=PersonId("left-long-ago"))
    assert "somebody outside the directory" in shown(case.with_party(unknown)).owners


def test_a_card_says_what_holds_for_the_case_as_a_whole_in_codes_words() -> None:
    case = replace(
        a_case(),
        referral_number=3,
        flags=frozenset({"police_protection", "gone_flag"}),
        also_referred=(PersonId("nadia-elderflower"),),
    )
    assert shown(case).notes == (
        "3rd referral about the same child in 12 months",
        "In force: Gone flag",
        "In force: Police protection (section 46)",
        "Referred by 2 people; each is told",
    )
    assert shown(replace(a_case(), no_further_action=True)).notes == ("Closed with no further action",)
    merged = replace(a_case(), status=CaseStatus.MERGED, merged_into=CaseId("case-2"))
    assert shown(merged).notes == ("Merged: this referral goes on in the earlier case of the same child",)
    assert shown(merged).tag is Tag.CLOSED
    assert shown(a_case()).notes == ()


def test_an_agency_with_an_extended_deadline_waits_until_the_new_instant() -> None:
    old = a_deadline(Band.P3)
    ended = end(old, Ending(EndingKind.EXTENDED, MONDAY, OFFICER))
    fresh = replace(old, id=DeadlineId("extended"), due_at=old.due_at + HOUR)
    (line,) = [line for line in shown(a_case(), ended, fresh).agencies if line.agency == CARE]
    assert (line.tag, line.due_at) == (Tag.WAITING, fresh.due_at)


def test_a_card_says_a_time_only_where_it_was_given_or_asked_for() -> None:
    case = a_case()
    told = HumanAct(case.id, "referrer_told", OFFICER, case.referring_agency, MONDAY, protective=False)
    gone = replace(told, code="no_act_of_this_policy", happened_at=MONDAY)
    given = replace(told, code="child_seen", happened_at=MONDAY)
    shown = shareable(
        case, [], children=1, policy=POLICY, directory=DIRECTORY, now=MONDAY, pending=Pending(timed=(told, gone, given))
    )
    assert [note for note in shown.notes if "Monday 23 November" in note] == [
        "Child seen and heard: Monday 23 November 2026 at 10:00am"
    ]
