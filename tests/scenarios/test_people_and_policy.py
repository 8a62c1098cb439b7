"""People and policy: whoever is there is told, whoever is not is passed over at once, and running clocks keep their policy."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cli.acting import actor_of, new_key
from bot.domain.ids import PersonId, TeamId
from bot.domain.roster import SetAway, SetDuty
from bot.practice.sample import SAMPLE_DIRECTORY
from tests.scenarios.process import strict_office, until
from tests.scenarios.world import (
    CARE_DUTY,
    CARE_LEAD,
    CARE_LEADER,
    CARE_SECOND,
    CHIEF,
    MONDAY,
    OFFICER,
    POLICE_DUTY,
    QUIET,
    World,
    strict,
)

NIGHT = "Piotr Lanternby"  # of the emergency duty team, stands in at the front door
ADMINISTRATION = "vigil-administration"
FRONT_DOOR = TeamId("front-door")
STANDING_DUTY = 'duty = ["nadia-elderflower", "owen-saltmarsh"]'


@dataclass(frozen=True)
class Force:
    """A force with its own two files, in a practice workspace."""

    w: World
    policy: Path
    directory: Path

    def edit(self, old: str, new: str) -> None:
        """Change the directory file; nothing of it holds before it is read again."""
        text = self.directory.read_text(encoding="utf-8")
        assert old in text, old
        self.directory.write_text(text.replace(old, new), encoding="utf-8")

    def decide(self, rules: str) -> None:
        """Put a rule into the force's policy file."""
        self.policy.write_text(QUIET.read_text(encoding="utf-8") + rules, encoding="utf-8")

    def reload(self) -> None:
        """Have the files read again, and expect that the control channel is told."""
        assert self.w.bot.reload() == ()
        self.w.driver.advance("1s")
        self.w.expect_post(ADMINISTRATION, "The rules were read again and are in force")

    def away(self, person: str, cover: str | None = None, *, hours: int = 8) -> None:
        """Somebody says that they are away from now."""
        desk, now = self.w.bot.desk, self.w.now()
        wanted = SetAway(PersonId(person), PersonId(cover) if cover else None, now, now + timedelta(hours=hours))
        desk.set_away(wanted, actor_of(desk, person), new_key())
        self.w.driver.advance("1s")

    def on_duty(self, *people: str, hours: int = 6) -> None:
        """The leader of the front door puts these people on duty from now."""
        desk, now = self.w.bot.desk, self.w.now()
        wanted = SetDuty(FRONT_DOOR, tuple(map(PersonId, people)), now, now + timedelta(hours=hours))
        desk.set_duty(wanted, actor_of(desk, "harriet-willowmarsh"), new_key())
        self.w.driver.advance("1s")


@pytest.fixture
def force(tmp_path: Path, empty_database: Path) -> Iterator[Force]:
    """A force with its own files on a Monday at 10:00, accounted for to the last message."""
    policy, directory = tmp_path / "policy.toml", tmp_path / "directory.toml"
    policy.write_text(QUIET.read_text(encoding="utf-8"), encoding="utf-8")
    directory.write_text(SAMPLE_DIRECTORY.read_text(encoding="utf-8"), encoding="utf-8")
    files = str(policy), str(directory)
    with strict(tmp_path, template=empty_database, VIGIL_POLICY=files[0], VIGIL_DIRECTORY=files[1]) as w:
        yield Force(w, policy, directory)


def only_social_care_owes(w: World) -> str:
    """A High referral that the police have acknowledged and social care has graded, not acknowledged."""
    reference = w.referred(grade="High")
    w.press(POLICE_DUTY, reference, "acknowledge", channel="response-duty")
    w.press(CARE_DUTY, reference, "grade", "High")
    return reference


def test_p1_a_step_edited_while_a_ladder_runs_moves_nothing_of_it(force: Force) -> None:
    w = force.w
    reference = only_social_care_owes(w)
    force.decide('\n[milestones.acknowledgement.due]\nP2 = "20m"\n')
    force.reload()
    w.clock_to("2026-11-23 10:29")
    w.nothing_else()
    w.to_next_step()
    for seat in (CARE_DUTY, CARE_SECOND):
        w.expect_told(seat, reference, "step “reminder”", "is due on Monday 23 November 2026 at 11:00am")
    w.to_next_step()
    w.expect_step(reference, (OFFICER, CARE_DUTY, CARE_SECOND, CARE_LEADER), "late from now on", "step “due”")


def test_p3_a_policy_replaced_holds_for_new_cases_alone(force: Force) -> None:
    w = force.w
    first = only_social_care_owes(w)
    force.decide('\n[milestones.acknowledgement.due]\nP2 = "20m"\n')
    force.reload()
    second = w.refer(grade="High", children="police 44-0002")
    w.opening(second)
    w.expect_card(second, "10:20am")
    w.press(POLICE_DUTY, second, "acknowledge", channel="response-duty")
    w.press(CARE_DUTY, second, "acknowledge")
    assert "11:00am" in w.words(first)
    assert "10:20am" not in w.words(first)


