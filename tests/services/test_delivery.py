"""Every failure of a sending has a next step, nothing decided is lost, and a doubt is looked into before it is repeated."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.letters import CardLetter, LineLetter, StepLetter
from bot.domain.notices import DestinationKind, FailureKind, Notice, NoticeKind, NoticeState, SendFailed
from bot.services import sending
from bot.services.routes import LEASE
from tests.builders import (
    CARE,
    CARE_CHANNEL,
    CARE_LEADER,
    CHIEF,
    CONTROL,
    DIRECTORY,
    EDUCATION,
    MONDAY,
    OTHER_OFFICER,
    OTHER_WORKER,
    RESPONSE_CHANNEL,
    SERGEANT,
    WORKER,
    referral,
)
from tests.services.office import Office

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
P1 = referral("physical", "immediate_danger")


def failed(kind: FailureKind, code: str = "code", wait: int | None = None) -> SendFailed:
    return SendFailed(kind, code, retry_after=timedelta(seconds=wait) if wait is not None else None)


REFUSED, UNKNOWN = FailureKind.REFUSED, FailureKind.UNKNOWN


def notice_to(office: Office, to: str, kind: NoticeKind = NoticeKind.STEP) -> Notice:
    return next(n for n in office.notices(kind) if n.destination.id == to)


# ---- the ordinary way


def test_a_referral_puts_a_card_in_each_channel_once_and_remembers_where_it_lies() -> None:
    office = Office()
    case_id = office.refer(P1)
    assert office.deliver() == len(office.notices())
    assert office.deliver() == 0
    assert {key[1] for key in office.store.state.cards} == {RESPONSE_CHANNEL, CARE_CHANNEL}
    assert {notice.state for notice in office.notices()} == {NoticeState.SENT}
    assert len(office.audit("sent")) == len(office.messenger.sent)
    assert office.case(case_id).version == 1


def test_a_card_is_redrawn_in_place_and_only_once_however_much_happened_meanwhile() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.settle()
    for _ in range(4):
        office.act(case_id, "message_sent", OTHER_OFFICER)
    waiting = office.notices(NoticeKind.CARD, state=NoticeState.PENDING)
    assert {notice.destination.id for notice in waiting} == {RESPONSE_CHANNEL, CARE_CHANNEL}
    assert len(waiting) == 2
    office.settle()
    drawn = [sent for sent in office.said_to(CARE_CHANNEL) if isinstance(sent.outgoing.letter, CardLetter)]
    assert [sent.redrawn for sent in drawn] == [False, True]
    assert drawn[0].posted == drawn[1].posted


def test_a_card_says_what_the_record_says_when_it_is_drawn_not_when_it_was_decided() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.act(case_id, "officers_sent", OTHER_OFFICER)
    office.settle()
    (card,) = office.cards_in(CARE_CHANNEL)
    assert card.case.version == office.case(case_id).version
    assert any(line.met for line in card.case.owed)


def test_a_line_about_a_case_whose_card_was_never_posted_comes_after_the_card_and_under_it() -> None:
    office = Office()
    case_id = office.refer(referral("domestic_abuse", "medium"))
    office.grade(case_id, "high", OTHER_OFFICER)
    office.act(case_id, "message_sent", OTHER_OFFICER)
    office.settle()
    first, *rest = office.said_to(CARE_CHANNEL)
    assert isinstance(first.outgoing.letter, CardLetter)
    lines = [sent for sent in rest if isinstance(sent.outgoing.letter, LineLetter)]
    assert [sent.thread for sent in lines] == [first.posted.ts]


def test_a_deleted_card_is_posted_anew_and_remembered() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.settle()
    office.messenger.gone.add(office.store.state.cards[case_id, CARE_CHANNEL].ts)
    office.act(case_id, "message_sent", OTHER_OFFICER)
    office.settle()
    posted = [s for s in office.said_to(CARE_CHANNEL) if isinstance(s.outgoing.letter, CardLetter) and not s.redrawn]
    assert len(posted) == 2
    assert office.store.state.cards[case_id, CARE_CHANNEL] == posted[1].posted


def test_a_reminder_under_a_deleted_card_comes_under_a_new_one() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.only(case_id, "acknowledgement", agency=CARE)
    office.settle()
    office.clock.to(MONDAY + 15 * MINUTE)
    office.tick()
    for notice in office.notices(NoticeKind.CARD, state=NoticeState.PENDING):
        office.store.state.notices[notice.id] = replace(notice, state=NoticeState.SUPERSEDED)
    office.messenger.gone.add(office.store.state.cards[case_id, CARE_CHANNEL].ts)
    office.run_for(2 * MINUTE)
    thread = notice_to(office, CARE_CHANNEL, NoticeKind.THREAD_STEP)
    assert thread.state is NoticeState.SENT
    assert office.said_to(CARE_CHANNEL)[-1].thread == office.store.state.cards[case_id, CARE_CHANNEL].ts


def test_the_most_urgent_band_goes_first() -> None:
    office = Office()
    office.refer(referral("domestic_abuse", "standard"))
    office.refer(P1)
    office.deliver()
    steps = [s.outgoing.letter for s in office.messenger.sent if isinstance(s.outgoing.letter, StepLetter)]
    assert [letter.case.band.value for letter in steps][:3] == ["p1", "p1", "p1"]


def test_a_destination_gets_a_burst_of_five_and_then_one_message_a_second() -> None:
    office = Office()
    for _ in range(12):
        office.refer(P1)
    office.deliver()
    assert len(office.said_to(CARE_CHANNEL)) == 5
    for _ in range(7):
        office.clock.move(SECOND)
        office.deliver()
    assert len(office.said_to(CARE_CHANNEL)) == 12


def test_waiting_at_is_when_a_paced_destination_is_free_again() -> None:
    office = Office()
    for _ in range(6):
        office.refer(P1)
    office.deliver()
    soon = sending.waiting_at(tools=office.tools, pace=office.pace)
    assert soon is not None
    assert MONDAY < soon <= MONDAY + SECOND


# ---- certainly refused


def test_told_to_retry_after_thirty_seconds_nothing_goes_there_before_and_other_channels_go_on() -> None:
    office = Office()
    office.messenger.fail(CARE_CHANNEL, failed(REFUSED, "ratelimited", 30))
    office.refer(P1)
    office.deliver()
    assert len(office.said_to(RESPONSE_CHANNEL)) == 1
    office.clock.move(29 * SECOND)
    office.deliver()
    assert not office.said_to(CARE_CHANNEL)
    office.clock.move(SECOND)
    office.deliver()
    (sent,) = office.said_to(CARE_CHANNEL)
    assert not sent.outgoing.repeat
    assert not office.messenger.looked


def test_refused_for_ten_minutes_it_is_delivered_in_the_end_and_once() -> None:
    office = Office()
    office.messenger.fail(WORKER, *[failed(REFUSED, "rate_limited") for _ in range(14)])
    office.refer(P1)
    office.run_for(30 * MINUTE)
    letters = [s for s in office.said_to(WORKER) if not s.outgoing.repeat]
    assert letters
    assert not [n for n in office.notices() if n.state in {NoticeState.PENDING, NoticeState.UNDELIVERABLE}]


def test_each_try_waits_longer_up_to_a_minute() -> None:
    office = Office()
    office.messenger.fail(WORKER, *[failed(REFUSED) for _ in range(9)])
    office.refer(P1)
    office.deliver()
    waits = []
    for _ in range(8):
        notice = notice_to(office, WORKER)
        waits.append(int((notice.not_before - office.clock.now()).total_seconds()))
        office.clock.to(notice.not_before)
        office.deliver()
    assert waits == [1, 2, 5, 10, 30, 60, 60, 60]


# ---- perhaps accepted


def test_a_time_out_after_slack_did_post_is_found_and_nothing_is_sent_twice() -> None:
    office = Office()
    office.messenger.landing.add(WORKER)
    office.messenger.fail(WORKER, failed(UNKNOWN, "timeout"))
    office.refer(P1)
    office.deliver()
    assert notice_to(office, WORKER).state is NoticeState.SENDING
    office.clock.move(LEASE)
    office.deliver()
    assert len(office.said_to(WORKER)) == 1
    notice = notice_to(office, WORKER)
    assert notice.state is NoticeState.SENT
    assert notice.posted == office.said_to(WORKER)[0].posted


def test_a_time_out_before_slack_posted_is_sent_again_after_a_look_and_marked_as_a_repeat() -> None:
    office = Office()
    office.messenger.fail(WORKER, failed(UNKNOWN, "timeout"))
    office.refer(P1)
    office.deliver()
    assert not office.said_to(WORKER)
    office.clock.move(LEASE)
    office.deliver()
    (sent,) = office.said_to(WORKER)
    assert sent.outgoing.repeat
    assert sent.outgoing.key in office.messenger.looked


def test_while_the_record_cannot_be_read_a_doubt_is_kept_and_after_two_minutes_silence_is_worse() -> None:
    office = Office()
    office.messenger.blind = failed(REFUSED, "ratelimited")
    office.messenger.fail(WORKER, failed(UNKNOWN, "timeout"))
    office.refer(P1)
    office.deliver()
    office.run_for(119 * SECOND)
    assert not office.said_to(WORKER)
    office.run_for(15 * SECOND)
    (sent, *_) = office.said_to(WORKER)
    assert sent.outgoing.repeat


def test_killed_between_send_and_mark_the_copy_is_found_after_the_lease() -> None:
    office = Office()
    office.refer(P1)
    with office.store.write() as uow:
        claimed = uow.outbox.claim(MONDAY, lease_until=MONDAY + LEASE, holder="dead", passing_over=frozenset())
        uow.commit()
    assert claimed is not None
    office.deliver()
    assert claimed.destination.id not in office.reached()
    office.clock.move(LEASE)
    office.deliver()
    found = [s for s in office.said_to(claimed.destination.id) if isinstance(s.outgoing.letter, CardLetter)]
    assert len(found) == 1


def test_a_doubt_about_a_card_in_its_place_is_settled_by_drawing_it_again() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.settle()
    office.messenger.fail(CARE_CHANNEL, failed(UNKNOWN, "timeout"))
    office.act(case_id, "message_sent", OTHER_OFFICER)
    office.deliver()
    office.clock.move(LEASE)
    office.deliver()
    cards = [s for s in office.said_to(CARE_CHANNEL) if isinstance(s.outgoing.letter, CardLetter)]
    assert [s.redrawn for s in cards] == [False, True]
    assert not any(s.outgoing.repeat for s in cards)


# ---- route dead


def test_when_a_direct_message_is_refused_the_team_leader_gets_it_saying_in_whose_place_and_the_control_channel_hears() -> (
    None
):
    office = Office()
    office.messenger.fail(WORKER, failed(FailureKind.ROUTE_DEAD, "cannot_dm_user"))
    office.refer(P1)
    office.settle()
    (sent,) = office.said_to(CARE_LEADER)
    letter = sent.outgoing.letter
    assert isinstance(letter, StepLetter)
    assert letter.note == "Sent to you because Nadia Elderflower could not be reached in Slack."
    (line,) = office.lines_to(CONTROL)
    assert line.startswith(
        "SG-26-00001: a message could not be delivered to Nadia Elderflower (Slack says cannot_dm_user)"
    )
    assert notice_to(office, WORKER).state is NoticeState.UNDELIVERABLE
    assert office.audit("undeliverable") == ["step to person nadia-elderflower: cannot_dm_user"]


def test_when_the_leader_cannot_be_reached_either_the_chief_officer_gets_it() -> None:
    office = Office()
    for person in (WORKER, CARE_LEADER):
        office.messenger.fail(person, failed(FailureKind.ROUTE_DEAD, "cannot_dm_user"))
    office.refer(P1)
    office.settle()
    assert office.steps_to(CHIEF) == [(MONDAY, "new referral")]


def test_two_leaders_who_cannot_be_reached_do_not_pass_a_message_to_and_fro() -> None:
    office = Office()
    team = DIRECTORY.teams[DIRECTORY.people[WORKER].team or next(iter(DIRECTORY.teams))]
    led = replace(team, leaders=(CARE_LEADER, WORKER))
    office.rules.directory = replace(DIRECTORY, teams={**DIRECTORY.teams, team.id: led})
    for person in (WORKER, CARE_LEADER):
        office.messenger.fail(person, *[failed(FailureKind.ROUTE_DEAD, "cannot_dm_user")] * 9)
    office.refer(P1)
    office.settle()
    tried = [
        n.destination.id
        for n in office.notices(NoticeKind.STEP)
        if n.key.startswith("id-0004") and n.destination.kind is DestinationKind.PERSON
    ]
    assert tried.count(WORKER) == 1
    assert CHIEF in tried


def test_an_archived_channel_sends_its_thread_lines_to_whoever_is_on_duty_and_leads() -> None:
    office = Office()
    case_id = office.refer(referral("domestic_abuse", "medium"))
    office.settle()
    office.messenger.fail(CARE_CHANNEL, *[failed(FailureKind.ROUTE_DEAD, "is_archived")] * 9)
    office.grade(case_id, "high", OTHER_OFFICER)
    office.settle()
    for person in (WORKER, OTHER_WORKER, CARE_LEADER):
        assert len(office.lines_to(person)) == 1
    assert not office.lines_to(CHIEF)


def test_a_dead_channel_is_told_to_the_control_channel_once_for_its_card_however_often_it_is_redrawn() -> None:
    office = Office()
    office.messenger.fail(CARE_CHANNEL, *[failed(FailureKind.ROUTE_DEAD, "is_archived")] * 50)
    case_id = office.refer(P1)
    office.settle()
    for _ in range(5):
        office.act(case_id, "message_sent", OTHER_OFFICER)
        office.settle()
    assert len(office.lines_to(CONTROL)) == 1


def test_a_leaver_and_a_person_without_slack_are_dead_routes() -> None:
    office = Office()
    case_id = office.refer(P1)
    people = {**DIRECTORY.people, WORKER: replace(DIRECTORY.people[WORKER], active=False)}
    office.rules.directory = replace(DIRECTORY, people=people)
    office.settle()
    assert not office.said_to(WORKER)
    assert office.steps_to(CARE_LEADER)
    assert office.deadline(case_id).is_open


def test_a_dead_control_channel_ends_on_the_audit_and_goes_in_no_circle() -> None:
    office = Office()
    office.messenger.fail(CONTROL, *[failed(FailureKind.ROUTE_DEAD, "is_archived")] * 9)
    office.messenger.fail(WORKER, failed(FailureKind.ROUTE_DEAD, "cannot_dm_user"))
    office.refer(P1)
    office.settle()
    dead = [n for n in office.notices(NoticeKind.CONTROL) if n.state is NoticeState.UNDELIVERABLE]
    assert len(dead) == 1
    assert office.deliver() == 0


# ---- wording refused


def test_refused_blocks_are_sent_once_more_in_plain_words() -> None:
    office = Office()
    office.messenger.fail(WORKER, failed(FailureKind.CONTENT_BAD, "invalid_blocks"))
    office.refer(P1)
    office.settle()
    (sent,) = office.said_to(WORKER)
    assert sent.outgoing.plain
    assert not sent.outgoing.repeat


def test_plain_words_that_are_refused_too_take_the_next_route() -> None:
    office = Office()
    office.messenger.fail(WORKER, *[failed(FailureKind.CONTENT_BAD, "invalid_blocks")] * 2)
    office.refer(P1)
    office.settle()
    assert not office.said_to(WORKER)
    assert office.steps_to(CARE_LEADER)


def test_plain_words_stay_plain_when_slack_was_too_busy_to_take_them() -> None:
    office = Office()
    office.messenger.fail(WORKER, failed(FailureKind.CONTENT_BAD, "invalid_blocks"), failed(REFUSED))
    office.refer(P1)
    office.run_for(5 * SECOND)
    (sent,) = office.said_to(WORKER)
    assert sent.outgoing.plain


# ---- credential dead


def test_when_the_token_is_revoked_everything_is_held_and_released_without_loss_once_it_works() -> None:
    office = Office()
    office.messenger.fail("*", *[failed(FailureKind.CREDENTIAL_DEAD, "token_revoked")] * 3)
    case_id = office.refer(P1)
    office.deliver()
    assert {notice.state for notice in office.notices()} == {NoticeState.HELD}
    assert office.deliver() == 0
    for _ in range(6):
        office.clock.move(MINUTE)
        office.settle()
    assert not [n for n in office.notices() if n.state in {NoticeState.HELD, NoticeState.PENDING}]
    assert office.cards_in(CARE_CHANNEL)
    assert office.steps_to(WORKER)
    assert office.case(case_id).version == 1


def test_held_notices_are_tried_about_once_a_minute_and_not_at_every_tick() -> None:
    office = Office()
    office.messenger.fail("*", *[failed(FailureKind.CREDENTIAL_DEAD, "token_revoked")] * 1000)
    office.refer(P1)
    office.settle()
    for _ in range(119):
        office.clock.move(SECOND)
        office.settle()
    tries = 1000 - len(office.messenger.failing["*"])
    assert 2 <= tries <= 4


def test_held_notices_are_released_at_the_start() -> None:
    office = Office()
    office.messenger.fail("*", failed(FailureKind.CREDENTIAL_DEAD, "token_revoked"))
    office.refer(P1)
    office.deliver()
    office.clock.move(SECOND)
    office.started()
    office.deliver()
    assert office.cards_in(CARE_CHANNEL)


def test_the_ladder_climbs_while_everything_is_held_and_people_then_get_one_message() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.only(case_id, "acknowledgement", agency=CARE)
    office.settle()
    office.messenger.fail("*", *[failed(FailureKind.CREDENTIAL_DEAD, "token_revoked")] * 60)
    office.run_for(40 * MINUTE)
    assert office.deadline(case_id).done == 2
    office.messenger.failing.clear()
    before = len(office.messenger.sent)
    office.run_for(2 * MINUTE)
    reached = [s.to for s in office.messenger.sent[before:] if s.to in DIRECTORY.people]
    assert sorted(reached) == sorted(set(reached))
    assert set(reached) >= {WORKER, OTHER_WORKER, CARE_LEADER, SERGEANT}


# ---- what cannot be worded


def test_a_notice_that_cannot_be_worded_holds_nobody_else_up_and_is_told_and_tried_again() -> None:
    office = Office()
    bad = office.refer(P1, agencies=(CARE, EDUCATION))
    good = office.refer(P1)
    left = {agency: row for agency, row in DIRECTORY.agencies.items() if agency != EDUCATION}
    office.rules.directory = replace(DIRECTORY, agencies=left)
    office.settle()
    assert {key[0] for key in office.store.state.cards} == {good}
    (line,) = office.lines_to(CONTROL)
    assert line.startswith(f"Case record {bad}: a message (card) could not be put into words")
    office.rules.directory = DIRECTORY
    office.run_for(3 * MINUTE)
    assert {key[0] for key in office.store.state.cards} == {good, bad}


def test_a_case_outlives_the_policy_that_it_was_opened_under() -> None:
    office = Office()
    case_id = office.refer(P1)
    case = office.case(case_id)
    old = replace(case, concern="old_concern", effective_grade="old_grade", asks_for="old_ask", floors=("old_floor",))
    office.store.state.cases[case_id] = old
    office.run_for(HOUR)
    card = office.cards_in(CARE_CHANNEL)[-1].case
    assert (card.concern, card.grade, card.asks_for, card.floors) == (
        "Old concern",
        "Old grade",
        "Old ask",
        ("Old floor",),
    )
    assert office.deadline(case_id).done == 3
