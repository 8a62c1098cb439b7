"""What one agency asks of another: a clock of its own, answered by the asked agency alone, counted by the month."""

from datetime import date, timedelta

import pytest

from bot.domain.commands import AnswerRequest, AskPartner
from bot.domain.deadlines import Deadline
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.ids import CaseId, PersonId
from bot.domain.notices import NoticeKind
from bot.domain.requests import PARTNER_ANSWER, Request, RequestState
from bot.services import partners, requests
from tests.builders import CARE, CARE_LEADER, EDUCATION, MONDAY, OFFICER, OTHER_WORKER, POLICE, WORKER, actor
from tests.services.office import Office


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def case_id(office: Office) -> CaseId:
    return office.refer()


def ask(office: Office, case_id: CaseId, **changed: object) -> str:
    given: dict[str, object] = {"agency": CARE, "what": "held", "basis": "section_47", "why": "A canary reason."}
    command = AskPartner(case_id, **(given | changed))  # type: ignore[arg-type]  # a builder of one command
    return requests.ask(command, actor(OFFICER), next(office.keys), tools=office.tools).text


def answer(office: Office, state: RequestState, by: PersonId = WORKER, reason: str = "") -> str:
    command = AnswerRequest(only(office).id, state, reason)
    return requests.answer(command, actor(by), next(office.keys), tools=office.tools).text


def only(office: Office) -> Request:
    (found,) = office.store.state.requests.values()
    return found


def owed(office: Office) -> Deadline:
    return next(d for d in office.store.state.deadlines.values() if d.kind == PARTNER_ANSWER)


def test_the_asked_agency_owes_an_answer_and_its_duty_is_told_what_on_what_basis_and_by_when(
    office: Office, case_id: CaseId
) -> None:
    said = ask(office, case_id)
    assert "Northmere Children's Social Care is asked on SG-26-00001" in said
    assert (owed(office).agency, owed(office).is_open) == (CARE, True)
    office.deliver()
    words = [s.outgoing.letter.text for s in office.messenger.sent if s.outgoing.key.startswith("request:")]  # type: ignore[union-attr]  # lines
    assert all(
        "What you hold about the child and the family. Basis: Enquiry under Children Act 1989" in w for w in words
    )
    assert not any("canary" in w for w in words)
    told = {n.destination.id for n in office.store.state.notices.values() if n.kind is NoticeKind.REQUEST}
    assert {WORKER, OTHER_WORKER} <= told


def test_an_instant_that_the_request_names_is_the_limit(office: Office, case_id: CaseId) -> None:
    ask(office, case_id, until_at=MONDAY + timedelta(minutes=30))
    assert owed(office).due_at == MONDAY + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("state", "reason"),
    [(RequestState.ANSWERED, ""), (RequestState.NOTHING_HELD, ""), (RequestState.REFUSED, "detriment")],
)
def test_each_answer_ends_the_clock_and_whoever_asked_is_told(
    office: Office, case_id: CaseId, state: RequestState, reason: str
) -> None:
    ask(office, case_id)
    assert answer(office, state, reason=reason) == "Recorded on SG-26-00001. Priya Fernsby is told."
    assert not owed(office).is_open
    assert only(office).state is state
    office.deliver()
    (to_asker,) = [s for s in office.messenger.sent if s.to == OFFICER and s.outgoing.key.startswith("request_ended:")]
    assert "Recorded by Nadia Elderflower" in to_asker.outgoing.letter.text  # type: ignore[union-attr]  # a line


def test_nothing_held_is_never_said_as_no_concern(office: Office, case_id: CaseId) -> None:
    ask(office, case_id)
    answer(office, RequestState.NOTHING_HELD)
    office.deliver()
    said = [s.outgoing.letter.text for s in office.messenger.sent if s.outgoing.key.startswith("request_ended:")]  # type: ignore[union-attr]  # lines
    assert said
    assert all("that is not the same as no concern" in words for words in said)


def test_one_answer_leaves_another_request_to_the_same_agency_open(office: Office, case_id: CaseId) -> None:
    ask(office, case_id)
    ask(office, case_id, what="plan")
    first, second = office.store.state.requests.values()
    command = AnswerRequest(first.id, RequestState.ANSWERED)
    requests.answer(command, actor(WORKER), "key", tools=office.tools)
    still = {d.id: d.is_open for d in office.store.state.deadlines.values() if d.kind == PARTNER_ANSWER}
    assert still == {first.deadline: False, second.deadline: True}


def test_only_the_asked_agency_answers_and_only_once(office: Office, case_id: CaseId) -> None:
    ask(office, case_id)
    with pytest.raises(Refusal, match="Only its own people can answer"):
        answer(office, RequestState.ANSWERED, by=OFFICER)
    with pytest.raises(FormRefusal, match="Select why it is refused"):
        answer(office, RequestState.REFUSED, reason="no time")
    answer(office, RequestState.ANSWERED)
    assert "Nadia Elderflower has answered this" in answer(office, RequestState.NOTHING_HELD, by=CARE_LEADER)
    assert only(office).state is RequestState.ANSWERED


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"agency": POLICE}, "agency"),
        ({"agency": EDUCATION}, "agency"),
        ({"what": "everything"}, "what"),
        ({"basis": "because"}, "basis"),
        ({"until_at": MONDAY}, "until_at"),
    ],
)
def test_what_is_wrong_with_a_request_is_said_under_its_field(
    office: Office, case_id: CaseId, changed: dict[str, object], field: str
) -> None:
    with pytest.raises(FormRefusal) as refused:
        ask(office, case_id, **changed)
    assert field in refused.value.fields
    assert office.store.state.requests == {}


def test_an_answer_that_does_not_come_climbs_into_the_partners_own_leaders(office: Office, case_id: CaseId) -> None:
    ask(office, case_id)
    office.run_to(owed(office).due_at + timedelta(days=16))
    office.deliver()
    told = {s.to for s in office.messenger.sent}
    assert {"harriet-willowmarsh", "chidi-lavenham", "anselm-rookwood-dale", "philippa-moorhen"} <= told


def test_the_months_table_counts_what_was_asked_answered_and_is_still_owed(office: Office, case_id: CaseId) -> None:
    for minutes in (10, 20, 60):
        ask(office, case_id)
        waits = next(each for each in office.store.state.requests.values() if each.waits)
        office.clock.move(timedelta(minutes=minutes))
        requests.answer(
            AnswerRequest(waits.id, RequestState.ANSWERED), actor(WORKER), next(office.keys), tools=office.tools
        )
    ask(office, case_id, until_at=office.clock.now() + timedelta(minutes=1))
    asked_at = office.clock.now()
    office.clock.move(timedelta(hours=1))
    (row,) = partners.partner_table(date(2026, 11, 23), tools=office.tools)
    assert (row.agency, row.asked, row.answered, row.open_now, row.late_now) == (CARE, 4, 3, 1, 1)
    assert (row.median_seconds, row.ninetieth_seconds, row.oldest_open_at) == (1200, 3600, asked_at)
    assert partners.partner_table(date(2026, 10, 1), tools=office.tools) == ()
