"""Who may do what: one page. Each answer is None (may) or the sentence that says why not and who can."""

from datetime import datetime
from enum import StrEnum

from bot.domain.cases import Case
from bot.domain.commands import Actor
from bot.domain.concerns import Act
from bot.domain.directory import Directory, Standing, Team
from bot.domain.ids import AgencyId, PersonId, TeamId
from bot.domain.restriction import whom_to_ask


class Verb(StrEnum):
    """What somebody may try on a case."""

    REFER = "refer"
    ACKNOWLEDGE = "acknowledge"
    ACT = "act"
    GRADE = "grade"
    ESCALATE = "escalate"
    VIEW_DETAIL = "view_detail"
    PROPOSE = "propose"
    DECIDE = "decide"
    REOPEN = "reopen"
    LEAVE_OUT = "leave_out"
    REPLAN = "replan"
    RESTRICT = "restrict"
    BREAK_GLASS = "break_glass"


STRANGER = (
    "Only people named in the directory can do this. Ask your hub manager to add you; if it cannot wait, phone {phone}."
)
SENIOR = frozenset({Standing.SUPERVISOR, Standing.LEAD, Standing.CHIEF})
"""Who may be the second person."""
JUNIOR = "Only a team leader, a lead or a chief officer of an agency on {reference} can be the second person."
RANK = {
    Standing.MEMBER: 0,
    Standing.GOVERNANCE: 0,
    Standing.SUPERVISOR: 1,
    Standing.LEAD: 2,
    Standing.CHIEF: 3,
}
LEAST_WORDS = {
    "supervisor": "a team leader, a lead or a chief officer",
    "lead": "a department lead, a superintendent or a chief officer",
    "chief": "a chief officer",
}
"""Who may record an act that asks for a standing, by the least that will do."""
LEADERS_DO = {
    Verb.DECIDE: JUNIOR,
    Verb.LEAVE_OUT: "Only a team leader, a lead or a chief officer of an agency on {reference} can leave others out of it.",
    Verb.REPLAN: "Only a team leader, a lead or a chief officer of an agency on {reference} can plan it anew.",
}
"""What takes somebody senior, and the sentence for everybody else; anybody may leave themselves out of a case."""
LEADS = frozenset({Standing.LEAD, Standing.CHIEF})
"""Who restricts a case, and says who is on its list."""
LEADS_RESTRICT = (
    "Only a lead or a chief officer of an agency on {reference} can restrict it or change who is on its list."
)
LOOKS_IN = (
    "Only a team leader, a lead or a chief officer of an agency on {reference} can open it with a reason. Ask {asked}."
)
NOT_YOURS = "There is no such case, or it is not one of yours."
WITH_CLOSED = frozenset({Verb.VIEW_DETAIL, Verb.REOPEN, Verb.DECIDE, Verb.RESTRICT, Verb.BREAK_GLASS})
"""What may be done on a case that is closed; whether a decision still fits is the decision's own business."""
GOVERNANCE = "Information governance may read and export, not work a case."


def may(actor: Actor, verb: Verb, case: Case | None, directory: Directory, *, phone: str) -> str | None:
    """None when the actor may; else one sentence for them. Anybody at all may refer."""
    if verb is Verb.REFER:
        return None
    if not actor.known or actor.agency is None:
        return STRANGER.format(phone=phone)
    if verb is Verb.BREAK_GLASS and case is not None:
        return _breaking_glass(actor, case, directory)
    if case is None or not case.admits(actor.person):
        return NOT_YOURS
    if verb is not Verb.VIEW_DETAIL and directory.standing(actor.person) is Standing.GOVERNANCE:
        return GOVERNANCE
    return (_on_case if case.status.concerns_a_child else _on_matter)(actor, verb, case, directory)


def _on_case(actor: Actor, verb: Verb, case: Case, directory: Directory) -> str | None:
    """What a referral's own acts take: that it is open, and a part in it."""
    if case.status.ended and verb not in WITH_CLOSED:
        return f"{case.reference} is closed. Nothing more can be recorded on it from this card."
    if not _takes_part(actor, case, directory):
        told = ", ".join(directory.agencies[party.agency].name for party in case.parties)
        return f"Only people of the agencies on {case.reference} can do this: {told}."
    return _for_their_part(actor, verb, case, directory)


