"""What a leader owes in person and no child's case holds: an endorsement, a recommendation, their units' counts; pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from bot.domain.cases import NO_TEAM, Case, CaseStatus, Party
from bot.domain.deadlines import Deadline
from bot.domain.directory import Directory
from bot.domain.ids import AgencyId, CaseId, ChannelId, DeadlineId, PersonId, Reference
from bot.domain.owed import owed_until
from bot.domain.policy import Band, Policy

CHIEF_POST = "chief_officer"
"""The post of whoever endorses first; every other post is a department's id."""
MATTER_BAND = Band.P4
"""Quiet hours apply, and one message a day is enough: nobody is woken for what a leader owes in person."""


class MatterKind(StrEnum):
    """What is owed."""

    ENDORSEMENT = "endorsement"
    RECOMMENDATION = "recommendation"
    COUNTS = "unit_counts"


class MatterState(StrEnum):
    """How far it has come. A leader who does not endorse, with the reason, has answered too."""

    OPEN = "open"
    DONE = "done"
    DECLINED = "declined"
    SUPERSEDED = "superseded"


PREFIX = {MatterKind.ENDORSEMENT: "EN", MatterKind.RECOMMENDATION: "AP", MatterKind.COUNTS: "CO"}
"""What the references of each kind begin with."""


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that one leader owes. `id` is its row among the cases, whose deadlines and audit are its own.

    `post` is the post by which it is theirs, empty when they were named; `code` what it is of: the version of the statement,
    the recommendation's own code, the department. `term` is the plan's word for its time. Words and reason are sealed.
    """

    id: CaseId
    reference: Reference
    kind: MatterKind
    code: str
    post: str
    owner: PersonId
    opened_at: datetime
    due_at: datetime
    words: str = field(repr=False)
    term: str = ""
    state: MatterState = MatterState.OPEN
    ended_by: PersonId | None = None
    ended_at: datetime | None = None
    reason: str = field(default="", repr=False)
    revision: int = 1

    @property
    def is_open(self) -> bool:
        """Still owed."""
        return self.state is MatterState.OPEN

    def late_at(self, now: datetime) -> bool:
        """Past its due instant and still owed."""
        return self.is_open and now >= self.due_at

    def ended(self, state: MatterState, by: PersonId, at: datetime, reason: str = "") -> "Matter":
        """The matter over."""
        return replace(self, state=state, ended_by=by, ended_at=at, reason=reason)


@dataclass(frozen=True, slots=True)
class Post:
    """A post by which somebody owes something in person, and who holds it."""

    code: str
    name: str
    holders: tuple[PersonId, ...]


def posts(directory: Directory) -> tuple[Post, ...]:
    """The chief officer's post, then each department of the force, as the directory has them now."""
    police = directory.police
    departments = (d for d in directory.departments.values() if d.agency == police.id)
    return (
        Post(CHIEF_POST, "Chief officer", police.executives),
        *(Post(d.id, d.name, d.leads) for d in departments),
    )


def post_of(code: str, directory: Directory) -> Post | None:
    """The post of a code; None when the directory has it no more."""
    return next((post for post in posts(directory) if post.code == code), None)


def matter_case(matter: Matter, agency: AgencyId, *, policy: Policy, referrer: PersonId, now: datetime) -> Case:
    """The row among the cases on which a matter's deadlines, decisions and audit stand; it has no child and no card."""
    party = Party(agency, NO_TEAM, ChannelId(""), now, owes_acknowledgement=False, owner=matter.owner)
    return Case(
        id=matter.id,
        reference=matter.reference,
        version=1,
        concern=matter.kind.value,
        grade=None,
        effective_grade=None,
        band=MATTER_BAND,
        floors=(),
        flags=frozenset(),
        asks_for="",
        status=CaseStatus.MATTER,
        opened_at=now,
        first_aware_at=now,
        referrer=referrer,
        referring_agency=agency,
        origin_channel=None,
        parties=(party,),
        facts={},
        policy_version=policy.version,
        last_act_at=now,
    )


def matter_deadline(
    policy: Policy,
    case: Case,
    milestone: str,
    *,
    deadline_id: DeadlineId,
    owner: PersonId,
    now: datetime,
    until_at: datetime | None = None,
) -> Deadline:
    """What a leader owes on their matter: by the policy's limit, or by the instant given."""
    owed = owed_until(policy, milestone, case, case.parties[0], deadline_id=deadline_id, now=now, until_at=until_at)
    return replace(owed, owner=owner)


# ---- endorsements


class Stand(StrEnum):
    """How a leader's endorsement stands."""

    ENDORSED = "endorsed"
    DECLINED = "declined"
    ASKED = "asked"
    LATE = "late"
    WAITS = "waits for the chief officer"
    NOT_BEGUN = "not begun"
    NOBODY = "nobody holds the post"


