"""Which notice goes next: in turn within its case and destination, one at a time to a destination, the most urgent first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, bindparam, exists, func, not_, or_, select, text, update

from bot.domain.notices import HOLDS_BACK_FOR, NoticeState, Road
from storage.tables import NOTICES

_PENDING, _SENDING = NoticeState.PENDING.value, NoticeState.SENDING.value

DOUBTED, LEFT_IN_DOUBT = 1, 2
"""What `in_doubt` holds of a notice that may have arrived: somebody sends or looks for it, or its lease alone is waited for."""

_EARLIER = NOTICES.alias("earlier")
_OTHER = NOTICES.alias("other")
_NOW = bindparam("now", type_=NOTICES.c.not_before.type)
_LONG_AGO = bindparam("long_ago", type_=NOTICES.c.not_before.type)

# Word for word the condition of the partial indexes, or SQLite would not use them.
WAITS = text("notices.state IN ('pending', 'sending', 'held')")
_EARLIER_WAITS = text("earlier.state IN ('pending', 'sending', 'held', 'taken_in')")
_OTHER_IN_FLIGHT = text("other.state = 'sending'")

# Within one case and destination, what was decided first goes first. What is put off and was never tried holds nothing back:
# a reminder that waits for the morning must not silence the page that comes at night. Nor does what was tried in vain for long.
_STUCK = and_(
    or_(_EARLIER.c.tries > 0, _EARLIER.c.state == NoticeState.TAKEN_IN.value),
    func.coalesce(_EARLIER.c.first_tried_at, _EARLIER.c.not_before, type_=NOTICES.c.not_before.type) <= _LONG_AGO,
)
_IN_TURN = ~exists().where(
    _EARLIER_WAITS,
    _EARLIER.c.destination == NOTICES.c.destination,
    _EARLIER.c.case_id == NOTICES.c.case_id,
    _EARLIER.c.seq < NOTICES.c.seq,
    or_(_EARLIER.c.not_before <= _NOW, _EARLIER.c.tries > 0),
    not_(_STUCK),
)
_NOTHING_IN_FLIGHT = ~exists().where(
    _OTHER_IN_FLIGHT,
    _OTHER.c.destination == NOTICES.c.destination,
    _OTHER.c.lease_until > _NOW,
    _OTHER.c.in_doubt != LEFT_IN_DOUBT,
    _OTHER.c.seq != NOTICES.c.seq,
)
# Word for word, so that a claim by e-mail looks at nothing that waits for Slack.
_BY_MAIL = and_(NOTICES.c.destination >= "email:", NOTICES.c.destination < "email;")
BY = {Road.SLACK: not_(_BY_MAIL), Road.MAIL: _BY_MAIL}
_NEXT = (
    select(NOTICES.c.seq, NOTICES.c.destination, NOTICES.c.state)
    .where(
        WAITS,
        or_(
            and_(NOTICES.c.state == _PENDING, NOTICES.c.not_before <= _NOW),
            and_(NOTICES.c.state == _SENDING, NOTICES.c.lease_until <= _NOW),
        ),
        NOTICES.c.destination.not_in(bindparam("passing_over", expanding=True)),
        _IN_TURN,
        _NOTHING_IN_FLIGHT,
    )
    .order_by(NOTICES.c.urgency, NOTICES.c.seq)
    .limit(1)
    .with_for_update(of=NOTICES, skip_locked=True)
)
NEXT_NOTICE = {road: _NEXT.where(by) for road, by in BY.items()}
_SOONEST_PENDING = select(func.min(NOTICES.c.not_before)).where(
    WAITS, NOTICES.c.state == _PENDING, _IN_TURN, _NOTHING_IN_FLIGHT
)
_SOONEST_LEASE = select(func.min(NOTICES.c.lease_until)).where(WAITS, NOTICES.c.state == _SENDING)
SOONEST = {road: (_SOONEST_PENDING.where(by), _SOONEST_LEASE.where(by)) for road, by in BY.items()}
TAKE = (
    update(NOTICES)
    .where(
        NOTICES.c.seq == bindparam("of"),
        NOTICES.c.state == bindparam("found"),
        or_(NOTICES.c.lease_until.is_(None), NOTICES.c.lease_until <= _NOW),
        _NOTHING_IN_FLIGHT,
    )
    .values(
        state=_SENDING,
        tries=NOTICES.c.tries + 1,
        first_tried_at=func.coalesce(NOTICES.c.first_tried_at, _NOW),
        lease_until=bindparam("until", type_=NOTICES.c.lease_until.type),
        holder=bindparam("by"),
        in_doubt=func.coalesce(bindparam("doubt"), NOTICES.c.in_doubt),
    )
    .returning(NOTICES)
)


def instants(now: datetime) -> dict[str, datetime]:
    """What the queries here compare with."""
    return {"now": now, "long_ago": now - HOLDS_BACK_FOR}
