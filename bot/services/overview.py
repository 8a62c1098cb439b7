"""Before anything is opened: what waits for a person and their teams, and the force's picture for its leaders."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.domain.cases import Case
from bot.domain.commands import Actor
from bot.domain.directory import Directory, Standing
from bot.domain.ids import AgencyId, CaseId, PersonId, TeamId
from bot.domain.overview import AgencyOwes, CaseRow, ForceNow, OverviewPage, OwnMatter, TeamOwes
from bot.domain.permissions import Verb, may
from bot.domain.policy import Band
from bot.domain.redaction import ACKNOWLEDGE, grade_label, milestone_title
from bot.ports import UnitOfWork
from bot.repositories import Owing
from bot.services.leading import leaders_lines
from bot.services.matter_lines import matter_choices
from bot.services.matters import MILESTONES
from bot.services.reviewing import phone_words
from bot.services.tools import Tools

MOST_READ = 60
"""Deadlines read for a list: several may be of one case."""
MOST_SHOWN = 10


def overview(actor: Actor, *, tools: Tools) -> OverviewPage:
    """What waits for a person now: from indexes only, nothing sealed is opened."""
    directory, now = tools.rules.directory, tools.clock.now()
    with tools.store.read() as uow:
        drafts = tuple(uow.drafts.of_person(actor.person))
        if not actor.known or actor.agency is None:
            return OverviewPage(now, known=False, late=(), waiting=(), team=None, drafts=drafts)
        on_duty = duty_teams(actor.person, directory, now)
        mine = [
            *uow.overview.owned(actor.person, limit=MOST_READ),
            *uow.overview.unowned(actor.agency, on_duty, limit=MOST_READ),
        ]
        rows = _rows(uow, mine, actor, tools=tools, now=now, own=True)
        return OverviewPage(
            now=now,
            known=True,
            late=tuple(row for row in rows if row.late)[:MOST_SHOWN],
            waiting=tuple(row for row in rows if not row.late)[:MOST_SHOWN],
            team=_team(uow, actor, actor.agency, {row.id for row in rows}, tools=tools, now=now),
            drafts=drafts,
            force=_force(uow, tools, now) if leads_force(actor, directory) else None,
            matters=_matters(uow, actor, tools=tools, now=now),
        )


def duty_teams(person: PersonId, directory: Directory, now: datetime) -> tuple[TeamId, ...]:
    """The teams that a person is on duty for, covers counted."""
    return tuple(team for team in directory.teams if person in directory.on_duty(team, now))


def own_teams(person: PersonId, agency: AgencyId, directory: Directory, now: datetime) -> tuple[TeamId, ...]:
    """The teams whose work a person sees: their own, those they lead or are on duty for; for leads, all that answer to them."""
    known = directory.people.get(person)
    here = directory.agencies[agency]
    departments = {d.id for d in directory.departments.values() if person in (*d.leads, *d.superintendents)}
    of_all = person in (*here.leads, *here.heads, *here.executives)
    on_duty = duty_teams(person, directory, now)
    return tuple(
        team.id
        for team in directory.teams.values()
        if team.agency == agency
        and (
            of_all
            or (known is not None and team.id == known.team)
            or person in team.leaders
            or team.id in on_duty
            or team.department in departments
        )
    )


def leads_force(actor: Actor, directory: Directory) -> bool:
    """Whether somebody is shown the whole force: its leads and chief officers."""
    return actor.agency == directory.police.id and directory.standing(actor.person) in {Standing.LEAD, Standing.CHIEF}


def may_see(cases: Iterable[Case], actor: Actor, *, tools: Tools) -> list[Case]:
    """Those of the cases whose detail the actor may open."""
    directory, phone = tools.rules.directory, phone_words(tools.rules.policy)
    return [
        case
        for case in cases
        if case.status.concerns_a_child and may(actor, Verb.VIEW_DETAIL, case, directory, phone=phone) is None
    ]


def _team(
    uow: UnitOfWork, actor: Actor, agency: AgencyId, shown: set[CaseId], *, tools: Tools, now: datetime
) -> TeamOwes | None:
    directory = tools.rules.directory
    teams = own_teams(actor.person, agency, directory, now)
    if not teams:
        return None
    tally = uow.overview.tally(agency, teams, now=now)
    owed = [each for each in uow.overview.owed(agency, teams, limit=MOST_READ) if each.case_id not in shown]
    rows = _rows(uow, owed, actor, tools=tools, now=now)
    return TeamOwes(
        tuple(directory.teams[team].name for team in teams), tally.cases, tally.late, tuple(rows[:MOST_SHOWN])
    )


def _rows(
    uow: UnitOfWork, owing: Sequence[Owing], actor: Actor, *, tools: Tools, now: datetime, own: bool = False
) -> list[CaseRow]:
    """One row for each case that the person may open, with what is due soonest on it, the soonest first.

    `own` leaves out what they must not do themselves: nobody acknowledges their own referral.
    """
    by_case: dict[CaseId, list[Owing]] = {}
    for each in sorted(owing, key=lambda each: (each.due_at, each.case_id)):
        by_case.setdefault(each.case_id, []).append(each)
    rows = []
    for case in may_see(uow.overview.cases(list(by_case)), actor, tools=tools):
        barred = own and actor.person in case.referrers
        theirs = [each for each in by_case[case.id] if not (barred and each.kind == ACKNOWLEDGE)]
        rows += [_row(uow, case, each, tools=tools, now=now) for each in theirs[:1]]
    return sorted(rows, key=lambda row: (row.due_at, row.id))


def _row(uow: UnitOfWork, case: Case, owing: Owing, *, tools: Tools, now: datetime) -> CaseRow:
    policy = tools.rules.policy_of(case.policy_version, uow)
    return CaseRow(
        id=case.id,
        reference=case.reference,
        version=case.version,
        grade=grade_label(policy, case.concern, case.effective_grade),
        owes=milestone_title(policy, owing.kind),
        due_at=owing.due_at,
        late=owing.due_at <= now,
    )


def _matters(uow: UnitOfWork, actor: Actor, *, tools: Tools, now: datetime) -> tuple[OwnMatter, ...]:
    """What the person owes in person, the soonest due first."""
    policy = tools.rules.policy
    own = [each for each in uow.matters.listed() if each.is_open and each.owner == actor.person]
    return tuple(
        OwnMatter(
            each.id,
            each.reference,
            milestone_title(policy, MILESTONES[each.kind]),
            each.due_at,
            each.late_at(now),
            matter_choices(each, actor.person),
        )
        for each in sorted(own, key=lambda each: each.due_at)
    )


def _force(uow: UnitOfWork, tools: Tools, now: datetime) -> ForceNow:
    picture, directory = uow.overview.force(now=now), tools.rules.directory
    named = [
        AgencyOwes(directory.agencies[agency].name if agency in directory.agencies else agency, tally.cases, tally.late)
        for agency, tally in picture.by_agency.items()
    ]
    return ForceNow(
        open_cases=sum(picture.by_band.values()),
        by_band=tuple((band.value, picture.by_band.get(band, 0)) for band in Band),
        unowned=picture.unowned,
        agencies=tuple(sorted(named, key=lambda agency: (-agency.late, -agency.cases, agency.name))),
        oldest_silent=picture.oldest_silent,
        oldest_silent_since=picture.oldest_silent_since,
        led=tuple(leaders_lines(uow, tools, now)),
    )
