"""Leaders endorse in person that their department owns the safety of children: asked, given or not, and asked again."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.answers import Said
from bot.domain.commands import Actor, Endorse
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.events import Action, Entry
from bot.domain.ids import BOT, CaseId, PersonId
from bot.domain.matters import (
    EndorsementRow,
    Matter,
    MatterKind,
    MatterState,
    Post,
    endorsement_rows,
    new_owners,
    outdated,
    to_ask,
)
from bot.domain.permissions import may_answer_for, may_lead
from bot.domain.wording import full_moment
from bot.ports import UnitOfWork
from bot.services.acts import once
from bot.services.matters import (
    DECLINED,
    ENDORSEMENT,
    change_on,
    hand_on,
    may_or_refuse,
    open_matter,
    reference_of,
    settle,
    tell,
)
from bot.services.reviewing import phone_words
from bot.services.tools import Tools

BEGUN = "endorsements_begun"
"""The mark of when leaders were first asked; before, nobody is."""


def begin(actor: Actor, key: str, *, tools: Tools) -> Said:
    """Ask the chief officer to endorse, the department leads after them; from now on it is renewed by itself."""

    def act(uow: UnitOfWork) -> str:
        policy, directory, now = tools.rules.policy, tools.rules.directory, tools.clock.now()
        may_or_refuse(may_lead(actor, directory, phone=phone_words(policy)))
        if uow.marks.instant(BEGUN) is not None:
            return "Leaders are asked already, each year and whenever a post changes hands. See: vigil endorsements."
        if not directory.police.executives:
            raise Refusal(f"The directory names no chief officer: give {directory.police.name} its executives first.")
        uow.marks.set_instant(BEGUN, now)
        uow.audit.append([Entry(now, actor.person, Action.ENDORSEMENTS_BEGUN, policy.leadership.statement_version)])
        asked = ask(uow, tools, now)
        names = ", ".join(directory.name_of(matter.owner) for matter in asked)
        return (
            f"Asked to endorse: {names}, by {full_moment(asked[0].due_at)}. The department leads are asked after them."
        )

    return once(act, key, tools=tools)


def follow(uow: UnitOfWork, tools: Tools, now: datetime) -> None:
    """What posts and time bring: matters go with the post, and whoever is due to endorse is asked."""
    if uow.marks.instant(BEGUN) is None and not uow.matters.next_number() > 1:
        return
    for matter, to in new_owners(uow.matters.listed(), tools.rules.directory):
        hand_on(uow, tools, matter, to, by=BOT, now=now)
    if uow.marks.instant(BEGUN) is not None:
        ask(uow, tools, now)


def ask(uow: UnitOfWork, tools: Tools, now: datetime) -> list[Matter]:
    """Ask everybody whose endorsement is wanted now, after letting go of what nobody can give any more."""
    policy, directory = tools.rules.policy, tools.rules.directory
    for matter in outdated(uow.matters.listed(), policy, directory):
        change = change_on(uow, tools, matter.id, BOT, now)
        settle(change, MatterState.SUPERSEDED)
        change.audit(Action.MATTER_SUPERSEDED, f"{matter.kind} {matter.code} {matter.post} of {matter.owner}")
        change.save()
    wanted = list(to_ask(uow.matters.listed(), policy, directory, now))
    return [_ask(uow, tools, post, person, now) for post, person in wanted]


def _ask(uow: UnitOfWork, tools: Tools, post: Post, person: PersonId, now: datetime) -> Matter:
    leadership = tools.rules.policy.leadership
    wanted = Matter(
        id=CaseId(tools.new_id()),
        reference=reference_of(uow, MatterKind.ENDORSEMENT),
        kind=MatterKind.ENDORSEMENT,
        code=leadership.statement_version,
        post=post.code,
        owner=person,
        opened_at=now,
        due_at=now,
        words=leadership.statement,
    )
    return open_matter(uow, tools, wanted, {ENDORSEMENT: None}, by=BOT)


def endorse(command: Endorse, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Record that the leader endorses the statement, or does not and why. FormRefusal field: reason."""

    def act(uow: UnitOfWork) -> str:
        policy, directory, now = tools.rules.policy, tools.rules.directory, tools.clock.now()
        matter = uow.matters.get(command.matter)
        may_or_refuse(may_answer_for(actor, matter.owner, directory, phone=phone_words(policy)))
        if matter.kind is not MatterKind.ENDORSEMENT:
            raise Refusal(f"{matter.reference} is no statement to endorse.")
        if not matter.is_open:
            return f"{matter.reference} was answered already, {full_moment(matter.ended_at or now)}. Nothing more is needed."
        reason, least = " ".join(command.reason.split()), policy.reasons.least_characters
        if not command.agrees and len(reason) < least:
            raise FormRefusal({"reason": f"Enter why you do not endorse it, in {least} characters or more"})
        change = change_on(uow, tools, matter.id, actor.person, now)
        state = MatterState.DONE if command.agrees else MatterState.DECLINED
        done = settle(change, state, reason=reason)
        change.audit(
            Action.ENDORSED if command.agrees else Action.NOT_ENDORSED, f"version {matter.code} for {matter.post}"
        )
        if not command.agrees:
            tell(change, done, DECLINED, _above(actor.person, tools, now))
        change.save()
        asked = ask(uow, tools, now) if uow.marks.instant(BEGUN) is not None else []
        return _said(command, asked, tools)

    return once(act, key, tools=tools)


def _above(person: PersonId, tools: Tools, now: datetime) -> tuple[PersonId, ...]:
    """Whom a leader answers to, and the chief officers."""
    directory = tools.rules.directory
    supervisor = directory.people[person].supervisor
    named = (*((supervisor,) if supervisor else ()), *directory.police.executives)
    return tuple(each for each in directory.standing_in(named, now) if each != person)


def _said(command: Endorse, asked: Sequence[Matter], tools: Tools) -> str:
    version = tools.rules.policy.leadership.statement_version
    if not command.agrees:
        return "Recorded: you do not endorse the statement. The reason is kept sealed, and whoever you answer to is told now."
    others = f" {len(asked)} department leads are asked now." if asked else ""
    return f"Recorded: you endorse the statement, version {version}. You are asked again in a year.{others}"


def endorsements(*, tools: Tools) -> Sequence[EndorsementRow]:
    """How every leader's endorsement stands, the chief officer's first."""
    with tools.store.read() as uow:
        return endorsement_rows(uow.matters.listed(), tools.rules.policy, tools.rules.directory, tools.clock.now())
