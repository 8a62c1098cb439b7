"""One act on one case: everything it changes gathered and stored in the transaction that decided it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.cases import Case, HumanAct, Party
from bot.domain.deadlines import Deadline, Ending, EndingKind, end, retime
from bot.domain.each_child import children_left, is_of_each_child
from bot.domain.events import Action, Entry
from bot.domain.ids import AgencyId, CaseId, NoticeId, PersonId
from bot.domain.notices import Destination, Notice, NoticeKind
from bot.domain.owed import left_of, met_by, opened
from bot.domain.policy import Band, Milestone, Policy
from bot.domain.restriction import kept_from, last_resort
from bot.domain.roads import road_to
from bot.ports import UnitOfWork
from bot.services.tools import Tools

LISTED, AWAY, BROKEN = "listed", "away", "broken"
"""What word of a restriction says: you are on the list, nobody of the list is there, somebody opened it with a reason."""
OF_RESTRICTED = frozenset({NoticeKind.CARD, NoticeKind.RESTRICTED})
HUMAN_ACT = "human_act"
"""The event that any recorded human act is; it re-arms the stall alarm."""


class Change:
    """A case read for one act. Nothing is stored until `save`, which writes case, deadlines, audit and notices at once."""

    def __init__(self, uow: UnitOfWork, tools: Tools, case: Case, *, actor: PersonId, now: datetime) -> None:
        self.uow = uow
        self.case = case
        self.actor = actor
        self.now = now
        self._rules = tools.rules
        self._policy = tools.rules.policy_of(case.policy_version, uow)
        self._directory = tools.rules.directory
        self._new_id = tools.new_id
        self._read: list[Deadline] | None = None
        self._changed: dict[str, Deadline] = {}
        self._opened: list[Deadline] = []
        self._entries: list[Entry] = []
        self._notices: list[Notice] = []

    @classmethod
    def on(cls, uow: UnitOfWork, tools: Tools, case_id: CaseId, *, actor: PersonId, now: datetime) -> "Change":
        """A change on a stored case; NotFound when there is none."""
        return cls(uow, tools, uow.cases.get(case_id), actor=actor, now=now)

    @property
    def policy(self) -> Policy:
        """The policy that the case opened under (or was planned anew under): all of its work goes by this one."""
        return self._policy

    def go_by(self, policy: Policy) -> None:
        """Let the case go by another policy from now on; what is owed keeps its own until it is planned anew."""
        self._policy = policy
        self.case = replace(self.case, policy_version=policy.version)

    def policy_of(self, deadline: Deadline) -> Policy:
        """The policy that a deadline opened under, by which it is timed for good."""
        return self._rules.policy_of(deadline.policy_version, self.uow)

    @property
    def deadlines(self) -> Sequence[Deadline]:
        """Every deadline of the case as it now stands, the newly opened too."""
        return [*self._stored(), *self._opened]

    @property
    def decided(self) -> Sequence[Notice]:
        """The notices decided so far."""
        return self._notices

    def audit(self, action: Action, subject: str, details: Mapping[str, str] | None = None) -> None:
        """Put an entry on the case's chain."""
        self._entries.append(Entry(self.now, self.actor, action, subject, self.case.id, details or {}))

    def put(self, deadline: Deadline) -> None:
        """Replace a deadline by its next state."""
        for place, old in enumerate(self._opened):
            if old.id == deadline.id:
                self._opened[place] = deadline
                return
        self._changed[deadline.id] = deadline

    def _stored(self) -> list[Deadline]:
        """Every stored deadline as it now stands; read when it is first asked for, which the tick never does."""
        if self._read is None:
            self._read = list(self.uow.deadlines.of_case(self.case.id))
        return [self._changed.get(held.id, held) for held in self._read]

    def add(self, deadline: Deadline) -> None:
        """Put a new deadline on the case."""
        self._opened.append(deadline)

    def road_to(self, person: PersonId) -> Destination:
        """Where somebody is told in the first place: in Slack, or by e-mail when they are not in it."""
        return road_to(self._directory, Destination.person(person))

    def notify(
        self,
        kind: NoticeKind,
        key: str,
        destination: Destination,
        payload: Mapping[str, object] | None = None,
        *,
        not_before: datetime | None = None,
        band: Band | None = None,
    ) -> None:
        """Decide a notice; it goes out after the commit, as urgent as the case unless a band is given.

        Of a restricted case only the closed card and word of the restriction itself may go to a channel or off its list.
        """
        if kind not in OF_RESTRICTED and kept_from(self.case, destination):
            return
        self._notices.append(
            Notice(
                id=NoticeId(self._new_id()),
                key=key,
                kind=kind,
                destination=road_to(self._directory, destination),
                created_at=self.now,
                not_before=not_before or self.now,
                case_id=self.case.id,
                band=band or self.case.band,
                payload=payload or {},
            )
        )

    def open(self, triggers: Iterable[str], at: datetime, *, named: Iterable[str] = ()) -> list[Deadline]:
        """Open what these events start, and the milestones named (by a floor), and say so on the audit."""
        fresh = opened(
            self.case,
            triggers=triggers,
            at=at,
            existing=self.deadlines,
            policy=self._policy,
            directory=self._directory,
            new_id=self._new_id,
            named=named,
        )
        self._opened.extend(fresh)
        for deadline in fresh:
            self.audit(Action.DEADLINE_OPENED, f"{deadline.kind} {deadline.agency} due {deadline.due_at.isoformat()}")
        return fresh

    def happen(
        self,
        events: Iterable[str],
        *,
        agency: AgencyId | None = None,
        record: str = "",
        at: datetime | None = None,
    ) -> list[Deadline]:
        """End what these events end (of one agency when given) and open what they start, from `at` or from now."""
        happened = tuple(events)
        found = [d for d in met_by(happened, self.deadlines, self._policy) if agency is None or d.agency == agency]
        met = [d for d in found if not self.left_of(self._policy.milestones[d.kind])]
        for deadline in met:
            done = self._policy.milestones[deadline.kind].done_by(happened)
            kind, said = (
                (EndingKind.MET, Action.DEADLINE_MET) if done else (EndingKind.SUPERSEDED, Action.DEADLINE_ENDED)
            )
            self.put(end(deadline, Ending(kind, self.now, self.actor, record)))
            self.audit(said, f"{deadline.kind} {deadline.agency}")
        self.open(happened, at or self.now)
        return met

    def left_of(self, row: Milestone) -> int:
        """How many of what a milestone counts are not done yet, children too; 0 for one that one act meets."""
        if row.each:
            return left_of(row, self.uow.cases.acts(self.case.id), self._policy)
        return len(self.children_left(row.met_by))

    def children_left(self, codes: frozenset[str]) -> tuple[int, ...]:
        """The numbers of the children for whom none of these records stands; none where they are not of each child."""
        if not is_of_each_child(codes, self._policy):
            return ()
        acts, children = self.uow.cases.acts(self.case.id), self.uow.cases.children(self.case.id)
        return children_left(codes, acts, children, self._policy)

    def acted(self) -> None:
        """A person has recorded something: the alarm for silence starts again from now."""
        self.case = replace(self.case, last_act_at=self.now)
        self.happen([HUMAN_ACT])

    def record(self, act: HumanAct) -> None:
        """Add a human act to the record."""
        self.uow.cases.record(act)

    def own(self, party: Party) -> Party:
        """The party with the actor as owner, when nobody owns it yet."""
        return party if party.owner else replace(party, owner=self.actor)

    def raise_to(self, band: Band) -> list[Deadline]:
        """Re-time every open deadline to a more urgent band; those whose due instant became earlier, as they were before."""
        earlier = []
        for deadline in list(self.deadlines):
            policy = self.policy_of(deadline)
            row = policy.milestones.get(deadline.kind)
            if row is None:
                continue
            kind = self._directory.agencies[deadline.agency].kind
            moved = retime(deadline, policy, row, band, kind)
            if moved == deadline:
                continue
            self.put(moved)
            if moved.due_at < deadline.due_at:
                earlier.append(deadline)
                self.audit(
                    Action.DEADLINE_RETIMED,
                    f"{deadline.kind} {deadline.agency} from {deadline.due_at.isoformat()} to {moved.due_at.isoformat()}",
                )
        return earlier

    def line(self, kind: NoticeKind, payload: Mapping[str, object], *, about: str) -> None:
        """One line in the thread of the card of every agency on the case; nothing where there are no cards."""
        if not self.case.status.concerns_a_child:
            return
        for party in self.case.parties:
            key = f"{kind.value}:{self.case.id}:{about}:{party.channel}"
            self.notify(kind, key, Destination.channel(party.channel), payload)

    def nobody(self, deadline: Deadline, steps: tuple[int, ...], told: Iterable[PersonId], *, about: str = "") -> None:
        """The control channel learns which steps found nobody, so that somebody mends the directory.

        Of a restricted case no channel learns it: the last resort does, once for each deadline and step.
        """
        if self.case.restricted:
            self.list_away(f"{deadline.id}:{about}:{','.join(map(str, steps))}")
            return
        self.notify(
            NoticeKind.CONTROL,
            f"nobody:{deadline.id}:{about}:{','.join(map(str, steps))}",
            Destination.channel(self._directory.control_channel),
            {
                "what": "nobody",
                "kind": deadline.kind,
                "agency": deadline.agency,
                "team": deadline.team,
                "steps": list(steps),
                "told": list(told),
            },
        )

    def list_away(self, about: str) -> None:
        """Chief officers and designated officers hear, each by a message of their own, that nobody of the list is there."""
        for person in last_resort(self.case, self._directory, self.now):
            key = f"list-away:{self.case.id}:{about}:{person}"
            self.notify(NoticeKind.RESTRICTED, key, Destination.person(person), {"what": AWAY})

    def close_to(self, people: tuple[PersonId, ...], why: str) -> None:
        """Restrict the case to these people; each gets its card in a message of their own, and no channel hears of it again.

        `why` is a code for the audit. When nobody of the list is there the last resort hears at once.
        """
        self.case = replace(self.case, restricted_to=people)
        self.audit(Action.RESTRICTED, f"{why}: {' '.join(people)}")
        self.tell_listed(people)
        there = self._directory.standing_in(people, self.now)
        if not any(self.case.admits(person) for person in there):
            self.list_away(f"v{self.case.version}")

    def list_of(self, people: tuple[PersonId, ...] | None) -> None:
        """Let another list stand in place of the case's, or none."""
        self.case = replace(self.case, restricted_to=people)

    def leave_out(self, person: PersonId, reason: str) -> None:
        """Leave somebody out of the case; the reason is sealed, and what they own has no owner."""
        self.disown(person)
        self.case = replace(self.case, left_out=tuple(dict.fromkeys((*self.case.left_out, person))))
        self.audit(Action.CONFLICT_DECLARED, person, {"reason": reason})

    def disown(self, person: PersonId) -> None:
        """Take the case from somebody who owns a part of it; nobody owns that part then."""
        for party in self.case.parties:
            if party.owner == person:
                self.case = self.case.with_party(replace(party, owner=None))

    def tell_listed(self, people: Iterable[PersonId]) -> None:
        """The card of a restricted case, to each by a message of their own."""
        for person in people:
            key = f"listed:{self.case.id}:{self.case.version}:{person}"
            self.notify(NoticeKind.RESTRICTED, key, Destination.person(person), {"what": LISTED})

    def save(self, *, redraw: bool = True) -> Case:
        """Store everything. The case comes back at its new version, its cards due to be redrawn."""
        self.case = self.uow.cases.save(self.case)
        self.store_parts()
        if redraw:
            self.redraw()
        self.uow.outbox.add(self._notices)
        return self.case

    def store_parts(self) -> None:
        """Store deadlines and audit."""
        if self._opened:
            self.uow.deadlines.add(self._opened)
        if self._changed:
            self.uow.deadlines.save(self._changed.values())
        self.uow.audit.append(self._entries)

    def redraw(self) -> None:
        """Have the card in every channel of the case drawn anew, overtaking any redrawing that still waits."""
        self.uow.outbox.supersede(self.case.id, [NoticeKind.CARD])
        said, self._notices = self._notices, []
        for channel in self.case.channels:
            key = f"card:{self.case.id}:{channel}:{self.case.version}"
            self.notify(NoticeKind.CARD, key, Destination.channel(channel))
        self._notices.extend(said)