def _for_their_part(actor: Actor, verb: Verb, case: Case, directory: Directory) -> str | None:
    """What stands against an act of somebody who takes part."""
    if verb is Verb.ACKNOWLEDGE:
        return _acknowledging(actor, case, directory)
    if verb in LEADERS_DO and directory.standing(actor.person) not in SENIOR:
        return LEADERS_DO[verb].format(reference=case.reference)
    if verb is Verb.RESTRICT and directory.standing(actor.person) not in LEADS:
        return LEADS_RESTRICT.format(reference=case.reference)
    return None


def _on_matter(actor: Actor, verb: Verb, case: Case, directory: Directory) -> str | None:
    """What the second-person acts of leaders' own matters take: its owner or a lead of the force, and another lead."""
    leads = directory.standing(actor.person) in LEADS
    if case.party(actor.agency or AgencyId("")) is None or verb not in {Verb.PROPOSE, Verb.DECIDE}:
        return NOT_YOURS
    if leads or (verb is Verb.PROPOSE and actor.person in case.owners):
        return None
    return f"Only leads and chief officers of the force can decide on {case.reference}."


def _breaking_glass(actor: Actor, case: Case, directory: Directory) -> str | None:
    """Somebody senior who is not on the list; nobody who is left out, and nobody of an agency that was not told."""
    if actor.person in case.left_out or not _takes_part(actor, case, directory):
        return NOT_YOURS
    if case.admits(actor.person):
        return f"{case.reference} is open to you already. Open it from its card or with /case."
    known = directory.people.get(actor.person)
    if directory.standing(actor.person) in SENIOR or (known is not None and known.designated):
        return None
    return LOOKS_IN.format(reference=case.reference, asked=whom_to_ask(case, directory))


def _takes_part(actor: Actor, case: Case, directory: Directory) -> bool:
    """A member of an agency that was told, or that raised the case."""
    if actor.agency is None or actor.agency not in directory.agencies:
        return False
    return case.party(actor.agency) is not None or actor.agency == case.referring_agency


def _acknowledging(actor: Actor, case: Case, directory: Directory) -> str | None:
    party = case.party(actor.agency) if actor.agency else None
    if party is None or not party.owes_acknowledgement:
        waiting = [p for p in case.parties if p.owes_acknowledgement and p.acknowledged is None]
        names = ", ".join(directory.agencies[p.agency].name for p in waiting) or "nobody"
        return f"Your agency raised {case.reference} and is not asked to acknowledge it. Still to answer: {names}."
    if actor.person in case.referrers:
        return f"You referred {case.reference}, so somebody else in your agency has to acknowledge it."
    return None


def may_record(actor: Actor, act: Act, directory: Directory) -> str | None:
    """None when the actor may record this act; some are for people of one kind of agency, or for those who lead there.

    Whether they may work the case at all is `may`'s business.
    """
    here = directory.agencies.get(actor.agency) if actor.agency else None
    only = act.only is None or (here is not None and here.kind == act.only)
    if only and (act.least is None or RANK[directory.standing(actor.person)] >= RANK[Standing(act.least)]):
        return None
    whose = {"police": " of the police", "social_care": " of social care"}.get(act.only or "", "")
    who = f"{LEAST_WORDS[act.least]}{whose}" if act.least else f"people{whose}"
    return f"Only {who} can record this: {act.label}."


def may_set_duty(actor: Actor, team: TeamId, directory: Directory, *, phone: str) -> str | None:
    """None when the actor may say who is on duty for a team: its leaders, and the leads of its agency."""
    no = _not_staff(actor, directory, phone)
    if no is not None:
        return no
    here = directory.teams.get(team)
    if here is not None and (actor.person in here.leaders or _leads_in(actor.person, here.agency, directory)):
        return None
    name = here.name if here is not None else "that team"
    return f"Only the leaders of {name} and the leads of its agency can say who is on duty. {_leaders(here, directory)}"


def may_hand_over_duty(actor: Actor, team: TeamId, at: datetime, directory: Directory, *, phone: str) -> str | None:
    """None when the actor may hand the running shift of a team on: whoever is on duty, and whoever may set duty."""
    if actor.known and team in directory.teams and actor.person in directory.on_duty(team, at):
        return None
    return may_set_duty(actor, team, directory, phone=phone)


