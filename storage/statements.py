"""Statements compiled once for each kind of database, whose rows are made ready when they are put and run many at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, Dialect
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

from bot.domain.errors import Conflict
from storage.upsert import ByDialect

Ready: TypeAlias = tuple[Any, ...] | dict[str, Any]
"""One row's values as the driver takes them."""
_Place: TypeAlias = tuple[str, Callable[[Any], Any] | None]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """The text, the values of its own, and for each place in it the name and how its value is stored."""

    text: str
    by_position: bool
    fixed: dict[str, Any]
    places: tuple[_Place, ...]


class Write:
    """An INSERT, UPDATE or DELETE by named values.

    Building and compiling a statement costs several times its running: this one is compiled on its first use. Writes that
    wait together run in the order of `rank`. With `conflict` every row must be found, else Conflict with these words.
    """

    def __init__(
        self, statement: ClauseElement | ByDialect, names: Iterable[str], *, rank: int = 0, conflict: str | None = None
    ) -> None:
        """`names` are the columns that a row sets; binds of the statement's own come beside them."""
        self.rank = rank
        self._conflict = conflict
        self._names = list(names)
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def ready(self, dialect: Dialect, values: Mapping[str, Any]) -> Ready:
        """Return a row as the driver takes it; ValueError for what cannot be stored (a naive instant)."""
        made = self._for(dialect)
        values = {**made.fixed, **values}
        if made.by_position:
            return tuple([values[name] if process is None else process(values[name]) for name, process in made.places])
        return {name: values[name] if process is None else process(values[name]) for name, process in made.places}

    def run(self, connection: Connection, rows: Sequence[Ready]) -> None:
        """Run it for each row; Conflict when a row that had to be there was not."""
        parameters = list(rows) if len(rows) > 1 else rows[0]
        done = connection.exec_driver_sql(self._for(connection.dialect).text, parameters)
        if self._conflict is not None and done.rowcount != len(rows):
            raise Conflict(self._conflict)

    def _for(self, dialect: Dialect) -> _Compiled:
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = self._compile(dialect)
        return found

    def _compile(self, dialect: Dialect) -> _Compiled:
        statement = self._statement[dialect.name] if isinstance(self._statement, Mapping) else self._statement
        made = statement.compile(dialect=dialect, column_keys=self._names)
        assert isinstance(made, SQLCompiler)  # noqa: S101 - the kind that every statement with values compiles to
        binds = {name: bind for bind, name in made.bind_names.items()}
        fixed = {name: bind.value for name, bind in binds.items() if not bind.required}
        if made.isinsert:  # a column that a new row does not name is left empty, as by any other INSERT
            fixed = dict.fromkeys(binds) | fixed
        places = tuple(
            (name, binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in (made.positiontup if made.positiontup is not None else binds)
        )
        return _Compiled(made.string, made.positiontup is not None, fixed, places)
