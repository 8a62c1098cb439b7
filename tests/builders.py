"""Values for tests of the domain and the services: the shipped policy, the sample directory, people, cases and deadlines."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from bot.directory_file import load_directory
from bot.domain.cases import Case, CaseStatus, Child, ChildReference, Party
from bot.domain.commands import Actor, Referral
from bot.domain.deadlines import Deadline, open_deadline
from bot.domain.directory import Cover, Directory
from bot.domain.ids import AgencyId, CaseId, ChannelId, DeadlineId, PersonId, Reference, SlackUser, TeamId, stranger
from bot.domain.policy import Band, Policy
from bot.domain.rules import RulesInForce
from bot.policy_file import load_policy
from bot.rules import LiveRules

_SHIPPED = load_policy(None)
POLICY = replace(
    _SHIPPED,
    notices=replace(_SHIPPED.notices, synthetic_every=None),
    leadership=replace(_SHIPPED.leadership, sample_per_area=0),
)
"""The default policy without the bot's own hourly case and the monthly sample: whoever tests these puts them back."""
DIRECTORY = load_directory(Path(__file__).parents[1] / "bot" / "practice" / "directory.toml")

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
"""A working Monday at ten, in winter: London reads the same."""

POLICE = AgencyId("police")
CARE = AgencyId("childrens-services")
HEALTH = AgencyId("health")
EDUCATION = AgencyId("education")
RESPONSE = TeamId("response")
FRONT_DOOR = TeamId("front-door")
RESPONSE_CHANNEL = ChannelId("C0RESPONSE")
CARE_CHANNEL = ChannelId("C0FRONTDR1")
EDUCATION_CHANNEL = ChannelId("C0SCHOOLS1")
CONTROL = ChannelId("C0VIGILADM")
FORCE = ChannelId("C0SAFEGRD1")

OFFICER = PersonId("priya-fernsby")
OTHER_OFFICER = PersonId("dafydd-larkmoor")
SERGEANT = PersonId("callum-thistlewood")
INSPECTOR = PersonId("imani-oakhollow")
SUPERINTENDENT = PersonId("victor-hawkstone-lea")
CHIEF = PersonId("marguerite-stormvale")
WORKER = PersonId("nadia-elderflower")
OTHER_WORKER = PersonId("owen-saltmarsh")
CARE_LEADER = PersonId("harriet-willowmarsh")
CARE_LEAD = PersonId("chidi-lavenham")
CARE_HEAD = PersonId("anselm-rookwood-dale")
CARE_EXECUTIVE = PersonId("philippa-moorhen")
NIGHT_WORKER = PersonId("piotr-lanternby")
TEACHER = PersonId("tamsin-bellweather")
NURSE = PersonId("siobhan-merrydown")
GOVERNANCE = PersonId("wilfred-inkwell-shaw")
LEAVER = PersonId("basil-oxenholme")
NO_SLACK = PersonId("night-switchboard")

GRADES = {
    Band.P1: ("physical", "immediate_danger"),
    Band.P2: ("domestic_abuse", "high"),
    Band.P3: ("domestic_abuse", "medium"),
    Band.P4: ("domestic_abuse", "standard"),
}
"""A concern and grade that land in each band without any fact."""


@dataclass
class HandClock:
    """A clock that stands still until a test moves it."""

    at: datetime = MONDAY

    def now(self) -> datetime:
        return self.at

    def to(self, at: datetime) -> datetime:
        self.at = at
        return at

    def move(self, by: timedelta) -> datetime:
        return self.to(self.at + by)


class HandRules(LiveRules):
    """The rules in force; a test puts others in their place as if their files had been read again."""

    def __init__(self, policy: Policy = POLICY, directory: Directory = DIRECTORY) -> None:
        super().__init__(RulesInForce(policy, directory))

    @property
    def policy(self) -> Policy:
        return super().policy

    @policy.setter
    def policy(self, policy: Policy) -> None:
        self.put(RulesInForce(policy, self.base))

    @property
    def directory(self) -> Directory:
        return super().directory

    @directory.setter
    def directory(self, directory: Directory) -> None:
        self.put(RulesInForce(self.policy, directory))


