"""The rules in force are swapped whole: files read again, dated changes of any process, and old policies for old cases."""

from dataclasses import replace

import pytest

from bot.domain.calendar import Calendar
from bot.domain.ids import RosterChangeId
from bot.domain.roster import ROSTER_REVISION, RosterChange, RosterKind
from bot.domain.rules import RulesInForce
from bot.policy_file import load_policy, policy_of_text
from bot.rules import LiveRules
from tests.builders import CARE_LEADER, DIRECTORY, FRONT_DOOR, MONDAY, NIGHT_WORKER, WORKER
from tests.fakes import MemoryStore

POLICY = load_policy(None)
BARE = replace(DIRECTORY, shifts=(), covers=())
NIGHT = RosterChange(
    RosterChangeId("r1"),
    RosterKind.DUTY,
    (NIGHT_WORKER,),
    MONDAY,
    MONDAY.replace(hour=18),
    CARE_LEADER,
    MONDAY,
    FRONT_DOOR,
)


def set_by_another_process(store: MemoryStore, *changes: RosterChange) -> None:
    with store.write() as uow:
        for change in changes:
            uow.roster.add(change)
        uow.marks.add(ROSTER_REVISION)
        uow.commit()


def follow(rules: LiveRules, store: MemoryStore) -> bool:
    with store.read() as uow:
        return rules.follow(uow, MONDAY)


def test_a_change_of_another_process_is_taken_up_once_it_is_looked_for() -> None:
    rules, store = LiveRules(RulesInForce(POLICY, BARE)), MemoryStore()
    follow(rules, store)
    set_by_another_process(store, NIGHT)
    assert rules.directory.on_duty(FRONT_DOOR, MONDAY) == BARE.on_duty(FRONT_DOOR, MONDAY)
    assert follow(rules, store)
    assert rules.directory.on_duty(FRONT_DOOR, MONDAY) == (NIGHT_WORKER,)
    assert not follow(rules, store)


def test_a_file_that_is_read_again_is_the_base_and_deletes_no_dated_change() -> None:
    rules, store = LiveRules(RulesInForce(POLICY, BARE)), MemoryStore()
    set_by_another_process(store, NIGHT)
    follow(rules, store)
    front_door = replace(BARE.teams[FRONT_DOOR], duty=(WORKER,), name="Front door by its new name")
    rules.put(RulesInForce(POLICY, replace(BARE, teams={**BARE.teams, FRONT_DOOR: front_door})))
    assert rules.directory.teams[FRONT_DOOR].name == "Front door by its new name"
    assert rules.directory.on_duty(FRONT_DOOR, MONDAY) == (NIGHT_WORKER,)
    assert rules.directory.on_duty(FRONT_DOOR, NIGHT.until_at) == (WORKER,)
    assert rules.base.shifts == ()


def test_whoever_has_read_a_directory_keeps_it_whole_while_another_is_put_in_force() -> None:
    rules = LiveRules(RulesInForce(POLICY, BARE))
    read = rules.directory
    rules.put(RulesInForce(POLICY, replace(BARE, people={})))
    assert read == BARE
    assert rules.directory.people == {}


def test_a_case_goes_on_under_its_own_policy_which_a_new_process_reads_from_the_record() -> None:
    changed = replace(POLICY, version="newer", name="Newer")
    store = MemoryStore()
    with store.write() as uow:
        uow.rulebook.keep(POLICY.version, POLICY.text, MONDAY)
        uow.commit()
    rules = LiveRules(RulesInForce(changed, BARE), read=policy_of_text)
    with store.read() as uow:
        assert rules.policy_of("newer", uow) is changed
        found = rules.policy_of(POLICY.version, uow)
        assert found == POLICY
        assert rules.policy_of(POLICY.version, uow) is found


@pytest.mark.parametrize("text", ["", "{", "{}", '{"name": "another"}'])
def test_a_policy_that_cannot_be_had_is_stood_in_for_by_the_one_in_force(text: str) -> None:
    rules, store = LiveRules(RulesInForce(POLICY, BARE), read=lambda _: POLICY), MemoryStore()
    with store.write() as uow:
        uow.rulebook.keep("older", text, MONDAY)
        uow.commit()
    with store.read() as uow:
        assert rules.policy_of("older", uow) is POLICY


def test_the_text_of_a_policy_is_the_whole_of_it() -> None:
    again = policy_of_text(POLICY.text)
    assert again == POLICY
    assert again.version == POLICY.version
    assert again.text == POLICY.text
    assert isinstance(again.calendar, Calendar)
    assert load_policy(None) == again
