"""Lines about decisions, floors and gates: one neutral sentence each, from codes and names alone."""

from collections.abc import Callable, Mapping

from bot.domain.authorisation import ACT_WORDS, Grave
from bot.domain.cases import Case
from bot.domain.decisions import Outcome
from bot.domain.ids import PersonId, TeamId
from bot.domain.letters import codes
from bot.domain.notices import Notice, NoticeKind
from bot.domain.policy import Role
from bot.domain.roster_checks import names_of
from bot.domain.rules import RulesInForce

ROLE_WORDS = {
    Role.OWNER: "person on duty or owner",
    Role.OWNER_SUPERVISOR: "supervisor",
    Role.REFERRER: "referrer",
    Role.TEAM_LEADERS: "team leader",
    Role.DEPARTMENT_LEAD: "department lead",
    Role.PARTNER_LEAD: "partner agency lead",
    Role.SUPERINTENDENT: "superintendent",
    Role.HEAD_OF_SERVICE: "head of service",
    Role.CHIEF_OFFICER: "chief officer",
    Role.PARTNER_EXECUTIVE: "partner executive",
    Role.OWN_LEADERS: "team leader",
    Role.OWN_LEADS: "lead of the agency",
    Role.OWN_HEADS: "senior manager of the agency",
}


def _decision(notice: Notice, about: Case, rules: RulesInForce) -> str:
    what = ACT_WORDS[Grave(str(notice.payload["act"]))]
    who = rules.directory.name_of(PersonId(str(notice.payload["by"])))
    match Outcome(str(notice.payload["outcome"])):
        case Outcome.WAITING:
            return f"{about.reference}: {who} asks a second person to agree: {what}."
        case Outcome.AGREED:
            return f"{about.reference}: {who} agreed as the second person, and it was done: {what}."
        case Outcome.REFUSED:
            return f"{about.reference}: {who} turned down: {what}. Nothing changes."


def _floor(notice: Notice, case: Case, rules: RulesInForce) -> str:
    floor = rules.policy.floors.get(str(notice.payload["floor"]))
    role = ROLE_WORDS[Role(str(notice.payload["role"]))]
    return f"{case.reference}: {floor.words if floor else 'a risk floor'}. You are told as {role}."


def _before_safety(notice: Notice, case: Case, rules: RulesInForce) -> str:
    act = rules.policy.acts.get(str(notice.payload["act"]))
    what = act.label.lower() if act else "a step"
    return f"{case.reference}: recorded before child-safety steps: {what}. The missing steps are due now."


def _duty(notice: Notice, case: Case, rules: RulesInForce) -> str:
    """Who came on duty in whose place, in the middle of an acknowledgement that is owed."""
    came, went = (names_of(map(PersonId, codes(notice.payload, name)), rules.directory) for name in ("came", "went"))
    team = rules.directory.teams[TeamId(str(notice.payload["team"]))].name
    after = "" if went == "nobody" else f" after {went}"
    if notice.payload["nobody"]:
        return f"{case.reference}: nobody is on duty for {team} now{after}. Told instead: {came}."
    return f"{case.reference}: on duty for {team} now{after}: {came}, who was told. The acknowledgement is still owed."


LINES: Mapping[NoticeKind, Callable[[Notice, Case, RulesInForce], str]] = {
    NoticeKind.DECISION: _decision,
    NoticeKind.FLOOR: _floor,
    NoticeKind.BEFORE_SAFETY: _before_safety,
    NoticeKind.DUTY: _duty,
}
"""The kinds of notice that are worded here."""
