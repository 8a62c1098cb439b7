"""The wrapped data keys, as one unit of work sees them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, delete, select

from bot.domain.errors import Conflict
from storage.behind import Behind
from storage.errors import Erased
from storage.tables import DATA_KEYS as _TABLE
from storage.upsert import once

_MOST_AT_ONCE = 500
_READ = select(_TABLE.c.scope, _TABLE.c.wrapped, _TABLE.c.destroyed_at).where(
    _TABLE.c.scope.in_(bindparam("wanted", expanding=True))
)
_ONCE = once(_TABLE, "scope")
_DROP = delete(_TABLE).where(_TABLE.c.scope == bindparam("of"))


class SqlVault:
    """Reads wrapped keys on one connection and keeps new ones until `flush`."""

    def __init__(self, behind: Behind) -> None:
        self._behind = behind
        self._read: dict[str, bytes | None] = {}
        self._erased: set[str] = set()
        self._new: dict[str, bytes] = {}

    def preload(self, scopes: Iterable[str]) -> None:
        """Read the keys of many cases at once, so that opening them costs no query each."""
        missing = [scope for scope in dict.fromkeys(scopes) if scope not in self._read]
        for start in range(0, len(missing), _MOST_AT_ONCE):
            batch = missing[start : start + _MOST_AT_ONCE]
            self._read.update(dict.fromkeys(batch))
            for scope, wrapped, destroyed_at in self._behind.aside.execute(_READ, {"wanted": batch}):
                self._read[scope] = wrapped
                if destroyed_at is not None:
                    self._erased.add(scope)

    def wrapped(self, scope: str) -> bytes | None:
        """Return the wrapped key; None when the scope never had one; raises Erased when it was destroyed."""
        self.preload((scope,))
        if scope in self._erased:
            raise Erased(f"The data key of {scope} was destroyed; what it sealed can no longer be read.")
        return self._read[scope]

    def keep(self, scope: str, wrapped: bytes) -> None:
        """Keep the key of a new scope; it is written by the next `flush`."""
        self._read[scope] = wrapped
        self._new[scope] = wrapped

    def drop(self, scope: str) -> None:
        """Drop the key of a draft, which leaves nothing behind that could ever be opened."""
        self.flush()
        self._behind.connection.execute(_DROP, {"of": scope})
        self._read.pop(scope, None)

    def forget(self) -> None:
        """Forget what was read and not yet written, after a part of the transaction was undone."""
        self._read.clear()
        self._erased.clear()
        self._new.clear()

    def flush(self) -> None:
        """Write the new keys; raises Conflict when another process made one of them first."""
        if not self._new:
            return
        rows = [{"scope": scope, "wrapped": wrapped} for scope, wrapped in self._new.items()]
        connection = self._behind.connection
        made = connection.execute(_ONCE[connection.dialect.name], rows).all()
        if len(made) != len(rows):
            raise Conflict("another process made the same data key")
        self._new.clear()