@dataclass(frozen=True, slots=True)
class EndorsementRow:
    """One leader of one post: the version that they were asked for, and how it stands. `holds_until` is its renewal."""

    post: str
    name: str
    person: PersonId | None
    stand: Stand
    matter: Matter | None = None
    holds_until: datetime | None = None

    @property
    def is_late(self) -> bool:
        """Whether it is overdue now."""
        return self.stand is Stand.LATE


def endorsement_rows(
    matters: Sequence[Matter], policy: Policy, directory: Directory, now: datetime
) -> tuple[EndorsementRow, ...]:
    """Every post with everybody who holds it, the chief officer's first."""
    found: list[EndorsementRow] = []
    for post in posts(directory):
        if not post.holders:
            found.append(EndorsementRow(post.code, post.name, None, Stand.NOBODY))
        found += [_row(post, person, matters, policy, now) for person in post.holders]
    return tuple(found)


def _row(post: Post, person: PersonId, matters: Sequence[Matter], policy: Policy, now: datetime) -> EndorsementRow:
    newest = newest_of(matters, post.code, person, policy)
    if newest is None:
        begun = any(matter.kind is MatterKind.ENDORSEMENT for matter in matters)
        return EndorsementRow(post.code, post.name, person, Stand.WAITS if begun else Stand.NOT_BEGUN)
    if newest.is_open:
        stand = Stand.LATE if newest.late_at(now) else Stand.ASKED
        return EndorsementRow(post.code, post.name, person, stand, newest)
    stand = Stand.ENDORSED if newest.state is MatterState.DONE else Stand.DECLINED
    return EndorsementRow(post.code, post.name, person, stand, newest, renewal_at(newest, policy))


def newest_of(matters: Iterable[Matter], post: str, person: PersonId, policy: Policy) -> Matter | None:
    """The newest endorsement of this person for this post in the statement's present version."""
    theirs = [
        matter
        for matter in matters
        if matter.kind is MatterKind.ENDORSEMENT
        and (matter.post, matter.owner) == (post, person)
        and matter.code == policy.leadership.statement_version
        and matter.state is not MatterState.SUPERSEDED
    ]
    return max(theirs, key=lambda matter: matter.opened_at, default=None)


def renewal_at(matter: Matter, policy: Policy) -> datetime | None:
    """When an endorsement that was given is asked for again."""
    return policy.calendar.due_at(policy.leadership.renewed_after, matter.ended_at) if matter.ended_at else None


def to_ask(
    matters: Sequence[Matter], policy: Policy, directory: Directory, now: datetime
) -> Iterator[tuple[Post, PersonId]]:
    """Whose endorsement is to be asked for now: the chief officer's first, the others' once it is given, or late.

    One silent chief officer holds up nobody: when theirs is late the departments are asked all the same.
    """
    chief, *departments = posts(directory)
    wanting = [
        person for person in chief.holders if _wanted(newest_of(matters, chief.code, person, policy), policy, now)
    ]
    yield from ((chief, person) for person in wanting)
    theirs = [newest_of(matters, chief.code, person, policy) for person in chief.holders]
    if wanting or any(each is not None and each.is_open and not each.late_at(now) for each in theirs):
        return
    for post in departments:
        for person in post.holders:
            if _wanted(newest_of(matters, post.code, person, policy), policy, now):
                yield post, person


def _wanted(newest: Matter | None, policy: Policy, now: datetime) -> bool:
    if newest is None:
        return True
    again_at = renewal_at(newest, policy)
    return not newest.is_open and again_at is not None and now >= again_at


def outdated(matters: Iterable[Matter], policy: Policy, directory: Directory) -> list[Matter]:
    """Open endorsements that nobody can give any more: of somebody who left the post, or of words that were replaced."""
    held = {(post.code, person) for post in posts(directory) for person in post.holders}
    return [
        matter
        for matter in matters
        if matter.kind is MatterKind.ENDORSEMENT
        and matter.is_open
        and ((matter.post, matter.owner) not in held or matter.code != policy.leadership.statement_version)
    ]


# ---- handing over with the post


def new_owners(matters: Iterable[Matter], directory: Directory) -> list[tuple[Matter, PersonId]]:
    """Open recommendations and counts whose owner holds the post no more, with whoever holds it now."""
    return [
        (matter, to)
        for matter in matters
        if matter.is_open and matter.kind is not MatterKind.ENDORSEMENT and (to := _successor(matter, directory))
    ]


def _successor(matter: Matter, directory: Directory) -> PersonId | None:
    """Who owes it now in its owner's place: the post's holder, or the chief officer once somebody named has left."""
    owner = directory.people.get(matter.owner)
    post = post_of(matter.post or CHIEF_POST, directory)
    stays = owner is not None and owner.active and (not matter.post or post is None or matter.owner in post.holders)
    return None if stays or post is None or not post.holders else post.holders[0]


# ---- what the force did by itself, and when it began


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that the force began to do, so that figures can be shown before and after it."""

    code: str
    title: str
    began_on: date
