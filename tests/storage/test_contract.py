"""One contract for every unit of work: in memory, on SQLite, on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.authorisation import Grave
from bot.domain.cases import CaseStatus
from bot.domain.decisions import Outcome
from bot.domain.errors import Conflict, NotFound
from bot.domain.events import Action, Entry
from bot.domain.ids import BOT, CaseId, ChannelId, DeadlineId, DecisionId, DraftId
from bot.domain.notices import Posted
from bot.domain.policy import Band
from bot.ports import Store
from tests.storage import samples
from tests.storage.samples import HOUR, NOW, OFFICER, PARTICULARS, REFERRAL, WORKER

CASE = CaseId("c1")


def put(store: Store, *numbers: int, **changes: object) -> None:
    with store.write() as uow:
        for number in numbers or (1,):
            uow.cases.add(samples.case(number, **changes), PARTICULARS)
        uow.commit()


def test_nothing_is_kept_without_a_commit(store: Store) -> None:
    with store.write() as uow:
        uow.cases.add(samples.case(), PARTICULARS)
        uow.marks.add("ticks")
        uow.audit.append([Entry(NOW, OFFICER, Action.REFERRED, "c1", CASE)])
    with store.read() as uow:
        assert uow.cases.listed() == []
        assert uow.marks.count("ticks") == 0
        assert uow.audit.listed() == []


def test_an_error_inside_a_unit_of_work_keeps_nothing_and_goes_on_up(store: Store) -> None:
    def fail() -> None:
        with store.write() as uow:
            uow.cases.add(samples.case(), PARTICULARS)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.read() as uow:
        assert uow.cases.listed() == []


def test_a_unit_of_work_that_only_reads_refuses_to_commit(store: Store) -> None:
    with store.read() as uow, pytest.raises(RuntimeError, match="only reads"):
        uow.commit()


def test_after_a_commit_the_next_writer_may_begin_though_the_block_has_not_ended(store: Store) -> None:
    with store.write() as first:
        first.marks.add("ticks")
        first.commit()
        with store.write() as second:
            second.marks.add("ticks")
            second.commit()
    with store.read() as uow:
        assert uow.marks.count("ticks") == 2


def test_a_part_that_fails_is_undone_alone_with_its_audit_and_its_keys(store: Store) -> None:
    def fail() -> None:
        with uow.savepoint():
            uow.cases.add(samples.case(2), PARTICULARS)
            uow.audit.append([Entry(NOW, OFFICER, Action.REFERRED, "c2", CaseId("c2"), {"note": "x"})])
            assert len(uow.audit.listed()) == 2
            raise ZeroDivisionError

    with store.write() as uow:
        uow.cases.add(samples.case(), PARTICULARS)
        uow.audit.append([Entry(NOW, OFFICER, Action.REFERRED, "c1", CASE, {"note": "x"})])
        with pytest.raises(ZeroDivisionError):
            fail()
        with uow.savepoint():
            uow.cases.add(samples.case(2, grade="medium"), PARTICULARS)
            uow.audit.append([Entry(NOW, OFFICER, Action.GRADED, "c2", CaseId("c2"), {"note": "y"})])
        uow.commit()
    with store.read() as uow:
        assert uow.cases.get(CaseId("c2")).grade == "medium"
        assert uow.cases.particulars(CaseId("c2")) == PARTICULARS
        assert [(entry.chain, entry.action) for entry in uow.audit.listed()] == [("c1", "referred"), ("c2", "graded")]
        assert uow.audit.verify().first_bad == ""


def test_a_case_comes_back_as_it_went_in(store: Store) -> None:
    bare = samples.case(
        2,
        grade=None,
        effective_grade=None,
        floors=(),
        flags=frozenset(),
        referring_agency=None,
        origin_channel=None,
        parties=(),
        facts={},
    )
    full = samples.case(
        parties=(samples.POLICE, samples.answered()),
        graded_at=NOW + HOUR,
        ended_flags=frozenset({"custody"}),
        fired_at={"under_two": NOW, "weapon": NOW + HOUR},
        referral_number=3,
        closed_at=NOW + 2 * HOUR,
        no_further_action=True,
        merged_into=CaseId("c9"),
        also_referred=(WORKER,),
        left_out=(OFFICER, WORKER),
        restricted_to=(WORKER,),
    )
    with store.write() as uow:
        uow.cases.add(full, PARTICULARS)
        uow.cases.add(bare, replace(PARTICULARS, children=(), narrative="", address="", left_out_reason=""))
        uow.commit()
    with store.read() as uow:
        assert uow.cases.get(CASE) == full
        assert uow.cases.find(bare.reference) == bare
        assert uow.cases.particulars(CASE) == PARTICULARS
        assert uow.cases.particulars(bare.id).children == ()
        assert uow.cases.particulars(bare.id).narrative == ""
        assert (uow.cases.children(CASE), uow.cases.children(bare.id)) == (3, 0)


def test_a_case_that_is_not_there_is_not_found(store: Store) -> None:
    with store.read() as uow:
        for look in (uow.cases.get, uow.cases.particulars, uow.cases.children):
            with pytest.raises(NotFound):
                look(CASE)
        with pytest.raises(NotFound):
            uow.cases.find(samples.case().reference)
        with pytest.raises(NotFound):
            uow.deadlines.get(DeadlineId("d1"))
        with pytest.raises(NotFound):
            uow.drafts.get(DraftId("f1"))
        assert uow.cases.acts(CASE) == []
        assert uow.deadlines.of_case(CASE) == []


def test_the_second_to_save_a_case_read_by_both_is_told_of_the_conflict(store: Store) -> None:
    put(store)
    with store.read() as uow:
        read = uow.cases.get(CASE)
    with store.write() as uow:
        saved = uow.cases.save(replace(read, status=CaseStatus.CLOSED).with_party(samples.answered()))
        assert saved.version == 2
        uow.commit()
    with store.write() as uow, pytest.raises(Conflict):
        uow.cases.save(replace(read, grade="low"))
    with store.read() as uow:
        assert uow.cases.get(CASE) == saved
        assert saved.party(samples.CARE.agency) == samples.answered()


def test_references_count_up_in_each_year_and_a_rolled_back_one_is_given_again(store: Store) -> None:
    with store.write() as uow:
        assert [uow.cases.next_reference(2026) for _ in range(2)] == ["SG-26-00001", "SG-26-00002"]
        assert uow.cases.next_reference(2027) == "SG-27-00001"
        uow.commit()
    with store.write() as uow:
        assert uow.cases.next_reference(2026) == "SG-26-00003"
    with store.write() as uow:
        assert uow.cases.next_reference(2026) == "SG-26-00003"


def test_cases_are_listed_most_urgent_band_first_then_oldest(store: Store) -> None:
    put(store, 1, band=Band.P3)
    put(store, 2, band=Band.P1, opened_at=NOW + HOUR)
    put(store, 3, band=Band.P1)
    put(store, 4, band=Band.P1, status=CaseStatus.CLOSED, opened_at=NOW - HOUR)
    with store.read() as uow:
        assert [case.id for case in uow.cases.listed()] == ["c4", "c3", "c2", "c1"]
        assert [case.id for case in uow.cases.listed(status=CaseStatus.OPEN, limit=2)] == ["c3", "c2"]


def test_a_child_is_found_by_any_agencys_reference_however_it_is_spelled(store: Store) -> None:
    put(store, 1, 2)
    with store.read() as uow:
        assert uow.cases.with_reference("police", "440001") == ["c1", "c2"]
        assert uow.cases.with_reference("council", "la-77") == ["c1", "c2"]
        assert uow.cases.with_reference("nhs", "44-0001") == []
        assert uow.cases.with_reference("police", "44-0002") == []


def test_cases_at_a_door_are_found_however_the_street_is_written_oldest_first(store: Store) -> None:
    with store.write() as uow:
        for n, address in ((1, "12 Elm Road, NM1 1AA"), (2, "14 Elm Road, NM1 1AA"), (3, "12 elm rd nm11aa"), (4, "")):
            uow.cases.add(samples.case(n), replace(PARTICULARS, address=address))
        uow.commit()
    with store.read() as uow:
        assert uow.cases.at_address("12, ELM ROAD NM1 1AA") == ["c1", "c3"]
        assert uow.cases.at_address("16 Elm Road, NM1 1AA") == []


def test_a_child_comes_with_every_reference_given_for_it_and_without_the_other_children(store: Store) -> None:
    put(store, 1, 2)
    with store.read() as uow:
        first, third = PARTICULARS.children[0], PARTICULARS.children[2]
        assert uow.cases.known_as("nhs", "9000000001") == [(CASE, first), (CaseId("c2"), first)]
        assert uow.cases.known_as("council", "la 77") == [(CASE, third), (CaseId("c2"), third)]
        assert uow.cases.known_as("police", "44-0002") == []


def test_a_decision_comes_back_with_its_reason_in_the_order_of_proposing(store: Store) -> None:
    put(store, 1, 2)
    extension = samples.decision(2, act=Grave.EXTEND, subject="d1", until_at=NOW + HOUR)
    agreed = replace(
        samples.decision(1), version=2, outcome=Outcome.AGREED, decided_by=WORKER, decided_at=NOW + 2 * HOUR
    )
    with store.write() as uow:
        for each in (extension, samples.decision(1), samples.decision(3, "c2")):
            uow.decisions.add(each)
        uow.commit()
    with store.write() as uow:
        uow.decisions.save(agreed)
        uow.commit()
    with store.read() as uow:
        assert uow.decisions.of_case(CASE) == [extension, replace(agreed, revision=2)]
        assert uow.decisions.get(extension.id) == extension
        with pytest.raises(NotFound):
            uow.decisions.get(DecisionId("none"))


def test_the_second_to_decide_on_what_both_read_is_told_of_the_conflict(store: Store) -> None:
    put(store)
    with store.write() as uow:
        uow.decisions.add(samples.decision())
        uow.commit()
    with store.write() as uow:
        uow.decisions.save(samples.decision())
        with pytest.raises(Conflict):
            uow.decisions.save(samples.decision())
        with pytest.raises(Conflict):
            uow.decisions.save(samples.decision(9))


def test_human_acts_come_back_oldest_first_with_their_notes(store: Store) -> None:
    acts = [
        samples.act(5),
        samples.act(1, note="", agency=None, protective=False),
        samples.act(5, code="called", happened_at=NOW, named=samples.OFFICER),
    ]
    put(store)
    with store.write() as uow:
        for act in acts:
            uow.cases.record(act)
        uow.commit()
    with store.read() as uow:
        assert uow.cases.acts(CASE) == [acts[1], acts[0], acts[2]]


def test_deadlines_come_back_as_they_went_in_in_order_of_due_instant(store: Store) -> None:
    put(store, 1, 2)
    late = samples.deadline(1, due_at=NOW + 5 * HOUR, held_until=NOW + HOUR, owner=None, done=1, repeats=7)
    early = samples.met(samples.deadline(2))
    with store.write() as uow:
        uow.deadlines.add([late, early])
        uow.deadlines.add([])
        uow.commit()
    with store.read() as uow:
        assert uow.deadlines.get(late.id) == late
        assert uow.deadlines.of_case(CASE) == [early, late]
        assert uow.deadlines.of_cases([CASE, CaseId("c2")]) == {"c1": [early, late], "c2": []}
        assert uow.deadlines.listed() == [late]
        assert uow.deadlines.listed(open_only=False) == [late, early]


def test_many_deadlines_are_saved_at_once_or_not_at_all(store: Store) -> None:
    put(store)
    with store.write() as uow:
        uow.deadlines.add([samples.deadline(number) for number in range(1, 4)])
        uow.commit()
    with store.write() as uow:
        read = uow.deadlines.of_case(CASE)
        uow.deadlines.save(replace(deadline, done=1, next_at=NOW + 3 * HOUR) for deadline in read)
        uow.commit()
    with store.write() as uow, pytest.raises(Conflict):
        uow.deadlines.save([replace(deadline, done=2) for deadline in read])
    with store.read() as uow:
        assert [(each.done, each.version) for each in uow.deadlines.of_case(CASE)] == [(1, 2)] * 3


def test_cases_fall_due_most_urgent_first_then_longest_due_and_never_early(store: Store) -> None:
    put(store, 1, 2, 3, 4)
    with store.write() as uow:
        uow.deadlines.add(
            [
                samples.deadline(1, "c1", band=Band.P3, next_at=NOW - HOUR),
                samples.deadline(2, "c1", band=Band.P2, next_at=NOW),
                samples.deadline(3, "c2", band=Band.P2, next_at=NOW),
                samples.deadline(4, "c3", band=Band.P1, next_at=NOW + timedelta(microseconds=1)),
                samples.met(samples.deadline(5, "c4", band=Band.P1)),
                samples.deadline(6, "c4", band=Band.P1, next_at=None),
            ]
        )
        uow.commit()
    with store.read() as uow:
        assert uow.deadlines.due_cases(NOW - 2 * HOUR, limit=9) == []
        assert uow.deadlines.due_cases(NOW, limit=9) == ["c1", "c2"]
        assert uow.deadlines.due_cases(NOW + HOUR, limit=2) == ["c3", "c1"]
        assert uow.deadlines.next_at() == NOW - HOUR


@pytest.mark.parametrize("batch", [False, True], ids=["one case alone", "in a batch"])
def test_what_is_due_of_a_case_is_open_and_its_instant_has_come(store: Store, *, batch: bool) -> None:
    put(store, 1, 2)
    with store.write() as uow:
        uow.deadlines.add(
            [
                samples.deadline(1, next_at=NOW, due_at=NOW + HOUR),
                samples.deadline(2, next_at=NOW - HOUR, due_at=NOW),
                samples.deadline(3, next_at=NOW + timedelta(microseconds=1)),
                samples.met(samples.deadline(4)),
                samples.deadline(5, next_at=None),
                samples.deadline(6, "c2", next_at=NOW),
            ]
        )
        uow.commit()
    with store.write() as uow:
        if batch:
            uow.deadlines.due_cases(NOW, limit=9)
        assert [each.id for each in uow.deadlines.due_of_case(CASE, NOW)] == ["d2", "d1"]
        assert [each.id for each in uow.deadlines.due_of_case(CASE, NOW - HOUR)] == ["d2"]
        assert len(uow.deadlines.of_case(CASE)) == 5


def test_a_case_in_quarantine_is_not_due_and_wakes_nobody(store: Store) -> None:
    put(store, 1, 2)
    with store.write() as uow:
        uow.deadlines.add(
            [samples.deadline(1, "c1", next_at=NOW - HOUR), samples.deadline(2, "c2", next_at=NOW + HOUR)]
        )
        uow.deadlines.quarantine(CASE)
        uow.commit()
    with store.read() as uow:
        assert uow.deadlines.due_cases(NOW, limit=9) == []
        assert uow.deadlines.next_at() == NOW + HOUR


def test_with_nothing_owed_there_is_no_next_instant(store: Store) -> None:
    with store.read() as uow:
        assert uow.deadlines.next_at() is None
        assert uow.outbox.next_at(NOW) is None


def test_an_act_taken_twice_gets_its_first_answer_and_is_forgotten_in_time(store: Store) -> None:
    with store.write() as uow:
        uow.inbox.remember("view-1", "SG-26-00001", NOW)
        uow.inbox.remember("view-2", "SG-26-00002", NOW + HOUR)
        uow.commit()
    with store.write() as uow:
        assert uow.inbox.answer_to("view-1") == "SG-26-00001"
        with pytest.raises(Conflict):
            uow.inbox.remember("view-1", "SG-26-00009", NOW)
    with store.write() as uow:
        uow.inbox.forget_before(NOW + HOUR)
        uow.commit()
    with store.read() as uow:
        assert uow.inbox.answer_to("view-1") is None
        assert uow.inbox.answer_to("view-2") == "SG-26-00002"


def test_a_persons_own_drafts_are_listed_newest_first_and_nobody_elses(store: Store) -> None:
    drafts = [DraftId(f"f{n}") for n in range(1, 5)]
    with store.write() as uow:
        for hours, draft_id in enumerate(drafts[:3]):
            uow.drafts.put(draft_id, person=OFFICER, referral=REFERRAL, at=NOW + hours * HOUR)
        uow.drafts.put(drafts[3], person=WORKER, referral=REFERRAL, at=NOW)
        uow.drafts.put(drafts[0], person=OFFICER, referral=REFERRAL, at=NOW + 9 * HOUR)
        uow.drafts.delete(drafts[2])
        uow.commit()
    with store.read() as uow:
        assert uow.drafts.of_person(OFFICER) == [(drafts[0], NOW + 9 * HOUR), (drafts[1], NOW + HOUR)]
        assert uow.drafts.of_person(BOT) == []


def test_a_draft_is_kept_replaced_and_forgotten(store: Store) -> None:
    first, second = DraftId("f1"), DraftId("f2")
    with store.write() as uow:
        uow.drafts.put(first, person=OFFICER, referral=replace(REFERRAL, narrative="older"), at=NOW)
        uow.drafts.put(first, person=OFFICER, referral=REFERRAL, at=NOW)
        uow.drafts.put(second, person=WORKER, referral=replace(REFERRAL, grade=None, channel=None), at=NOW + HOUR)
        uow.commit()
    with store.write() as uow:
        assert uow.drafts.get(first) == (OFFICER, REFERRAL)
        assert uow.drafts.forget_before(NOW + HOUR) == 1
        uow.drafts.put(first, person=WORKER, referral=REFERRAL, at=NOW)
        uow.drafts.delete(first)
        uow.drafts.delete(first)
        uow.commit()
    with store.read() as uow:
        assert uow.drafts.get(second) == (WORKER, replace(REFERRAL, grade=None, channel=None))
        with pytest.raises(NotFound):
            uow.drafts.get(first)


def test_cards_are_remembered_in_each_channel_until_they_are_deleted(store: Store) -> None:
    put(store)
    here, there = ChannelId("C1"), ChannelId("C2")
    with store.write() as uow:
        uow.cards.put(CASE, Posted(here, "1.1"))
        uow.cards.put(CASE, Posted(here, "1.2"))
        uow.cards.put(CASE, Posted(there, "1.3"))
        uow.cards.forget(CASE, there)
        uow.commit()
    with store.read() as uow:
        assert uow.cards.get(CASE, here) == Posted(here, "1.2")
        assert uow.cards.get(CASE, there) is None


def test_marks_keep_instants_and_counts_apart(store: Store) -> None:
    with store.write() as uow:
        uow.marks.set_instant("tick", NOW)
        uow.marks.set_instant("tick", NOW + HOUR)
        uow.marks.add("tick", 2)
        uow.marks.add("tick")
        uow.marks.add("alone")
        uow.commit()
    with store.read() as uow:
        assert uow.marks.instant("tick") == NOW + HOUR
        assert uow.marks.instant("alone") is None
        assert (uow.marks.count("tick"), uow.marks.count("alone"), uow.marks.count("never")) == (3, 1, 0)


def test_the_audit_is_listed_newest_first_and_numbered_in_each_chain(store: Store) -> None:
    with store.write() as uow:
        uow.audit.append([Entry(NOW, OFFICER, Action.REFERRED, "c1", CASE), Entry(NOW, OFFICER, Action.STARTED, "")])
        uow.audit.append([Entry(NOW + HOUR, WORKER, Action.ACKNOWLEDGED, "d1", CASE, {"note": "canary"})])
        uow.commit()
    with store.write() as uow:
        uow.audit.append([Entry(NOW + 2 * HOUR, WORKER, Action.VIEWED, "c1", CASE)])
        uow.audit.anchor(NOW)
        uow.audit.anchor(NOW)
        uow.commit()
    with store.read() as uow:
        listed = [(entry.chain, entry.n, entry.action) for entry in uow.audit.listed(case_id=CASE)]
        assert listed == [("c1", 3, "viewed"), ("c1", 2, "acknowledged"), ("c1", 1, "referred")]
        assert [entry.action for entry in uow.audit.listed(limit=1)] == ["viewed"]
        assert len(uow.audit.listed()) == 4
        verdict = uow.audit.verify()
        assert (verdict.entries, verdict.chains, verdict.anchors, verdict.first_bad) == (4, 2, 1, "")


def test_what_the_tick_reads_is_as_it_stands_whatever_was_changed_since_it_asked(store: Store) -> None:
    put(store, 1, 2)
    with store.write() as uow:
        uow.deadlines.add([samples.deadline(1, "c1"), samples.deadline(2, "c2")])
        uow.commit()
    with store.write() as uow:
        assert uow.deadlines.due_cases(NOW + HOUR, limit=9) == ["c1", "c2"]
        uow.cases.save(samples.case(1, parties=(samples.answered(),)))
        uow.deadlines.save([samples.deadline(1, "c1", done=1)])
        uow.deadlines.add([samples.deadline(3, "c2", due_at=NOW + 9 * HOUR)])
        assert uow.cases.get(CASE).parties == (samples.answered(),)
        assert [(each.id, each.done, each.version) for each in uow.deadlines.of_case(CASE)] == [("d1", 1, 2)]
        assert [each.id for each in uow.deadlines.of_case(CaseId("c2"))] == ["d2", "d3"]
        assert [each.id for each in uow.deadlines.of_case(CaseId("c2"))] == ["d2", "d3"]
        assert uow.cases.get(CaseId("c2")) == samples.case(2)
        assert uow.cases.get(CaseId("c2")) == samples.case(2)


def test_a_case_whose_change_was_undone_is_read_and_saved_as_before(store: Store) -> None:
    def fail() -> None:
        with uow.savepoint():
            uow.cases.save(replace(uow.cases.get(CASE), parties=()))
            raise ZeroDivisionError

    put(store)
    with store.write() as uow:
        with pytest.raises(ZeroDivisionError):
            fail()
        uow.cases.save(replace(samples.case(), parties=()))
        uow.commit()
    with store.read() as uow:
        assert uow.cases.get(CASE) == replace(samples.case(), parties=(), version=2)
