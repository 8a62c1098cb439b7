"""What a person is told about a referral: who would be told and by when before it is sent, and what has begun after."""

from dataclasses import replace
from datetime import datetime

from bot.domain.answers import AgencyChoice, Question, Referred, Review
from bot.domain.cases import Case
from bot.domain.commands import Actor, Referral
from bot.domain.deadlines import Deadline, due_instant
from bot.domain.details import detailed
from bot.domain.directory import AgencyKind, Directory, Team
from bot.domain.ids import AgencyId, DraftId, Reference
from bot.domain.phrases import advice, blaming
from bot.domain.policy import Band, Policy
from bot.domain.redaction import ACKNOWLEDGE, FIRST_ACTION
from bot.domain.risk import Assessment, assess
from bot.ports import UnitOfWork


def phone_words(policy: Policy) -> str:
    """Whom to ring when it cannot wait, in one phrase."""
    phones = policy.phones
    return f"{phones.emergency} in an emergency, {phones.police} for the police, {phones.out_of_hours} out of hours"


def raised_by(actor: Actor) -> AgencyId | None:
    """The agency whose referral this is, which need not be told of it; none for a stranger, whatever they say."""
    return actor.agency if actor.known else None


def assess_draft(referral: Referral, policy: Policy) -> Assessment:
    """The risk of a draft without the child's history: nobody learns what is known of a child by typing a reference."""
    known = detailed(policy, referral.concern, referral.details)
    return assess(policy, known.concern, referral.grade, known.facts, frozenset())


def told_by(
    referral: Referral, agencies: tuple[AgencyId, ...], actor: Actor, directory: Directory
) -> list[tuple[AgencyId, Team, bool]]:
    """Each agency on the case with its team, and whether it owes an acknowledgement."""
    police = directory.police.id
    ids = dict.fromkeys((police, *agencies, *((actor.agency,) if actor.agency else ())))
    return [
        (
            agency,
            directory.team_for(agency, concern=referral.concern, channel=referral.channel),
            agency == police or agency != raised_by(actor),
        )
        for agency in ids
    ]


def review(
    draft_id: DraftId, referral: Referral, actor: Actor, *, policy: Policy, directory: Directory, now: datetime
) -> Review:
    """The review step: who would be told, who is on duty there, and by when they must act, at the grade that the facts give."""
    found = assess_draft(referral, policy)
    known = detailed(policy, referral.concern, referral.details)
    referral = replace(referral, concern=known.concern)
    police = directory.police.id
    offered = [agency.id for agency in directory.agencies.values() if agency.id not in {police, raised_by(actor)}]
    told = told_by(referral, tuple(offered), actor, directory)
    choices = {
        agency: _choice(agency, team, found.band, policy=policy, directory=directory, now=now)
        for agency, team, owes in told
        if owes
    }
    return Review(
        draft=draft_id,
        concern=policy.concern(referral.concern).label,
        grade=_grade_words(policy, referral.concern, found),
        agencies=tuple(choices[agency] for agency in offered),
        always_told=(choices[police],),
        first_action_by=_due(policy, FIRST_ACTION, found.band, now),
        now=now,
        notes=(
            *known.notes,
            *(fired.sentence for fired in found.floors),
            *map(advice, blaming(referral.narrative, policy.phrases)),
        ),
    )


def _choice(
    agency: AgencyId, team: Team, band: Band, *, policy: Policy, directory: Directory, now: datetime
) -> AgencyChoice:
    kind = directory.agencies[agency].kind
    social_care = kind is AgencyKind.SOCIAL_CARE
    due_at = _due(policy, ACKNOWLEDGE, band, now, kind)
    return AgencyChoice(
        agency=agency,
        name=directory.agencies[agency].name,
        ticked=social_care,
        acknowledge_by=due_at or now,
        on_duty=tuple(directory.name_of(person) for person in directory.on_duty(team.id, now)),
        needs_reason=social_care,
    )


def _due(policy: Policy, milestone: str, band: Band, now: datetime, kind: AgencyKind | None = None) -> datetime | None:
    timed = due_instant(policy.milestones[milestone], band, policy.calendar, now, kind)
    return timed[1] if timed else None


def _grade_words(policy: Policy, concern: str, found: Assessment) -> str:
    return policy.grade(concern, found.grade).label if found.grade else "Not graded yet"


def confirmation(uow: UnitOfWork, case: Case, policy: Policy, directory: Directory) -> Referred:
    """What has begun: the reference, who was told, the grade and its floors, and the questions that are left."""
    deadlines = uow.deadlines.of_case(case.id)
    known = case.referrer in directory.people
    # A stranger hears what the review said: a grade or a time that history moved would tell what is known of the child.
    plain = None if known else assess(policy, case.concern, case.grade, case.facts, case.flags)
    due = {d.id: _said_due(d, plain, case, policy, directory) for d in deadlines}
    told = tuple((directory.agencies[d.agency].name, due[d.id]) for d in deadlines if d.kind == ACKNOWLEDGE)
    first = next((due[d.id] for d in deadlines if d.kind == FIRST_ACTION), None)
    grade = plain.grade if plain else case.effective_grade
    return Referred(
        case_id=case.id,
        reference=Reference(case.reference),
        told=told,
        first_action_by=first,
        phone=phone_words(policy),
        questions=questions(case, policy),
        grade=policy.grade(case.concern, grade).label if grade else "Not graded yet",
        floors=tuple(policy.floors[code].words for code in case.floors if known or not policy.floors[code].history),
    )


def _said_due(
    deadline: Deadline, plain: Assessment | None, case: Case, policy: Policy, directory: Directory
) -> datetime:
    """When it is due, as whoever referred the case may hear it: `plain` is the risk without history, for a stranger."""
    if plain is None or deadline.kind not in {ACKNOWLEDGE, FIRST_ACTION}:
        return deadline.due_at
    kind = directory.agencies[deadline.agency].kind
    due_at = _due(policy, deadline.kind, plain.band, case.opened_at, kind)
    return max(deadline.due_at, due_at or deadline.due_at)


def questions(case: Case, policy: Policy) -> tuple[Question, ...]:
    """The concern's fact questions with the answers given so far."""
    return tuple(Question(f.code, f.question, case.facts.get(f.code)) for f in policy.concern(case.concern).facts)