def may_set_away(actor: Actor, person: PersonId, directory: Directory, *, phone: str) -> str | None:
    """None when the actor may say that somebody is away or back: they themselves, their leaders, the leads of their agency."""
    no = _not_staff(actor, directory, phone, casework=False)
    known = directory.people.get(person)
    if no is not None or actor.person == person:
        return no
    team = directory.teams.get(known.team) if known is not None and known.team is not None else None
    above = known is not None and (
        actor.person == known.supervisor
        or (team is not None and actor.person in team.leaders)
        or _leads_in(actor.person, known.agency, directory)
    )
    if above:
        return None
    who = known.name if known is not None else "this person"
    return (
        f"Only {who}, their supervisor, their team's leaders and the leads of their agency can say when {who} is away."
    )


def may_brief(actor: Actor, directory: Directory, *, phone: str) -> str | None:
    """None when the actor may ask what is held about an address or a child: responders and dispatchers of the force."""
    no = _not_staff(actor, directory, phone)
    if no is not None:
        return no
    known = directory.people[actor.person]
    teams = [team for team in directory.teams.values() if team.briefs and team.agency == directory.police.id]
    if any(known.team == team.id or known.id in (*team.leaders, *team.duty) for team in teams):
        return None
    names = ", ".join(team.name for team in teams) or "no team yet: the directory has to name one"
    return f"Only responders and dispatchers of the force can ask for a brief: {names}."


def may_lead(actor: Actor, directory: Directory, *, phone: str) -> str | None:
    """None when the actor may begin and import what leaders owe: leads and chief officers of the force."""
    no = _not_staff(actor, directory, phone)
    if no is not None or _leads_in(actor.person, directory.police.id, directory):
        return no
    return f"Only leads and chief officers of {directory.police.name} can do this."


def may_answer_for(actor: Actor, owner: PersonId, directory: Directory, *, phone: str) -> str | None:
    """None when the actor may endorse: the leader who was asked, in person and nobody for them."""
    no = _not_staff(actor, directory, phone)
    if no is not None or actor.person == owner:
        return no
    return f"{directory.name_of(owner)} was asked in person. Nobody else can answer for them."


def may_report_on(actor: Actor, owner: PersonId, directory: Directory, *, phone: str) -> str | None:
    """None when the actor may give evidence for a recommendation: its owner, and leads and chief officers of the force."""
    no = _not_staff(actor, directory, phone)
    if no is not None or actor.person == owner or _leads_in(actor.person, directory.police.id, directory):
        return no
    return f"Only {directory.name_of(owner)}, who owns it, and the leads of {directory.police.name} can do this."


def may_count(actor: Actor, unit: TeamId, directory: Directory, *, phone: str) -> str | None:
    """None when the actor may give a unit's daily count: its own people, and leads and chief officers of the force."""
    no = _not_staff(actor, directory, phone)
    if no is not None:
        return no
    team = directory.teams.get(unit)
    if team is None or team.agency != directory.police.id:
        return f"Select a unit of {directory.police.name}."
    own = directory.people[actor.person].team == unit or actor.person in (*team.leaders, *team.duty)
    if own or _leads_in(actor.person, team.agency, directory):
        return None
    return f"Only people of {team.name} and the leads of {directory.police.name} can give its count."


def _not_staff(actor: Actor, directory: Directory, phone: str, *, casework: bool = True) -> str | None:
    if not actor.known or actor.person not in directory.people:
        return STRANGER.format(phone=phone)
    if casework and directory.standing(actor.person) is Standing.GOVERNANCE:
        return GOVERNANCE
    return None


def _leads_in(person: PersonId, agency: AgencyId, directory: Directory) -> bool:
    """A lead, head or executive of the agency, or a lead or superintendent of one of its departments."""
    here = directory.agencies[agency]
    named = {*here.leads, *here.heads, *here.executives}
    for department in directory.departments.values():
        if department.agency == agency:
            named |= {*department.leads, *department.superintendents}
    return person in named


def _leaders(team: Team | None, directory: Directory) -> str:
    if team is None or not team.leaders:
        return "Ask them."
    return f"Ask {', '.join(directory.name_of(leader) for leader in team.leaders)}."