@dataclass
class Bell:
    """Counts how often the engine was woken."""

    rung: int = 0

    def ring(self) -> None:
        self.rung += 1


def counted_ids(prefix: str = "id") -> Iterator[str]:
    """Identifiers in the order in which they were asked for."""
    return (f"{prefix}-{n:04}" for n in count(1))


def actor(person: PersonId, directory: Directory = DIRECTORY) -> Actor:
    """Somebody of the directory as the front end would present them."""
    known = directory.people[person]
    home = directory.police.workspace
    return Actor(
        person,
        known=True,
        agency=known.agency,
        workspace=known.workspace,
        user=known.slack or SlackUser(""),
        external=known.workspace != home,
    )


def outsider(agency: AgencyId | None = None) -> Actor:
    """Somebody whom the directory does not name."""
    workspace, user = DIRECTORY.police.workspace, SlackUser("U0STRANGER")
    return Actor(stranger(workspace, user), known=False, agency=agency, workspace=workspace, user=user)


def children(*values: str) -> tuple[Child, ...]:
    """Children known by police references."""
    return tuple(Child(n, (ChildReference("police", value),)) for n, value in enumerate(values, start=1))


def referral(
    concern: str = "domestic_abuse",
    grade: str | None = "medium",
    *,
    narrative: str = "",
    address: str = "",
    channel: ChannelId | None = RESPONSE_CHANNEL,
    kids: tuple[Child, ...] = children("44-0001"),
) -> Referral:
    """The six inputs, typed in the response team's channel unless told otherwise."""
    return Referral(concern, grade, "act_now", kids, narrative, address, channel)


def away(directory: Directory, *people: PersonId) -> Directory:
    """The directory with these people away and covered by nobody."""
    for_ever = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
    kept = tuple(cover for cover in directory.covers if cover.person not in people)
    return replace(directory, covers=(*kept, *(Cover(person, None, *for_ever) for person in people)))


def a_case(band: Band = Band.P3) -> Case:
    """A case that police and social care were told of at `MONDAY`, in a band."""
    concern, grade = GRADES[band]
    return Case(
        id=CaseId("case-1"),
        reference=Reference("SG-26-00001"),
        version=1,
        concern=concern,
        grade=grade,
        effective_grade=grade,
        band=band,
        floors=(),
        flags=frozenset(),
        asks_for="act_now",
        status=CaseStatus.OPEN,
        opened_at=MONDAY,
        first_aware_at=MONDAY,
        referrer=OFFICER,
        referring_agency=POLICE,
        origin_channel=RESPONSE_CHANNEL,
        parties=(
            Party(POLICE, RESPONSE, RESPONSE_CHANNEL, MONDAY),
            Party(CARE, FRONT_DOOR, CARE_CHANNEL, MONDAY),
        ),
        facts={},
        policy_version=POLICY.version,
        last_act_at=MONDAY,
        graded_at=MONDAY,
    )


def a_deadline(
    band: Band = Band.P3,
    *,
    kind: str = "acknowledgement",
    agency: AgencyId = CARE,
    trigger_at: datetime = MONDAY,
    policy: Policy = POLICY,
    case: Case | None = None,
) -> Deadline:
    """Something owed by an agency, opened under a policy."""
    case = case or a_case(band)
    party = case.party(agency)
    opened = open_deadline(
        policy,
        policy.milestones[kind],
        deadline_id=DeadlineId(f"{kind}-{agency}"),
        case=case,
        agency=agency,
        team=party.team if party else RESPONSE,
        trigger_at=trigger_at,
        kind=DIRECTORY.agencies[agency].kind,
    )
    assert opened is not None, f"{kind} has no limit in {band}"
    return opened
