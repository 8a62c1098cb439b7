"""What one agency asks of another on a case: what, why, on what lawful basis and by when, and what was answered."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from math import ceil
from statistics import median

from bot.domain.cases import Case, Party
from bot.domain.deadlines import Deadline
from bot.domain.ids import AgencyId, CaseId, DeadlineId, PersonId, RequestId
from bot.domain.owed import owed_until
from bot.domain.policy import Policy

PARTNER_ANSWER = "partner_answer"
"""The milestone code of an answer that is owed."""
WHAT, BASIS, REFUSED = "request", "basis", "request_refused"
"""The policy's lists: what can be asked, on what basis, and why an answer may be refused."""


class RequestState(StrEnum):
    """How far a request has come; all but open end its clock."""

    OPEN = "open"
    ANSWERED = "answered"
    NOTHING_HELD = "nothing_held"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `what`, `basis` and `reason` are codes of the policy's lists; `why` and `answer` are sealed.

    The answer itself goes by the agencies' own secure road: here it is recorded that, when and by whom it was given.
    """

    id: RequestId
    case_id: CaseId
    deadline: DeadlineId
    asking: AgencyId
    asked: AgencyId
    by: PersonId
    at: datetime
    what: str
    basis: str
    why: str = field(default="", repr=False)
    state: RequestState = RequestState.OPEN
    ended_by: PersonId | None = None
    ended_at: datetime | None = None
    reason: str = ""
    answer: str = field(default="", repr=False)
    revision: int = 1

    @property
    def waits(self) -> bool:
        """Whether the answer is still owed."""
        return self.state is RequestState.OPEN

    def ended(
        self, state: RequestState, by: PersonId, at: datetime, *, reason: str = "", answer: str = ""
    ) -> "Request":
        """The request answered, answered with nothing held, or refused with a reason."""
        return replace(self, state=state, ended_by=by, ended_at=at, reason=reason, answer=answer)


def answer_owed(
    policy: Policy,
    case: Case,
    party: Party,
    *,
    deadline_id: DeadlineId,
    until_at: datetime | None,
    now: datetime,
    kind: str,
) -> Deadline:
    """The deadline that the asked agency owes: at the policy's limit, or at the instant that the request names."""
    return owed_until(
        policy, PARTNER_ANSWER, case, party, deadline_id=deadline_id, now=now, until_at=until_at, kind=kind
    )


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """How one agency answered what it was asked in a month. Times are of those answered in it; None when there are none."""

    agency: AgencyId
    asked: int
    answered: int
    nothing_held: int
    refused: int
    open_now: int
    late_now: int
    median_seconds: float | None
    ninetieth_seconds: float | None
    oldest_open_at: datetime | None


def partner_rows(
    requests: Iterable[Request], due: Mapping[DeadlineId, datetime], *, from_at: datetime, until_at: datetime
) -> tuple[PartnerRow, ...]:
    """One row for each agency that was asked in [from_at, until_at) or still owed an answer at its end, by its id."""
    found: dict[AgencyId, list[Request]] = {}
    for request in requests:
        found.setdefault(request.asked, []).append(request)
    return tuple(_row(agency, found[agency], due, from_at, until_at) for agency in sorted(found))


def _row(
    agency: AgencyId,
    requests: Sequence[Request],
    due: Mapping[DeadlineId, datetime],
    from_at: datetime,
    until_at: datetime,
) -> PartnerRow:
    asked = [each for each in requests if each.at >= from_at]
    ended = [each for each in requests if each.ended_at is not None and each.ended_at < until_at]
    waits = [each for each in requests if each.ended_at is None or each.ended_at >= until_at]
    took = sorted((each.ended_at - each.at).total_seconds() for each in ended if each.ended_at is not None)
    count = Counter(each.state for each in ended)
    return PartnerRow(
        agency=agency,
        asked=len(asked),
        answered=count[RequestState.ANSWERED],
        nothing_held=count[RequestState.NOTHING_HELD],
        refused=count[RequestState.REFUSED],
        open_now=len(waits),
        late_now=sum(due.get(each.deadline, until_at) < until_at for each in waits),
        median_seconds=median(took) if took else None,
        ninetieth_seconds=took[ceil(0.9 * len(took)) - 1] if took else None,
        oldest_open_at=min((each.at for each in waits), default=None),
    )
