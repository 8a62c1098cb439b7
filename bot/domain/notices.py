"""What is to be said, decided and durable before it is sent: destinations, kinds, states, and why a sending failed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.ids import CaseId, ChannelId, NoticeId, PersonId
from bot.domain.policy import Band


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
    FLOOR = "floor"
    BEFORE_SAFETY = "before_safety"
    DIGEST = "digest"
    GAP = "gap"
    CONTROL = "control"


class NoticeState(StrEnum):
    """Where a notice is on its way; only sent and superseded need nothing more from anybody."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    SUPERSEDED = "superseded"
    HELD = "held"
    UNDELIVERABLE = "undeliverable"


class DestinationKind(StrEnum):
    """Where a notice goes."""

    CHANNEL = "channel"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Destination:
    """A channel by its id, or a person by their id in the directory."""

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
    posting again · route_dead: this destination will not work, take the next route · credential_dead: nothing will
    work, hold everything · content_bad: this wording was refused, send it plainly · gone: the message to be redrawn is
    no longer there, post it anew.
    """

    REFUSED = "refused"
    UNKNOWN = "unknown"
    ROUTE_DEAD = "route_dead"
    CREDENTIAL_DEAD = "credential_dead"
    CONTENT_BAD = "content_bad"
    GONE = "gone"


class SendFailed(Exception):
    """A sending that did not succeed, as a class that delivery knows what to do with. `code` is Slack's own word."""

    def __init__(self, kind: FailureKind, code: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(f"{kind.value}: {code}")
        self.kind = kind
        self.code = code
        self.retry_after = retry_after
