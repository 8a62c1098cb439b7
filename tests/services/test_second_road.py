"""What Slack does not confirm goes by e-mail too; whoever is not in Slack is told by e-mail first; no road holds up another."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.ids import PersonId
from bot.domain.letters import ControlLetter, LineLetter, StepLetter
from bot.domain.notices import NO_MAIL_SERVER, FailureKind, NoticeKind, NoticeState, SendFailed
from tests.builders import (
    CARE,
    CARE_CHANNEL,
    CARE_LEADER,
    CHIEF,
    CONTROL,
    DIRECTORY,
    FRONT_DOOR,
    MONDAY,
    NO_SLACK,
    OTHER_WORKER,
    WORKER,
    HandRules,
    referral,
)
from tests.services.office import Office

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
P1, P2 = referral("physical", "immediate_danger"), referral("domestic_abuse", "high")
WORKER_MAIL = DIRECTORY.people[WORKER].email
CHIEF_MAIL = DIRECTORY.people[CHIEF].email
NO_SLACK_MAIL = DIRECTORY.people[NO_SLACK].email
DESK_MAIL = "front-door-duty@social-care.example.org"
OPERATOR = "duty-engineer@police.example.org"
GOES_ON = [SendFailed(FailureKind.REFUSED, "ratelimited")] * 200
ZAINAB = PersonId("zainab-nightingale-fox")
DEAD = [SendFailed(FailureKind.ROUTE_DEAD, "cannot_dm_user")] * 50


@pytest.fixture
def office() -> Office:
    """An office whose front door has a duty mailbox, and operators with an address."""
    return office_of()


@pytest.fixture
def by_night() -> Office:
    """The same, with nobody on duty at the front door but somebody who is not in Slack."""
    return office_of(NO_SLACK)


def office_of(*duty: PersonId) -> Office:
    front_door = DIRECTORY.teams[FRONT_DOOR]
    team = replace(front_door, email=DESK_MAIL, duty=duty or front_door.duty)
    directory = replace(DIRECTORY, teams={**DIRECTORY.teams, FRONT_DOOR: team}, operators=(OPERATOR,))
    return Office(rules=HandRules(directory=directory))


def letters_to(office: Office, address: str) -> list[object]:
    return [outgoing.letter for _, to, outgoing in office.mailer.sent if address in to]


def steps_to(office: Office, address: str) -> list[StepLetter]:
    return [letter for letter in letters_to(office, address) if isinstance(letter, StepLetter)]


def lines_to(office: Office, address: str) -> list[str]:
    return [each.text for each in letters_to(office, address) if isinstance(each, LineLetter | ControlLetter)]


# ---- in the first place


def test_somebody_who_is_not_in_slack_is_told_by_e_mail_in_the_first_place(by_night: Office) -> None:
    by_night.refer(P1)
    by_night.settle()
    (letter,) = steps_to(by_night, NO_SLACK_MAIL)
    assert letter.to == "Night switchboard"
    assert "To answer, ring Northmere Police on 01632 960100." in letter.note
    assert not by_night.said_to(NO_SLACK)
    assert not by_night.audit("undeliverable")
    assert any(subject.startswith(f"step to email {NO_SLACK}") for subject in by_night.audit("sent"))


def test_their_later_steps_wait_for_each_other_as_in_slack(by_night: Office) -> None:
    case_id = by_night.refer(P1)
    by_night.only(case_id, "acknowledgement", agency=CARE)
    by_night.run_to(MONDAY + 16 * MINUTE)
    named = [letter.items[0].step_name for letter in steps_to(by_night, NO_SLACK_MAIL)]
    assert named[0] == "new referral"
    assert len(named) == len(set(named))


def test_an_agency_told_by_phone_is_told_so_by_e_mail(office: Office) -> None:
    case_id = office.refer(P1)
    office.settle()
    office.phone(case_id)
    office.settle()
    (line,) = lines_to(office, DESK_MAIL)
    assert "told by phone" in line
    assert "own confirmation outstanding" in line


# ---- beside Slack


@pytest.mark.parametrize(("given", "within"), [(P1, 2 * MINUTE), (P2, 5 * MINUTE)])
def test_what_slack_has_not_confirmed_in_its_bands_time_goes_by_e_mail_to_the_person_and_the_duty_mailbox_once(
    office: Office, given: object, within: timedelta
) -> None:
    office.messenger.fail("*", *GOES_ON)
    office.refer(given)  # type: ignore[arg-type]  # one of the two referrals above
    office.run_for(within - timedelta(seconds=1))
    assert not steps_to(office, WORKER_MAIL)
    office.run_for(10 * MINUTE)
    (letter,) = steps_to(office, WORKER_MAIL)[:1]
    assert letter.note.startswith("Sent by e-mail because Slack has not confirmed the message to Nadia Elderflower.")
    assert steps_to(office, DESK_MAIL)
    taken = [subject for subject in office.audit("second_road_taken") if f"person {WORKER} " in subject]
    assert taken[:1] == [f"step to person {WORKER} by e-mail to {WORKER} {FRONT_DOOR}"]


def test_slack_is_tried_all_the_same_and_has_it_in_the_end(office: Office) -> None:
    office.messenger.fail(WORKER, *GOES_ON[:9])
    office.refer(P1)
    office.run_for(30 * MINUTE)
    assert steps_to(office, WORKER_MAIL)
    assert office.steps_to(WORKER)


def test_the_operators_are_paged_once_a_quarter_however_many_messages_wait(office: Office) -> None:
    office.messenger.fail("*", *GOES_ON * 5)
    for _ in range(4):
        office.refer(P1)
    office.run_for(10 * MINUTE)
    pages = [line for line in lines_to(office, OPERATOR) if line.startswith("Slack has not confirmed")]
    assert len(pages) == 1


def test_what_was_done_meanwhile_is_not_said_by_e_mail(office: Office) -> None:
    office.messenger.fail("*", *GOES_ON)
    case_id = office.refer(P1)
    office.only(case_id, "acknowledgement", agency=CARE)
    office.clock.move(MINUTE)
    office.acknowledge(case_id, OTHER_WORKER)
    office.run_for(5 * MINUTE)
    assert not steps_to(office, WORKER_MAIL)


def test_nothing_goes_by_e_mail_while_slack_confirms(office: Office) -> None:
    office.refer(P1)
    office.run_for(HOUR)
    assert not [to for _, to, _ in office.mailer.sent if OPERATOR not in to and NO_SLACK_MAIL not in to]


# ---- when a road is dead


def test_a_dead_direct_message_goes_to_the_deputy_and_to_the_persons_own_mailbox(office: Office) -> None:
    office.messenger.fail(WORKER, *DEAD)
    office.refer(P1)
    office.settle()
    assert office.steps_to(CARE_LEADER)
    (letter,) = steps_to(office, WORKER_MAIL)
    assert letter.note.startswith("Sent by e-mail because you could not be reached in Slack.")


def test_a_dead_route_is_marked_until_something_arrives_there(office: Office) -> None:
    office.messenger.fail(WORKER, *DEAD[:1])
    case_id = office.refer(P1)
    office.only(case_id, "acknowledgement", agency=CARE)
    office.settle()
    with office.store.read() as uow:
        (dead,) = uow.routes.dead()
    assert (dead.destination.id, dead.code, dead.since_at) == (WORKER, "cannot_dm_user", MONDAY)
    office.run_to(MONDAY + 20 * MINUTE)
    with office.store.read() as uow:
        assert not uow.routes.dead()
    assert len(office.audit("route_died")) == len(office.audit("route_mended")) == 1


def test_in_the_highest_band_the_last_road_is_tried_for_ever_and_a_number_to_ring_is_shown(
    office: Office,
) -> None:
    for person in (WORKER, OTHER_WORKER, CARE_LEADER, CHIEF):
        office.messenger.fail(person, *DEAD)
    office.mailer.fail("*", *[SendFailed(FailureKind.ROUTE_DEAD, "recipient_550")] * 200)
    case_id = office.refer(P1)
    office.only(case_id, "acknowledgement", agency=CARE)
    office.settle()
    last = [n for n in office.notices(NoticeKind.STEP, state=NoticeState.PENDING) if n.destination.id == CHIEF]
    assert last[0].not_before == MONDAY + 10 * MINUTE
    office.run_for(HOUR)
    assert any(n.id == last[0].id for n in office.notices(state=NoticeState.PENDING))
    office.messenger.failing.clear()
    office.mailer.failing.clear()
    office.run_for(12 * MINUTE)
    assert steps_to(office, CHIEF_MAIL)
    assert any("07700 900100" in line for line in office.lines_to(CONTROL))


def test_a_dead_control_channel_is_told_to_the_operators(office: Office) -> None:
    office.messenger.fail(CONTROL, *[SendFailed(FailureKind.ROUTE_DEAD, "is_archived")] * 50)
    office.messenger.fail(CARE_CHANNEL, *[SendFailed(FailureKind.ROUTE_DEAD, "is_archived")] * 50)
    office.refer(P1)
    office.settle()
    assert any(CARE_CHANNEL in line for line in lines_to(office, OPERATOR))


# ---- credentials, each on its own road


def test_a_revoked_token_holds_slack_alone_and_pages_the_operators_once_an_hour(by_night: Office) -> None:
    by_night.messenger.fail("*", *[SendFailed(FailureKind.CREDENTIAL_DEAD, "token_revoked")] * 500)
    by_night.refer(P1)
    by_night.settle()
    assert steps_to(by_night, NO_SLACK_MAIL)
    by_night.run_for(5 * MINUTE)
    pages = [line for line in lines_to(by_night, OPERATOR) if "token_revoked" in line]
    assert len(pages) == 1
    assert "nothing is lost" in pages[0]


def test_a_refused_login_of_the_mail_server_holds_mail_alone_and_is_told_in_slack(by_night: Office) -> None:
    by_night.mailer.fail("*", *[SendFailed(FailureKind.CREDENTIAL_DEAD, "login_535")] * 50)
    by_night.refer(P1)
    by_night.settle()
    by_night.settle()
    assert any("login_535" in line and "VIGIL_SMTP_URL" in line for line in by_night.lines_to(CONTROL))
    assert by_night.cards_in(CARE_CHANNEL)
    by_night.mailer.failing.clear()
    by_night.run_for(2 * MINUTE)
    assert steps_to(by_night, NO_SLACK_MAIL)


def test_an_e_mail_that_may_have_arrived_is_sent_again_and_says_so(by_night: Office) -> None:
    by_night.mailer.fail("*", SendFailed(FailureKind.UNKNOWN, "TimeoutError"))
    by_night.refer(P1)
    by_night.settle()
    assert not by_night.mailer.sent
    by_night.run_for(MINUTE)
    (again,) = [outgoing for _, to, outgoing in by_night.mailer.sent if NO_SLACK_MAIL in to]
    assert again.repeat


def test_a_word_of_slack_that_has_no_class_is_tried_again_and_told_once(office: Office) -> None:
    strange = [SendFailed(FailureKind.REFUSED, "brand_new_word", known=False)] * 3
    office.messenger.fail(WORKER, *strange)
    office.refer(P1)
    office.run_for(MINUTE)
    assert office.steps_to(WORKER)
    assert len([line for line in office.lines_to(CONTROL) if "brand_new_word" in line]) == 1


# ---- without a mail server


@pytest.fixture
def without(office: Office) -> Office:
    """A deployment that has no mail server: every e-mail is a dead route."""
    office.mailer.fail("*", *[SendFailed(FailureKind.ROUTE_DEAD, NO_MAIL_SERVER)] * 500)
    return office


def test_without_a_mail_server_what_goes_beside_another_message_is_dropped_in_silence(without: Office) -> None:
    without.messenger.fail(WORKER, *DEAD[:1])
    case_id = without.refer(P1)
    without.settle()
    without.phone(case_id)
    without.settle()
    (line,) = without.lines_to(CONTROL)
    assert "Nadia Elderflower (Slack says cannot_dm_user)" in line
    assert [n.destination.id for n in without.notices(state=NoticeState.UNDELIVERABLE)] == [WORKER]


def test_without_a_mail_server_whoever_is_not_in_slack_is_stood_in_for_by_their_leader(by_night: Office) -> None:
    by_night.mailer.fail("*", *[SendFailed(FailureKind.ROUTE_DEAD, NO_MAIL_SERVER)] * 500)
    by_night.refer(P1)
    by_night.settle()
    by_night.settle()
    assert by_night.steps_to(ZAINAB)
    assert any(NO_MAIL_SERVER in line for line in by_night.lines_to(CONTROL))