def test_policy_that_cannot_be_loaded_leaves_the_running_one_in_force(force: Force) -> None:
    w = force.w
    before = w.bot.desk.rules.policy.version
    force.decide('\n[milestones.acknowledgement.due]\nP2 = "soon"\n')
    (line,) = w.bot.reload()
    assert "milestones.acknowledgement.due" in line
    w.driver.advance("1s")
    w.expect_post(ADMINISTRATION, "NOT in force; the running ones stay. policy.toml: milestones.acknowledgement.due")
    w.allow("rules_refused")
    assert w.bot.desk.rules.policy.version == before


def test_p4_a_named_person_removed_is_passed_over_at_once_and_administrators_are_told(force: Force) -> None:
    w = force.w
    reference = w.referred(grade="High")
    w.press(POLICE_DUTY, reference, "acknowledge", channel="response-duty")
    w.press(CARE_DUTY, reference, "acknowledge")
    force.edit('id = "nadia-elderflower"\n', 'id = "nadia-elderflower"\nactive = false\n')
    force.edit('id = "harriet-willowmarsh"\n', 'id = "harriet-willowmarsh"\nactive = false\n')
    force.edit('leaders = ["harriet-willowmarsh"]', 'leaders = ["owen-saltmarsh"]')
    force.edit('supervisor = "harriet-willowmarsh"', 'supervisor = "chidi-lavenham"')
    force.reload()
    w.expect_post(ADMINISTRATION, f"{CARE_DUTY} (nadia-elderflower) has left", f"still owns {reference}")
    for place in (f"#{ADMINISTRATION}", f"@{CARE_SECOND}"):
        w.overlook("she covers Owen Saltmarsh on two days of this week", place, "Nobody is on duty for Front door from")
    w.clock_to("2026-11-23 15:30")
    paged = {one.place for one in w.accounts.open() if reference in one.words}
    assert f"@{CARE_SECOND}" in paged
    assert paged.isdisjoint({f"@{CARE_DUTY}", f"@{CARE_LEADER}"})
    w.overlook("whoever is told of the first action instead of its owner")


def test_p6_nobody_on_duty_at_a_step_waits_for_nobody(force: Force) -> None:
    w = force.w
    reference = only_social_care_owes(w)
    force.away("nadia-elderflower")
    force.away("owen-saltmarsh")
    w.expect_thread(reference, "nobody is on duty for Front door now", CARE_LEADER)
    w.expect_told(CARE_LEADER, reference, "because nobody is on duty for Front door now")
    w.expect_post(ADMINISTRATION, "Nobody is on duty for Front door from Monday 23 November 2026 at 10:00am")
    w.expect_told(CARE_LEADER, "Nobody is on duty for Front door from")
    at = w.to_next_step()
    told = w.expect_post(ADMINISTRATION, reference, "nobody was there to be told at step 0 of acknowledgement")
    for one in (
        told,
        *w.expect_step(reference, (OFFICER, CARE_LEADER), "is due on Monday 23 November 2026 at 11:00am"),
    ):
        assert abs(one.at - at) < timedelta(seconds=5)


def test_p7_nobody_anywhere_is_the_chief_role_and_the_control_channel(force: Force) -> None:
    w = force.w
    reference = only_social_care_owes(w)
    for person in ("harriet-willowmarsh", "callum-thistlewood", "chidi-lavenham", "anselm-rookwood-dale"):
        force.away(person)
    for person in (
        "imani-oakhollow",
        "victor-hawkstone-lea",
        "philippa-moorhen",
        "nadia-elderflower",
        "owen-saltmarsh",
    ):
        force.away(person)
    w.overlook("the roster's own warnings")
    w.clock_to("2026-11-23 11:00")
    w.expect_post(ADMINISTRATION, f"{reference}: nobody was there to be told at step 0, 1, 2, 3, 4")
    w.expect_told(CHIEF, reference)
    w.overlook("the referrer's courtesy, the thread, and the police's own first action")


def test_p8_covers_in_a_loop_are_found_when_saved_and_passed_over_when_sent(force: Force) -> None:
    w, desk = force.w, force.w.bot.desk
    reference = only_social_care_owes(w)
    force.away("nadia-elderflower", "owen-saltmarsh")
    w.expect_told(CARE_SECOND, "You cover Nadia Elderflower from")
    with pytest.raises(Exception, match="Nobody would be there: "):
        force.away("owen-saltmarsh", "nadia-elderflower")
    loop = (
        '\n[[cover]]\nperson = "owen-saltmarsh"\nby = "nadia-elderflower"\n'
        "from = 2026-11-23T10:30:00\nuntil = 2026-11-23T18:00:00\n"
    )
    force.edit("\n# ---- channels", f"{loop}\n# ---- channels")
    force.reload()
    w.expect_post(ADMINISTRATION, "The covers go round in a loop", CARE_DUTY, CARE_SECOND)
    assert desk.rules.directory.on_duty(FRONT_DOOR, MONDAY + timedelta(hours=1)) == ()
    w.overlook("the gap that the loop makes, told a week ahead")
    w.clock_to("2026-11-23 11:00")
    told = {one.place for one in w.accounts.open() if reference in one.words}
    assert {f"@{CARE_LEADER}", f"#{ADMINISTRATION}"} <= told
    assert told.isdisjoint({f"@{CARE_DUTY}", f"@{CARE_SECOND}"})
    w.overlook("what the leader and the administrators hear instead")


