"""Canary words in everything that is sealed: none of them may leave the sealed record by any road."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import timedelta

import pytest
import structlog

from bot.domain.cases import Child, ChildReference
from bot.domain.commands import Restrict
from bot.domain.errors import Refusal
from bot.domain.ids import CaseId
from bot.domain.notices import FailureKind, SendFailed
from bot.domain.risk import Answer
from bot.services import records, referrals, restricting
from tests.builders import (
    CARE,
    CARE_CHANNEL,
    CARE_LEAD,
    DIRECTORY,
    EDUCATION,
    GOVERNANCE,
    MONDAY,
    NURSE,
    OFFICER,
    OTHER_OFFICER,
    OTHER_WORKER,
    POLICE,
    TEACHER,
    WORKER,
    actor,
    away,
    outsider,
    referral,
)
from tests.services.office import Office

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
CANARIES = (
    "quagga",
    "zanzibar",
    "lighthouse",
    "marmalade",
    "xylophone",
    "44-9999",
    "900 000 9999",
    "pelican",
    "gazebo",
)
GIVEN = referral(
    "missing",
    "high",
    narrative="Quagga seen by the lighthouse.",
    address="7 Zanzibar Crescent",
    kids=(Child(1, (ChildReference("police", "44-9999"), ChildReference("nhs", "900 000 9999"))),),
)


def work(office: Office) -> CaseId:
    """Everything that anybody can do on a case, each with a canary wherever something can be typed."""
    case_id = office.refer(
        GIVEN, agencies=(EDUCATION,), left_out_reason="Because the marmalade was told to us in confidence."
    )
    told = office.refer(GIVEN)
    office.settle()
    office.answer(told, "under_13", Answer.YES)
    office.phone(told, told="Xylophone at the gazebo desk")
    office.act(told, "officers_sent", note="Went to Zanzibar Crescent; pelican there.")
    office.act(told, "message_sent", OTHER_OFFICER, note="Told the pelican to ring.")
    office.escalate(told)
    office.acknowledge(told, WORKER)
    with pytest.raises(Refusal):
        office.grade(told, "medium", WORKER)
    records.open_case(told, actor(WORKER), tools=office.tools)
    with pytest.raises(Refusal):
        records.open_case(told, actor(TEACHER), tools=office.tools)
    records.refused(actor(TEACHER), "open", told, tools=office.tools)
    office.run_for(3 * HOUR)
    office.rules.directory = away(DIRECTORY, WORKER)
    office.messenger.fail(CARE_CHANNEL, SendFailed(FailureKind.ROUTE_DEAD, "is_archived"))
    office.run_for(3 * HOUR)
    office.down_until(MONDAY + 8 * DAY)
    office.draft(replace(GIVEN, narrative="Another lighthouse."))
    office.act(told, "message_sent", note="Rang the pelican.")
    office.phone(case_id, POLICE, OTHER_OFFICER, told="Xylophone again")
    return case_id


def leaks(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary in text.lower()]


@pytest.fixture(scope="module")
def worked() -> tuple[Office, list[str]]:
    office, logged = Office(), []

    def keep(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        logged.append(repr(event))
        raise structlog.DropEvent

    structlog.configure(processors=[keep])
    try:
        work(office)
    finally:
        structlog.reset_defaults()
    return office, logged


def messages(office: Office) -> Iterator[str]:
    for sent in office.messenger.sent:
        yield json.dumps(asdict(sent.outgoing), default=str)


def payloads(office: Office) -> Iterator[str]:
    for notice in office.notices():
        yield json.dumps([notice.key, dict(notice.payload), notice.last_error], default=str)


def subjects(office: Office) -> Iterator[str]:
    for audited, entry in office.store.state.entries:
        yield f"{audited.chain} {audited.actor} {audited.action} {audited.subject} {dict(entry.details)}"


def cases(office: Office) -> Iterator[str]:
    for case in office.store.state.cases.values():
        yield repr(case)


def deadlines(office: Office) -> Iterator[str]:
    for deadline in office.store.state.deadlines.values():
        yield repr(deadline)


def inbox(office: Office) -> Iterator[str]:
    for key, (answer, _) in office.store.state.inbox.items():
        yield f"{key} {answer}"


def marks(office: Office) -> Iterator[str]:
    yield from office.store.state.instants
    yield from office.store.state.counts


@pytest.mark.parametrize("looked_at", [messages, payloads, subjects, cases, deadlines, inbox, marks])
def test_nothing_that_was_typed_about_a_child_is_in_what_is_sent_audited_or_kept_unsealed(
    worked: tuple[Office, list[str]], looked_at: Callable[[Office], Iterator[str]]
) -> None:
    office, _ = worked
    found = list(looked_at(office))
    assert found
    assert [text for text in found if leaks(text)] == []


def test_nothing_that_was_typed_is_logged_or_in_a_representation(worked: tuple[Office, list[str]]) -> None:
    office, logged = worked
    assert logged
    assert [text for text in logged if leaks(text)] == []
    state = office.store.state
    for sealed in (*state.particulars.values(), *state.acts, *state.drafts.values()):
        assert not leaks(repr(sealed)), "a value that holds something sealed must not show it in its representation"


def test_what_was_typed_is_in_the_sealed_record_so_that_this_test_looks_at_something(
    worked: tuple[Office, list[str]],
) -> None:
    state = worked[0].store.state
    held = " ".join(
        [
            *(f"{p.narrative} {p.address} {p.left_out_reason}" for p in state.particulars.values()),
            *(ref.value for p in state.particulars.values() for child in p.children for ref in child.references),
            *(act.note for act in state.acts),
        ]
    )
    assert set(leaks(held)) == set(CANARIES)


# ---- opening


def test_a_detail_opens_for_those_on_the_case_and_the_view_is_on_the_audit_first() -> None:
    office = Office()
    case_id = office.refer(GIVEN)
    detail = records.open_case(case_id, actor(WORKER), tools=office.tools)
    assert detail.particulars.narrative == "Quagga seen by the lighthouse."
    viewed = [(e.actor, e.subject) for e, _ in office.store.state.entries if e.action == "viewed"]
    assert viewed == [(WORKER, "detail of SG-26-00001")]


def test_a_card_opened_whole_says_nothing_that_is_sealed_and_is_no_view_of_the_detail() -> None:
    office = Office()
    case_id = office.refer(GIVEN)
    shown = records.open_card(case_id, actor(WORKER), tools=office.tools)
    assert len(shown.owed) > 5
    assert leaks(repr(shown)) == []
    assert office.audit("viewed") == []
    with pytest.raises(Refusal):
        records.open_card(case_id, actor(TEACHER), tools=office.tools)


def test_the_card_of_a_restricted_case_opens_for_nobody_off_its_list() -> None:
    office = Office()
    case_id = office.refer(GIVEN)
    restricting.restrict(
        Restrict(case_id, "It is about a colleague of ours."), actor(CARE_LEAD), "k", tools=office.tools
    )
    assert records.open_card(case_id, actor(CARE_LEAD), tools=office.tools).reference == "SG-26-00001"
    with pytest.raises(Refusal, match="not one of yours"):
        records.open_card(case_id, actor(OTHER_WORKER), tools=office.tools)


def test_information_governance_of_the_force_may_look_and_the_view_is_on_the_audit() -> None:
    office = Office()
    case_id = office.refer(GIVEN)
    assert records.open_case(case_id, actor(GOVERNANCE), tools=office.tools).acts == ()
    assert office.audit("viewed") == ["detail of SG-26-00001"]


@pytest.mark.parametrize("who", [actor(TEACHER), actor(NURSE), outsider(), outsider(CARE)], ids=str)
def test_a_detail_opens_for_nobody_else_and_no_view_is_recorded(who: object) -> None:
    office = Office()
    case_id = office.refer(GIVEN)
    with pytest.raises(Refusal):
        records.open_case(case_id, who, tools=office.tools)  # type: ignore[arg-type]  # each is an actor
    assert office.audit("viewed") == []


def test_a_view_is_not_an_act_and_changes_no_clock() -> None:
    office = Office()
    case_id = office.refer(GIVEN)
    before = office.deadlines(case_id)
    office.clock.move(MINUTE)
    records.open_case(case_id, actor(OFFICER), tools=office.tools)
    assert office.deadlines(case_id) == before
    assert office.case(case_id).last_act_at == MONDAY


def test_reading_the_audit_at_the_console_is_itself_on_the_audit() -> None:
    office = Office()
    office.refer(GIVEN)
    reference = office.case(next(iter(office.store.state.cases))).reference
    records.audit(reference, 10, tools=office.tools)
    assert office.audit("read_at_console") == ["audit of SG-26-00001"]


def test_a_review_repeats_nothing_that_was_typed() -> None:
    office = Office()
    review = referrals.draft(GIVEN, actor(OFFICER), tools=office.tools)
    assert not leaks(repr(review))
    assert not leaks(repr(office.referred(GIVEN)))
