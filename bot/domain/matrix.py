"""The page of permissions as a table: each verb asked for each role, of the very rules that the acts ask."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.domain.cases import Case, CaseStatus, Party
from bot.domain.commands import Actor
from bot.domain.concerns import Band
from bot.domain.directory import Agency, AgencyKind, Department, Directory, Person, Team
from bot.domain.ids import (
    AgencyId,
    CaseId,
    ChannelId,
    DepartmentId,
    PersonId,
    Reference,
    SlackUser,
    TeamId,
    Workspace,
    stranger,
)
from bot.domain.permissions import (
    Verb,
    may,
    may_answer_for,
    may_count,
    may_hand_over_duty,
    may_lead,
    may_report_on,
    may_set_away,
    may_set_duty,
)

POLICE, CARE, HEALTH = AgencyId("police"), AgencyId("care"), AgencyId("health")
HUB, DOOR, WARD = TeamId("hub"), TeamId("door"), TeamId("ward")
HOME, AT = Workspace("T0"), datetime(2026, 1, 5, 12, tzinfo=UTC)
ROLES: Mapping[str, tuple[str, AgencyId | None]] = {
    "stranger": ("stranger", None),
    "member of an agency that was not told": ("nurse", HEALTH),
    "referrer": ("referrer", POLICE),
    "case participant": ("worker", CARE),
    "left out of the case": ("left-out", CARE),
    "team leader": ("leader", CARE),
    "agency or department lead": ("lead", CARE),
    "chief officer": ("chief", POLICE),
    "information governance": ("governance", POLICE),
}
"""Each role as the person of a small directory who has it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Whether a role may do something, and the sentence that says why not."""

    verb: str
    role: str
    allowed: bool
    why_not: str


def matrix() -> tuple[Cell, ...]:
    """Every verb by every role, on an open case that police and social care were told of; roster verbs for one's own team.

    A case that is restricted is so to its partner agency's lead alone.
    """
    directory, case = _directory(), _case()
    asked: dict[str, Callable[[Actor], str | None]] = {
        verb.value: lambda actor, verb=verb: may(actor, verb, case, directory, phone="101")  # type: ignore[misc]  # a lambda's default has no annotation
        for verb in Verb
        if verb is not Verb.BREAK_GLASS
    }
    restricted = replace(case, restricted_to=(PersonId("lead"),))
    asked["view_detail_if_restricted"] = lambda actor: may(actor, Verb.VIEW_DETAIL, restricted, directory, phone="101")
    asked[Verb.BREAK_GLASS.value] = lambda actor: may(actor, Verb.BREAK_GLASS, restricted, directory, phone="101")
    asked["set_duty"] = lambda actor: may_set_duty(actor, DOOR, directory, phone="101")
    asked["hand_over_duty"] = lambda actor: may_hand_over_duty(actor, DOOR, AT, directory, phone="101")
    asked["set_own_absence"] = lambda actor: may_set_away(actor, actor.person, directory, phone="101")
    asked["set_absence_of_another"] = lambda actor: may_set_away(actor, PersonId("other"), directory, phone="101")
    asked["lead"] = lambda actor: may_lead(actor, directory, phone="101")
    asked["endorse_for_oneself"] = lambda actor: may_answer_for(actor, actor.person, directory, phone="101")
    asked["endorse_for_another"] = lambda actor: may_answer_for(actor, PersonId("other"), directory, phone="101")
    asked["report_on_recommendation"] = lambda actor: may_report_on(actor, PersonId("other"), directory, phone="101")
    asked["count_for_unit"] = lambda actor: may_count(actor, HUB, directory, phone="101")
    return tuple(
        Cell(verb, role, no is None, no or "")
        for verb, ask in asked.items()
        for role, (person, agency) in ROLES.items()
        for no in (ask(_actor(person, agency)),)
    )


def _actor(name: str, agency: AgencyId | None) -> Actor:
    user = SlackUser(name)
    if agency is None:
        return Actor(stranger(HOME, user), known=False, agency=None, workspace=HOME, user=user)
    return Actor(PersonId(name), known=True, agency=agency, workspace=HOME, user=user)


def _directory() -> Directory:
    people = [(name, agency) for name, agency in ROLES.values() if agency is not None] + [("other", CARE)]
    teams = {POLICE: HUB, CARE: DOOR, HEALTH: WARD}
    lead, chief, leader = (PersonId(name) for name in ("lead", "chief", "leader"))
    agencies = (
        Agency(POLICE, "Police", AgencyKind.POLICE, HOME, (PersonId("other-lead"),), (), (chief,)),
        Agency(CARE, "Social care", AgencyKind.SOCIAL_CARE, HOME, (lead,), (), ()),
        Agency(HEALTH, "Health", AgencyKind.HEALTH, HOME, (), (), ()),
    )
    return Directory(
        agencies={agency.id: agency for agency in agencies},
        departments={DepartmentId("d"): Department(DepartmentId("d"), POLICE, "Department", (), ())},
        teams={
            HUB: Team(HUB, POLICE, "Hub", ChannelId("C1"), (), ()),
            DOOR: Team(DOOR, CARE, "Front door", ChannelId("C2"), (leader,), (PersonId("worker"),)),
            WARD: Team(WARD, HEALTH, "Ward", ChannelId("C3"), (), ()),
        },
        people={
            PersonId(name): Person(
                PersonId(name), name, agency, teams[agency], SlackUser(name), HOME, governance=name == "governance"
            )
            for name, agency in people
        },
        routes=(),
        shifts=(),
        covers=(),
        control_channel=ChannelId("C8"),
        force_channel=ChannelId("C9"),
        version="",
    )


def _case() -> Case:
    return Case(
        id=CaseId("c"),
        reference=Reference("the case"),
        version=1,
        concern="",
        grade=None,
        effective_grade=None,
        band=Band.P1,
        floors=(),
        flags=frozenset(),
        asks_for="",
        status=CaseStatus.OPEN,
        opened_at=AT,
        first_aware_at=AT - timedelta(hours=1),
        referrer=PersonId("referrer"),
        referring_agency=POLICE,
        origin_channel=None,
        parties=(Party(POLICE, HUB, ChannelId("C1"), AT), Party(CARE, DOOR, ChannelId("C2"), AT)),
        facts={},
        policy_version="",
        last_act_at=AT,
        left_out=(PersonId("left-out"),),
    )
