"""The rows of the bot's own case, taken out once it is over; its audit stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, select

from bot.domain.cases import CaseStatus
from bot.domain.ids import CaseId
from bot.domain.notices import NoticeState
from storage.tables import CARDS, CASES, DATA_KEYS, DEADLINES, NOTICES, PARTIES
from storage.work import Work

_IS_OURS = select(CASES.c.id).where(CASES.c.id == bindparam("of"), CASES.c.status == CaseStatus.SYNTHETIC.value)
_PARTS = [delete(table).where(table.c.case_id == bindparam("of")) for table in (CARDS, NOTICES, DEADLINES, PARTIES)]
_CASE = delete(CASES).where(CASES.c.id == bindparam("of"))
_KEY = delete(DATA_KEYS).where(DATA_KEYS.c.scope == bindparam("of"))


_SENT_AT = select(NOTICES.c.settled_at).where(
    NOTICES.c.key == bindparam("of"), NOTICES.c.state == NoticeState.SENT.value
)


class SqlSynthetic:
    """The `Synthetic` port on one connection."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def sent_at(self, key: str) -> datetime | None:
        """Return when the notice of this key arrived."""
        found: datetime | None = self._work.connection.scalar(_SENT_AT, {"of": key})
        return found

    def forget(self, case_id: CaseId) -> None:
        """Take a synthetic case out of the record."""
        connection, wanted = self._work.connection, {"of": case_id}
        if connection.execute(_IS_OURS, wanted).one_or_none() is None:
            return
        for part in (*_PARTS, _CASE, _KEY):
            connection.execute(part, wanted)
        self._work.ahead.forget(case_id)
        self._work.held.forget()
