"""The watch over the roster: whoever comes on duty hears at once of what is unanswered, and gaps are told a week ahead."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog

from bot.domain.deadlines import Deadline
from bot.domain.directory import Directory
from bot.domain.errors import Conflict, NotFound, Poisoned, places
from bot.domain.events import Action, Entry
from bot.domain.ids import BOT, CaseId, NoticeId, PersonId, TeamId
from bot.domain.letters import NEW
from bot.domain.notices import Destination, Notice, NoticeKind
from bot.domain.redaction import ACKNOWLEDGE
from bot.domain.roster import GAP_WARNING_WITHIN, Gap, gaps
from bot.ports import UnitOfWork
from bot.services.changes import Change
from bot.services.steps import quiet_until
from bot.services.tools import Tools

GAPS_LOOKED = "roster_gaps_looked"

log = structlog.get_logger()


def watch_roster(uow: UnitOfWork, tools: Tools, now: datetime) -> Directory | None:
    """Look at who is on duty, if anything may have turned since the last look; the directory that was looked at.

    Call `Rules.looked` with it once this is committed. Nothing is read while no shift or cover starts or ends.
    """
    turned = tools.rules.turned(now)
    directory, calendar = tools.rules.directory, tools.rules.policy.calendar
    last = uow.marks.instant(GAPS_LOOKED)
    if turned:
        _look(uow, tools, directory, now)
    if turned or last is None or calendar.day_of(last) != calendar.day_of(now):
        uow.marks.set_instant(GAPS_LOOKED, now)
        found = gaps(directory, now, now + GAP_WARNING_WITHIN)
        uow.outbox.add(notice for gap in found for notice in _warnings(gap, directory, tools, now))
    return directory if turned else None


def _look(uow: UnitOfWork, tools: Tools, directory: Directory, now: datetime) -> None:
    seen = uow.roster.seen()
    for team in directory.teams:
        there, before = directory.on_duty(team, now), seen.get(team)
        if before is not None and set(before) == set(there):
            continue
        uow.roster.see(team, there)
        if before is None:
            continue
        uow.audit.append([Entry(now, BOT, Action.DUTY_CHANGED, f"{team} {_codes(before)} to {_codes(there)}")])
        for case_id in uow.rulebook.unanswered(team):
            _one_case(uow, tools, case_id, _Turn(team, before, there, directory, now))


def _codes(people: Iterable[PersonId]) -> str:
    return " ".join(people) or "nobody"


class _Turn:
    """Duty of a team going over from some people to others."""

    def __init__(
        self,
        team: TeamId,
        before: Sequence[PersonId],
        there: Sequence[PersonId],
        directory: Directory,
        now: datetime,
    ) -> None:
        self.team = team
        self.there = tuple(there)
        self.came = tuple(person for person in there if person not in before)
        self.went = tuple(person for person in before if person not in there)
        self.leaders = directory.standing_in(directory.teams[team].leaders, now)


def _one_case(uow: UnitOfWork, tools: Tools, case_id: CaseId, turn: _Turn) -> None:
    """Tell whoever came of one case. One that cannot be handled is left to the tick, which puts it aside loudly."""
    try:
        with uow.savepoint():
            change = Change.on(uow, tools, case_id, actor=BOT, now=tools.clock.now())
            _hand_over(change, turn, tools)
    except (Conflict, Poisoned, NotFound, LookupError, ValueError, TypeError, ArithmeticError) as error:
        log.error("duty_not_handed_over", case_id=case_id, error=type(error).__name__, where=places(error))  # noqa: TRY400 - its words may hold what was typed


def _hand_over(change: Change, turn: _Turn, tools: Tools) -> None:
    """One message to each who came on duty, with a line under the team's card that names both; leaders where nobody came."""
    waiting = [d for d in change.deadlines if d.is_open and d.kind == ACKNOWLEDGE and d.team == turn.team and d.pings]
    came = turn.came if turn.there else turn.leaders
    able = [person for person in came if change.case.admits(person)]
    told = [person for person in able if person not in change.case.referrers or len(able) == 1]
    for deadline in waiting:
        for person in told:
            _tell(change, deadline, person, turn, tools)
    party = next((party for party in change.case.parties if party.team == turn.team), None)
    if not waiting or not told or party is None:
        return
    payload = {"team": turn.team, "came": told, "went": list(turn.went), "nobody": not turn.there}
    key = f"duty:{change.case.id}:{turn.team}:{change.now.isoformat()}"
    change.notify(NoticeKind.DUTY, key, Destination.channel(party.channel), payload)
    change.audit(Action.DUTY_CHANGED, f"{turn.team} {_codes(turn.went)} to {_codes(turn.there)} told {_codes(told)}")
    change.save()


def _tell(change: Change, deadline: Deadline, person: PersonId, turn: _Turn, tools: Tools) -> None:
    """A message with the case's own reminder in it, at once: whoever is on duty is awake. Not to one who heard a moment ago."""
    to, within = Destination.person(person), tools.rules.policy.notices.same_person_within
    heard = change.uow.outbox.last_step_to(to, change.case.id, since=change.now - within)
    if heard is not None:
        return
    number = deadline.done if deadline.done > 0 else NEW
    change.notify(
        NoticeKind.STEP,
        f"{deadline.id}:duty:{change.now.isoformat()}:{person}",
        to,
        {
            "items": [[deadline.id, number, deadline.repeats, []]],
            "roles": ["owner" if turn.there else "team_leaders"],
            "duty_of": turn.team,
            "after": list(turn.went),
        },
    )


def _warnings(gap: Gap, directory: Directory, tools: Tools, now: datetime) -> Iterable[Notice]:
    """A gap told to the control channel and to the team's leaders, once a day while it lasts or lies ahead."""
    team, policy = directory.teams[gap.team], tools.rules.policy
    start = gap.from_at.isoformat() if gap.from_at > now else "now"
    day = policy.calendar.day_of(now)
    leaders = directory.standing_in(team.leaders, now)
    payload = {
        "what": "roster_gap",
        "team": gap.team,
        "from": gap.from_at.isoformat(),
        "until": gap.until_at.isoformat(),
        "leaders": list(leaders),
    }
    morning = quiet_until(now, policy.notices.quiet_from, policy.notices.quiet_until)
    places_at = [(Destination.channel(directory.control_channel), now)]
    places_at += [(Destination.person(leader), morning) for leader in leaders]
    for place, at in places_at:
        yield Notice(
            id=NoticeId(tools.new_id()),
            key=f"gap:{gap.team}:{start}:{day}:{place.id}",
            kind=NoticeKind.CONTROL,
            destination=place,
            created_at=now,
            not_before=at,
            payload=payload,
        )
