"""Rules read again: what stands against putting them in force, and what is recorded and said when they are, or are not."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.domain.directory import Directory
from bot.domain.directory_rules import Fault
from bot.domain.events import Action, Entry
from bot.domain.ids import BOT, NoticeId, PersonId, Reference, TeamId
from bot.domain.notices import Destination, Notice, NoticeKind
from bot.domain.roster import RosterChange, merged, new_loops
from bot.domain.rules import RulesInForce
from bot.ports import UnitOfWork
from bot.services.tools import Tools

MOST_LINES = 5
"""Faults named in the control channel; the log has all of them."""


def against(files: RulesInForce, *, tools: Tools) -> tuple[Fault, ...]:
    """What keeps good files from being put in force: teams that open cases rest on and the new directory has no more."""
    with tools.store.read() as uow:
        in_use = uow.rulebook.teams_in_use()
    return tuple(_missing(in_use, tools.rules.base, files.directory))


def _missing(in_use: Mapping[TeamId, int], before: Directory, after: Directory) -> Iterable[Fault]:
    for team, count in sorted(in_use.items()):
        here, old = after.teams.get(team), before.teams.get(team)
        cases = "an open case rests" if count == 1 else f"{count} open cases rest"
        if here is None:
            mend = "Put it back until they are closed; a team that takes no new cases needs no [[route]]."
            yield Fault(f"team.{team}", f"the team is gone, and {cases} on it.", mend)
        elif old is not None and here.agency != old.agency:
            mend = f'Write "{old.agency}", and give the new team another id.'
            yield Fault(f"team.{team}.agency", f"the team has another agency, and {cases} on it.", mend)


def in_force(files: RulesInForce, *, tools: Tools) -> None:
    """Record that rules were read again: the policy's text, the audit, and a line to the control channel for what it means."""
    now, before = tools.clock.now(), tools.rules
    with tools.store.write() as uow:
        uow.rulebook.keep(files.policy.version, files.policy.text, now)
        versions = (
            f"policy {before.policy.version} to {files.policy.version} "
            f"directory {before.base.version} to {files.directory.version}"
        )
        uow.audit.append([Entry(now, BOT, Action.RULES_RELOADED, versions)])
        changes = uow.roster.listed(since=now)
        said = [_reloaded(files, tools), *_left(uow, files.directory, changes, tools)]
        said += _loops(files.directory, changes, tools)
        uow.outbox.add([_notice(payload, files.directory, tools, now) for payload in said])
        uow.commit()
    tools.alarm.ring()


def refused(lines: Sequence[str], *, tools: Tools) -> None:
    """Record that rules could not be put in force; the control channel hears what to mend, and that the running ones stay."""
    now = tools.clock.now()
    payload = {"what": "rules_refused", "lines": list(lines[:MOST_LINES]), "more": max(0, len(lines) - MOST_LINES)}
    with tools.store.write() as uow:
        uow.audit.append([Entry(now, BOT, Action.RULES_REFUSED, f"{len(lines)} faults")])
        uow.outbox.add([_notice(payload, tools.rules.directory, tools, now)])
        uow.commit()
    tools.alarm.ring()


def _reloaded(files: RulesInForce, tools: Tools) -> Mapping[str, object]:
    before = tools.rules
    return {
        "what": "rules_reloaded",
        "policy": files.policy.version,
        "policy_changed": files.policy.version != before.policy.version,
        "directory": files.directory.version,
        "directory_changed": files.directory.version != before.base.version,
    }


def _left(
    uow: UnitOfWork, after: Directory, changes: Sequence[RosterChange], tools: Tools
) -> Iterable[Mapping[str, object]]:
    """A line for everybody who was there by the old file and is not by the new one, and still holds something."""
    for person in tools.rules.base.people.values():
        here = after.people.get(person.id)
        if not person.active or (here is not None and here.active):
            continue
        owned: Sequence[Reference] = uow.rulebook.owned_by(person.id)
        dated = [change for change in changes if person.id in (*change.people, change.by)]
        if owned or dated:
            yield {
                "what": "person_left",
                "person": person.id,
                "references": list(owned),
                "teams": [change.team for change in dated if change.team],
                "covers": [change.people[0] for change in dated if change.by == person.id],
            }


def _loops(after: Directory, changes: Sequence[RosterChange], tools: Tools) -> Iterable[Mapping[str, object]]:
    """A line for each loop of covers that file and dated changes make together; none is in the file alone."""
    before = merged(tools.rules.base, changes)
    for chain in new_loops(before, merged(after, changes)):
        yield {"what": "cover_loop", "people": list(map(PersonId, chain))}


def _notice(payload: Mapping[str, object], directory: Directory, tools: Tools, now: datetime) -> Notice:
    notice_id = NoticeId(tools.new_id())
    return Notice(
        id=notice_id,
        key=f"{payload['what']}:{notice_id}",
        kind=NoticeKind.CONTROL,
        destination=Destination.channel(directory.control_channel),
        created_at=now,
        not_before=now,
        payload=payload,
    )
