"""What is to be said, decided and durable before it is sent: destinations, kinds, states, and why a sending failed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.ids import CaseId, ChannelId, NoticeId, PersonId
from bot.domain.policy import Band

HOLDS_BACK_FOR = timedelta(hours=1)
"""A notice tried in vain for longer holds back no later one of its case to its destination: silence is worse than disorder."""


class NoticeKind(StrEnum):
    """What a notice says; how it is worded is read from today's record when it is sent."""

    CARD = "card"
    STEP = "step"
    THREAD_STEP = "thread_step"
    ACKNOWLEDGED = "acknowledged"
    RETIMED = "retimed"
    PHONE_TOLD = "phone_told"
    DECISION = "decision"
    PROPOSAL = "proposal"
    HANDOVER = "handover"
    HANDED_OVER = "handed_over"
    DIRECTION = "direction"
    MISMATCH = "mismatch"
    CANNOT_HELP = "cannot_help"
    FEEDBACK = "feedback"
    DISAGREEMENT = "disagreement"
    SCHOOL = "school"
    FLOOR = "floor"
    BEFORE_SAFETY = "before_safety"
    GROUP = "group"
    SYNTHETIC = "synthetic"
    DIGEST = "digest"
    GAP = "gap"
    BRIEF = "brief"
    REQUEST = "request"
    REQUEST_ENDED = "request_ended"
    CONTROL = "control"
    DUTY = "duty"
    MATTER = "matter"
    GRADE_READ = "grade_read"
    RESTRICTED = "restricted"


class NoticeState(StrEnum):
    """Where a notice is on its way; only sent and superseded need nothing more from anybody.

    One that is taken in waits inside a grouped message, and ends as that does.
    """

    PENDING = "pending"
    TAKEN_IN = "taken_in"
    SENDING = "sending"
    SENT = "sent"
    SUPERSEDED = "superseded"
    HELD = "held"
    UNDELIVERABLE = "undeliverable"


class Road(StrEnum):
    """By what a notice goes: each road has senders, claims and failures of its own, so that neither holds up the other."""

    SLACK = "slack"
    MAIL = "mail"


class DestinationKind(StrEnum):
    """Where a notice goes."""

    CHANNEL = "channel"
    PERSON = "person"
    EMAIL = "email"

    @property
    def road(self) -> Road:
        """By what it is reached."""
        return Road.MAIL if self is DestinationKind.EMAIL else Road.SLACK


NO_MAIL_SERVER = "no_mail_server"
"""Why nothing goes by e-mail in a deployment that has no mail server."""
OPERATORS = "operators"
"""The mailbox of those who keep the bot running; no person and no team has this id."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A channel by its id, a person by their id in the directory, or a mailbox: a person's, a team's, the operators'."""

    kind: DestinationKind
    id: str

    @classmethod
    def channel(cls, channel: ChannelId) -> "Destination":
        """A channel."""
        return cls(DestinationKind.CHANNEL, channel)

    @classmethod
    def person(cls, person: PersonId) -> "Destination":
        """A person, by direct message."""
        return cls(DestinationKind.PERSON, person)

    @classmethod
    def email(cls, mailbox: str) -> "Destination":
        """The mailbox of a person or a team, by their id, or of the operators."""
        return cls(DestinationKind.EMAIL, mailbox)


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message lies in Slack."""

    channel: ChannelId
    ts: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One row of the outbox. `key` is unique for ever: `deadline:step:recipient` for a step.

    `payload` holds ids, codes and instants only (strings, numbers and lists of them), never a word of the child.
    `band` None goes out after every band; `not_before` delays the first try. `in_doubt` is set, for good, when a lease
    ran out while the notice was being sent: a copy may have arrived, so the record is looked at before any further post.
    """

    id: NoticeId
    key: str
    kind: NoticeKind
    destination: Destination
    created_at: datetime
    not_before: datetime
    case_id: CaseId | None = None
    band: Band | None = None
    payload: Mapping[str, object] = field(default_factory=dict)
    state: NoticeState = NoticeState.PENDING
    tries: int = 0
    first_tried_at: datetime | None = None
    lease_until: datetime | None = None
    posted: Posted | None = None
    sent_at: datetime | None = None
    last_error: str = ""
    in_doubt: bool = False


class FailureKind(StrEnum):
    """What a failed sending means for what comes next.

    refused: certainly not accepted, try again (429, 5xx refused at once) · unknown: perhaps accepted, look before
    posting again · route_dead: this destination will not work, take the next route · credential_dead: nothing on this
    road will work, hold everything that goes by it · content_bad: this wording was refused, send it plainly · gone: the
    message to be redrawn is no longer there, post it anew.
    """

    REFUSED = "refused"
    UNKNOWN = "unknown"
    ROUTE_DEAD = "route_dead"
    CREDENTIAL_DEAD = "credential_dead"
    CONTENT_BAD = "content_bad"
    GONE = "gone"


class SendFailed(Exception):
    """A sending that did not succeed, as a class that delivery knows what to do with.

    `code` is Slack's own word, or the mail server's number; one that is not `known` has no class of its own yet.
    """

    def __init__(
        self, kind: FailureKind, code: str, *, retry_after: timedelta | None = None, known: bool = True
    ) -> None:
        super().__init__(f"{kind.value}: {code}")
        self.kind = kind
        self.code = code
        self.retry_after = retry_after
        self.known = known
