"""Duty and absence: dated changes laid over the directory file, each one act with one answer, kept and seen by every process."""

from collections.abc import Mapping
from datetime import datetime

from bot.domain.answers import Said
from bot.domain.commands import Actor
from bot.domain.directory import Directory
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.events import Action, Entry
from bot.domain.ids import NoticeId, PersonId, RosterChangeId, TeamId
from bot.domain.notices import Destination, Notice, NoticeKind
from bot.domain.permissions import may_hand_over_duty, may_set_away, may_set_duty
from bot.domain.roster import (
    GAP_WARNING_WITHIN,
    ROSTER_REVISION,
    Absence,
    RosterChange,
    RosterKind,
    RosterRead,
    SetAway,
    SetDuty,
    TeamDuty,
    gaps,
    merged,
)
from bot.domain.roster_checks import gap_words, loop_words, names_of, wrong_away, wrong_duty
from bot.domain.wording import moment
from bot.ports import UnitOfWork
from bot.services.acts import once
from bot.services.reviewing import phone_words
from bot.services.tools import Tools


def set_duty(wanted: SetDuty, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Say who is on duty for a team in some hours, in place of its shifts and standing duty. FormRefusal names wrong inputs."""

    def act(uow: UnitOfWork) -> str:
        here = _Roster(uow, tools, actor)
        here.check(may_set_duty(actor, wanted.team, here.directory, phone=here.phone))
        here.check_form(wrong_duty(wanted, tools.rules.base, here.now))
        return here.put_on_duty(wanted, Action.DUTY_SET)

    return _kept(once(act, key, tools=tools), tools)


def hand_over_duty(team: TeamId, to: PersonId, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Hand the rest of the running shift of a team to somebody, who is told of everything unanswered at once."""

    def act(uow: UnitOfWork) -> str:
        here = _Roster(uow, tools, actor)
        here.check(may_hand_over_duty(actor, team, here.now, here.directory, phone=here.phone))
        if team not in here.directory.teams:
            raise FormRefusal({"team": "Select a team of the directory"})
        on_duty = here.directory.on_duty(team, here.now)
        if to in on_duty:
            raise FormRefusal({"to": f"{here.directory.name_of(to)} is on duty already: select somebody else"})
        stay = tuple(person for person in on_duty if person != actor.person) if actor.person in on_duty else ()
        wanted = SetDuty(team, (*stay, to), here.now, here.until_turn(team))
        here.check_form(wrong_duty(wanted, tools.rules.base, here.now))
        return here.put_on_duty(wanted, Action.DUTY_HANDED_OVER)

    return _kept(once(act, key, tools=tools), tools)


def end_duty(team: TeamId, actor: Actor, key: str, *, tools: Tools) -> Said:
    """End the dated change that holds for a team now (else the next to come): the directory file counts again."""

    def act(uow: UnitOfWork) -> str:
        here = _Roster(uow, tools, actor)
        here.check(may_set_duty(actor, team, here.directory, phone=here.phone))
        mine = [
            change
            for change in here.changes
            if change.kind is RosterKind.DUTY
            and change.team == team
            and change.holds_until > here.now
            and not change.follows_group
        ]
        held = [change for change in mine if change.holds_at(here.now)]
        chosen = held[-1:] or sorted(mine, key=lambda change: change.from_at)[:1]
        if not chosen:
            raise Refusal(
                "No dated change of duty holds for this team, and none is to come: the directory file counts."
            )
        here.end(chosen[0], Action.DUTY_ENDED)
        after = here.merged()
        name = after.teams[team].name
        return f"The change is ended. On duty for {name} now: {names_of(after.on_duty(team, here.now), after)}."

    return _kept(once(act, key, tools=tools), tools)


def set_away(wanted: SetAway, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Say that somebody is away, and who takes their pings meanwhile; a loop of covers is refused."""

    def act(uow: UnitOfWork) -> str:
        here = _Roster(uow, tools, actor)
        here.check(may_set_away(actor, wanted.person, here.directory, phone=here.phone))
        here.check_form(wrong_away(wanted, tools.rules.base, here.now))
        change = here.change(RosterKind.AWAY, (wanted.person,), wanted.from_at, wanted.until_at, by=wanted.by)
        before, after = here.directory, here.merged(change)
        loop = loop_words(before, after)
        if loop is not None:
            raise FormRefusal({"by": loop})
        here.add(change, Action.AWAY_SET, f"{wanted.person} by {wanted.by or 'nobody'}")
        here.tell_cover(change)
        until = moment(change.until_at, here.now)
        covered = (
            f"{after.name_of(wanted.by)} covers." if wanted.by else "Nobody covers: the next step is told instead."
        )
        said = f"{after.name_of(wanted.person)} is away {moment(change.from_at, here.now)} until {until}. {covered}"
        return said + gap_words(before, after, change.from_at, change.until_at, here.now)

    return _kept(once(act, key, tools=tools), tools)


def come_back(person: PersonId, actor: Actor, key: str, *, tools: Tools) -> Said:
    """End an absence early, wherever it was set; one that is still to come is taken back."""

    def act(uow: UnitOfWork) -> str:
        here = _Roster(uow, tools, actor)
        here.check(may_set_away(actor, person, here.directory, phone=here.phone))
        mine = [c for c in here.changes if c.kind is RosterKind.AWAY and c.people == (person,)]
        name = here.directory.name_of(person)
        if here.directory.cover_at(person, here.now) is None:
            coming = sorted((c for c in mine if c.from_at > here.now), key=lambda change: change.from_at)
            if not coming:
                raise Refusal(f"{name} is not away, and no absence is to come.")
            here.end(coming[0], Action.CAME_BACK)
            return f"The absence of {name} {moment(coming[0].from_at, here.now)} is taken back."
        for change in mine:
            if change.holds_at(here.now):
                here.end(change, Action.CAME_BACK)
        left = here.merged().cover_at(person, here.now)
        if left is not None:
            back = here.change(RosterKind.BACK, (person,), here.now, left.until_at)
            here.add(back, Action.CAME_BACK, person)
        return f"{name} is back, and gets their own messages again from now."

    return _kept(once(act, key, tools=tools), tools)


def roster(*, tools: Tools) -> RosterRead:
    """Who is on duty now, who is away now or later, and where nobody is there in the next seven days."""
    now = tools.clock.now()
    with tools.store.read() as uow:
        changes = uow.roster.listed(since=now)
    directory = merged(tools.rules.base, changes)
    dated = {(c.people[0], c.from_at) for c in changes if c.kind is RosterKind.AWAY}
    return RosterRead(
        now=now,
        teams=tuple(
            TeamDuty(
                team=team.id,
                name=team.name,
                people=directory.on_duty(team.id, now),
                by_hand=any(
                    c.kind is RosterKind.DUTY and c.team == team.id and c.holds_at(now) and not c.follows_group
                    for c in changes
                ),
            )
            for team in directory.teams.values()
        ),
        absences=tuple(
            Absence(cover.person, cover.by, cover.from_at, cover.until_at, (cover.person, cover.from_at) in dated)
            for cover in sorted(directory.covers, key=lambda cover: cover.from_at)
            if cover.until_at > now
        ),
        gaps=gaps(directory, now, now + GAP_WARNING_WITHIN),
    )


def _kept(said: Said, tools: Tools) -> Said:
    """What was just committed holds in this process at once; the others see it within a tick."""
    with tools.store.read() as uow:
        tools.rules.follow(uow, tools.clock.now())
    return said


class _Roster:
    """The roster as the record has it inside one transaction, and what one person does to it."""

    def __init__(self, uow: UnitOfWork, tools: Tools, actor: Actor) -> None:
        self._uow = uow
        self._tools = tools
        self._actor = actor
        self.now = tools.clock.now()
        self.phone = phone_words(tools.rules.policy)
        self.changes = list(uow.roster.listed(since=self.now))
        self.directory = self.merged()

    def merged(self, *more: RosterChange) -> Directory:
        """The directory with every change as it now stands, and perhaps one more."""
        return merged(self._tools.rules.base, [*self.changes, *more])

    def check(self, no: str | None) -> None:
        """Refusal when something stands against it."""
        if no is not None:
            raise Refusal(no)

    def check_form(self, wrong: Mapping[str, str]) -> None:
        """FormRefusal when inputs are wrong."""
        if wrong:
            raise FormRefusal(wrong)

    def until_turn(self, team: TeamId) -> datetime:
        """Until when those on duty now stay on duty by themselves: the next turn that changes who they are."""
        on_duty, end_at = self.directory.on_duty(team, self.now), self.now + GAP_WARNING_WITHIN
        turns = self.directory.turns_between(self.now, end_at)
        return next((at for at in turns if self.directory.on_duty(team, at) != on_duty), end_at)

    def change(
        self,
        kind: RosterKind,
        people: tuple[PersonId, ...],
        from_at: datetime,
        until_at: datetime,
        *,
        team: TeamId | None = None,
        by: PersonId | None = None,
    ) -> RosterChange:
        """A new change of the actor's; one that began in the past begins now, for what has been stays as it was."""
        return RosterChange(
            id=RosterChangeId(self._tools.new_id()),
            kind=kind,
            people=tuple(dict.fromkeys(people)),
            from_at=max(from_at, self.now),
            until_at=until_at,
            set_by=self._actor.person,
            set_at=self.now,
            team=team,
            by=by,
        )

    def put_on_duty(self, wanted: SetDuty, action: Action) -> str:
        """Store a duty change; the sentence for whoever set it."""
        change = self.change(RosterKind.DUTY, wanted.people, wanted.from_at, wanted.until_at, team=wanted.team)
        before, after = self.directory, self.merged(change)
        there = after.on_duty(wanted.team, change.from_at)
        self.add(change, action, f"{wanted.team} {' '.join(change.people)}")
        verb = "is" if len(change.people) == 1 else "are"
        said = (
            f"{names_of(change.people, after)} {verb} on duty for {after.teams[wanted.team].name} "
            f"{moment(change.from_at, self.now)} until {moment(change.until_at, self.now).removeprefix('on ')}."
        )
        if there and set(there) != set(change.people):
            said += f" Somebody of them is away: {names_of(there, after)} will be told."
        return said + gap_words(before, after, change.from_at, change.until_at, self.now)

    def add(self, change: RosterChange, action: Action, subject: str) -> None:
        """Store a change, and say so on the audit."""
        self._uow.roster.add(change)
        self.changes.append(change)
        self._done(action, f"{subject} from {change.from_at.isoformat()} until {change.until_at.isoformat()}")

    def end(self, change: RosterChange, action: Action) -> None:
        """Let a change end now, and say so on the audit."""
        self._uow.roster.end(change.id, self.now)
        self.changes = list(self._uow.roster.listed(since=self.now))
        self._done(action, f"{change.team or change.people[0]} {change.id}")

    def tell_cover(self, change: RosterChange) -> None:
        """Whoever is to take somebody's pings is told so, unless they said it themselves."""
        if change.by is None or change.by == self._actor.person:
            return
        payload = {
            "what": "covering",
            "person": change.people[0],
            "from": change.from_at.isoformat(),
            "until": change.until_at.isoformat(),
            "by": self._actor.person,
        }
        told = Notice(
            id=NoticeId(self._tools.new_id()),
            key=f"covering:{change.id}",
            kind=NoticeKind.CONTROL,
            destination=Destination.person(change.by),
            created_at=self.now,
            not_before=self.now,
            payload=payload,
        )
        self._uow.outbox.add([told])

    def _done(self, action: Action, subject: str) -> None:
        self._uow.audit.append([Entry(self.now, self._actor.person, action, subject)])
        self._uow.marks.add(ROSTER_REVISION)
