"""The week in numbers: once per week whatever restarts, every figure true, silence never mistaken for watching."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.ids import Reference
from bot.domain.letters import DigestLetter
from bot.domain.notices import Notice, NoticeKind
from bot.ports import WeekCounts
from bot.services.digests import digest_instant, headline
from tests.builders import CARE, CARE_CHANNEL, DIRECTORY, FORCE, MONDAY, OTHER_OFFICER, POLICY, WORKER, referral
from tests.services.office import Office

HOUR, MINUTE, SECOND, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1), timedelta(days=1)
NEXT = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
P1 = referral("physical", "immediate_danger")
WATCHED = "Minutes in which this bot kept watch, of the week"


def digests(office: Office) -> list[Notice]:
    return office.notices(NoticeKind.DIGEST)


def letter_in(office: Office, channel: str) -> DigestLetter:
    office.pace.ready_at.clear()
    office.deliver()
    (letter,) = [s.outgoing.letter for s in office.said_to(channel) if isinstance(s.outgoing.letter, DigestLetter)]
    return letter


def rows(office: Office, channel: str = FORCE) -> dict[str, str]:
    return dict(letter_in(office, channel).rows)


def at_the_hour(office: Office) -> Office:
    office.clock.to(NEXT)
    office.tick()
    return office


# ---- when


@pytest.mark.parametrize(
    ("now", "instant"),
    [
        ("2026-11-30T07:59:59+00:00", "2026-11-23T08:00:00+00:00"),
        ("2026-11-30T08:00:00+00:00", "2026-11-30T08:00:00+00:00"),
        ("2026-12-06T23:00:00+00:00", "2026-11-30T08:00:00+00:00"),
        # Eight in London is seven in UTC in summer.
        ("2026-07-06T06:59:00+00:00", "2026-06-29T07:00:00+00:00"),
        ("2026-07-06T07:00:00+00:00", "2026-07-06T07:00:00+00:00"),
        # The clocks went back on Sunday 25 October.
        ("2026-10-26T07:59:00+00:00", "2026-10-19T07:00:00+00:00"),
        ("2026-10-26T08:00:00+00:00", "2026-10-26T08:00:00+00:00"),
    ],
)
def test_the_week_turns_on_monday_at_eight_in_london(now: str, instant: str) -> None:
    assert digest_instant(datetime.fromisoformat(now), POLICY) == datetime.fromisoformat(instant)


def test_one_digest_goes_to_the_force_and_to_each_teams_channel() -> None:
    office = at_the_hour(Office())
    assert {notice.destination.id for notice in digests(office)} == {
        FORCE,
        *(team.channel for team in DIRECTORY.teams.values()),
    }
    assert len(digests(office)) == 1 + len(DIRECTORY.teams)
    assert office.audit("digest_decided") == [f"week to {NEXT.isoformat()}, {1 + len(DIRECTORY.teams)} places"]


def test_not_a_second_before_its_hour() -> None:
    office = Office()
    office.clock.to(NEXT - SECOND)
    office.tick()
    assert not digests(office)


def test_ticks_and_restarts_after_the_hour_add_none() -> None:
    office = at_the_hour(Office())
    for minutes in (1, 5, 300):
        office.clock.move(minutes * MINUTE)
        office.started()
        office.tick()
    assert len(digests(office)) == 1 + len(DIRECTORY.teams)


def test_a_bot_that_was_down_at_the_hour_posts_it_when_it_is_back() -> None:
    office = Office()
    office.down_until(NEXT + 30 * HOUR)
    assert len(digests(office)) == 1 + len(DIRECTORY.teams)
    office.run_to(NEXT + 31 * HOUR)
    assert len(digests(office)) == 1 + len(DIRECTORY.teams)


def test_the_next_week_gets_its_own() -> None:
    office = at_the_hour(Office())
    office.clock.move(7 * DAY)
    office.tick()
    assert len(digests(office)) == 2 * (1 + len(DIRECTORY.teams))


def test_a_bot_that_has_just_been_set_up_posts_no_digest_of_a_week_it_never_saw() -> None:
    office = Office()
    office.tick()
    assert not digests(office)


def test_a_clock_that_steps_back_over_the_hour_posts_no_second_digest() -> None:
    office = at_the_hour(Office())
    office.clock.to(NEXT - 30 * MINUTE)
    office.tick()
    office.clock.to(NEXT + MINUTE)
    office.tick()
    assert len(digests(office)) == 1 + len(DIRECTORY.teams)


# ---- what it says


def test_every_figure_is_the_records() -> None:
    office = Office()
    in_time, late, never, by_phone = (office.refer(P1) for _ in range(4))
    office.clock.move(MINUTE)
    office.acknowledge(in_time, WORKER)
    office.acknowledge(in_time, OTHER_OFFICER)
    office.clock.to(MONDAY + 20 * MINUTE)
    office.tick()
    office.acknowledge(late, WORKER)
    office.phone(by_phone)
    found = rows(at_the_hour(office))
    assert found["Open now"] == "4"
    assert found["Acknowledged in time, of all that fell due"] == "2 of 8"
    assert found["Acknowledged late, or not yet"] == "6"
    assert found["Told by phone, own confirmation outstanding"] == "1"
    assert found["Late now"] == "4"
    assert found["Unassigned"] == "2"
    assert found["Oldest silent case"].startswith(
        "SG-26-00003, no recorded act since Monday 23 November 2026 at 10:00am"
    )
    assert office.case(never).last_act_at == MONDAY


def test_a_team_reads_only_what_it_owes() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.acknowledge(case_id, WORKER)
    at_the_hour(office)
    assert rows(office, CARE_CHANNEL)["Acknowledged in time, of all that fell due"] == "1 of 1"
    assert rows(office, "C0RESPONSE")["Acknowledged in time, of all that fell due"] == "0 of 1"
    assert rows(office, "C0CID00001")["Acknowledged in time, of all that fell due"] == "0 of 0"


def test_told_by_phone_and_acknowledged_since_is_no_longer_outstanding() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.phone(case_id)
    office.acknowledge(case_id, WORKER)
    assert rows(at_the_hour(office))["Told by phone, own confirmation outstanding"] == "0"


def test_the_minutes_watched_are_those_in_which_a_tick_was_done() -> None:
    office = Office()
    for _ in range(10):
        for _ in range(30):
            office.clock.move(2 * SECOND)
            office.tick()
    assert office.clock.now() == MONDAY + 10 * MINUTE
    assert rows(at_the_hour(office))[WATCHED] == "11 of 10,080"


def test_a_restart_in_the_same_minute_counts_that_minute_once() -> None:
    office = Office()
    for _ in range(5):
        office.clock.move(5 * SECOND)
        office.started()
        office.tick()
    assert rows(at_the_hour(office))[WATCHED] == "1 of 10,080"


def test_a_clock_that_steps_back_never_counts_a_minute_twice() -> None:
    office = Office()
    for start in (MONDAY, MONDAY, MONDAY - 2 * MINUTE):
        for minutes in range(5):
            office.clock.to(start + minutes * MINUTE)
            office.tick()
    assert rows(at_the_hour(office))[WATCHED] == "5 of 10,080"


def test_a_bot_that_was_down_all_week_says_that_it_watched_for_one_minute() -> None:
    office = Office()
    assert rows(at_the_hour(office))[WATCHED] == "1 of 10,080"


def test_the_week_in_which_the_clocks_go_back_has_an_hour_more() -> None:
    office = Office()
    office.clock.to(datetime(2026, 10, 20, 10, tzinfo=UTC))
    office.store.state.instants.clear()
    office.tick()
    office.clock.to(datetime(2026, 10, 26, 8, tzinfo=UTC))
    office.tick()
    assert rows(office)[WATCHED].endswith(" of 10,140")


def week(**more: object) -> WeekCounts:
    plain: dict[str, object] = {
        "open_now": 0,
        "acknowledged": 0,
        "acknowledged_in_time": 0,
        "acknowledgements_due": 0,
        "late_now": 0,
        "unassigned": 0,
        "told_by_phone": 0,
        "oldest_silent": None,
        "oldest_silent_since": None,
    }
    return WeekCounts(**{**plain, **more})  # type: ignore[arg-type]  # a test names the figures it is about


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (week(unassigned=1, late_now=3), "1 case with nobody's name on it: assign today."),
        (week(unassigned=2), "2 cases with nobody's name on them: assign today."),
        (week(late_now=3), "3 cases late now: ask each owner today what is being done."),
        (
            week(oldest_silent=Reference("SG-26-00007"), oldest_silent_since=NEXT - 5 * HOUR),
            "Nothing is late. The longest silence is SG-26-00007, 5 hours.",
        ),
        (week(), "Nothing is open."),
    ],
)
def test_the_first_line_answers_what_needs_a_leader_today(counts: WeekCounts, words: str) -> None:
    assert headline(counts, NEXT) == words


def test_a_digest_names_nobody_and_holds_counts_only() -> None:
    office = Office()
    case_id = office.refer(P1)
    office.acknowledge(case_id, WORKER)
    letter = letter_in(at_the_hour(office), FORCE)
    said = " ".join([letter.title, letter.headline, *(f"{name} {value}" for name, value in letter.rows)])
    for person in DIRECTORY.people.values():
        assert person.name not in said
    assert CARE not in said