def test_p9_whoever_comes_on_duty_in_the_middle_of_a_step_is_told_at_once_and_both_are_named(force: Force) -> None:
    w = force.w
    reference = only_social_care_owes(w)
    w.driver.advance("10m")
    force.on_duty("piotr-lanternby")
    after = f"after {CARE_DUTY} and {CARE_SECOND}"
    told = w.expect_told(NIGHT, reference, f"because you are on duty for Front door now, {after}", "new referral")
    assert told.at <= w.now()
    w.expect_thread(reference, f"on duty for Front door now {after}: {NIGHT}, who was told")
    w.nothing_else()
    assert "Acknowledged" in w.answer(NIGHT, reference, "Acknowledge")
    w.clock_to("2026-11-23 11:30")
    w.expect_card(reference, "Acknowledged")


def test_shift_of_the_file_that_begins_in_the_evening_is_handed_over_like_one_set_by_hand(force: Force) -> None:
    w = force.w
    w.clock_to("2026-11-23 16:50")
    reference = only_social_care_owes(w)
    w.clock_to("2026-11-23 17:00")
    w.expect_told(NIGHT, reference, f"because you are on duty for Front door now, after {CARE_DUTY} and {CARE_SECOND}")
    w.expect_thread(reference, f"on duty for Front door now after {CARE_DUTY} and {CARE_SECOND}: {NIGHT}, who was told")


def test_p12_one_person_in_two_roles_gets_one_message_that_says_both(force: Force) -> None:
    w = force.w
    force.away("nadia-elderflower", "harriet-willowmarsh")
    w.expect_told(CARE_LEADER, "You cover Nadia Elderflower from")
    reference = w.refer(grade="High")
    w.opening(reference, told=(POLICE_DUTY, CARE_LEADER, CARE_SECOND))
    w.press(POLICE_DUTY, reference, "acknowledge", channel="response-duty")
    w.press(CARE_LEADER, reference, "grade", "High")
    w.to_next_step()
    for seat in (CARE_LEADER, CARE_SECOND):
        w.expect_told(seat, reference, "step “reminder”")
    w.to_next_step()
    told = (OFFICER, CARE_LEADER, CARE_SECOND, CARE_LEAD)
    both = w.expect_step(reference, told, "late from now on")[2]
    assert "person on duty or owner" in both.words
    assert "supervisor" in both.words


def test_change_of_duty_at_the_console_reaches_the_running_bot_within_a_tick(
    tmp_path: Path, empty_database: Path
) -> None:
    with strict_office(tmp_path, template=empty_database) as (w, _):
        reference = only_social_care_owes(w)
        Force(w, QUIET, SAMPLE_DIRECTORY).on_duty("piotr-lanternby")  # through this process's desk, not the bot's
        w.driver.advance("5m")
        w.expect_told(NIGHT, reference, "because you are on duty for Front door now")
        w.expect_thread(reference, f"{NIGHT}, who was told")


def test_running_process_reads_its_files_again_when_it_is_told_to(tmp_path: Path, empty_database: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(QUIET.read_text(encoding="utf-8"), encoding="utf-8")
    with strict_office(tmp_path, template=empty_database) as (w, child):
        assert child.end(signal.SIGTERM) == 0
        child.environment["VIGIL_POLICY"] = str(own)
        child.start()
        assert child.process is not None
        said = (
            ("reference_prefix = 7\n", "NOT in force"),
            ('reference_prefix = "SG"\n', "read again and are in force"),
        )
        for rules, words in said:
            own.write_text(rules + QUIET.read_text(encoding="utf-8"), encoding="utf-8")
            child.process.send_signal(signal.SIGHUP)
            until(lambda words=words: any(words in one.words for one in w.accounts.open()))  # type: ignore[misc]  # a lambda's default has no annotation
            w.expect_post(ADMINISTRATION, words)
        w.allow("rules_refused")


def test_whoever_joins_the_user_group_that_duty_follows_is_told_of_what_is_unanswered(force: Force) -> None:
    w = force.w
    w.driver.post("group", group="S0RESPONSE", members=["Priya Fernsby", "Dafydd Larkmoor"])
    force.edit(
        'briefs = true\n\n[[team]]\nid = "cid"', 'briefs = true\nduty_group = "S0RESPONSE"\n\n[[team]]\nid = "cid"'
    )
    force.reload()
    reference = w.referred(grade="High")
    w.driver.post("group", group="S0RESPONSE", members=["Callum Thistlewood"])
    w.driver.advance("6m")
    w.expect_told("Callum Thistlewood", reference)
    w.expect_thread(reference, "Callum Thistlewood, who was told", channel="response-duty")
