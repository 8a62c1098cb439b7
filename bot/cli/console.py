"""How the console answers: tables for people, one JSON object for machines, one sentence and a status for a refusal."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from bot.domain.errors import Refusal
from bot.domain.wording import LONDON
from bot.settings import PortTaken, SettingsRefused

if TYPE_CHECKING:
    from rich.console import Console

FAILED, USAGE, HELD, KEYS = 1, 2, 3, 4

COLUMN = 14
"""Characters that a column needs to be read."""

Row = Mapping[str, object]


def exit_status(error: Exception) -> int | None:
    """Print the sentence of a refusal on standard error and answer the exit status; None for a fault of the program's own."""
    code = _status(error)
    if code is not None:
        say(str(error))
    return code


def refusals() -> tuple[type[Exception], ...]:
    """Everything that an operator can cause; the text of each is one sentence with the mend."""
    return tuple(_statuses())


def _status(error: Exception) -> int | None:
    return next((status for kind, status in _statuses().items() if isinstance(error, kind)), None)


def _statuses() -> dict[type[Exception], int]:
    """The exit status of each refusal; the narrower kind comes before the wider."""
    from bot.directory_file import DirectoryProblems
    from bot.policy_file import PolicyProblems
    from bot.ports import StorageDown
    from storage.errors import EngineHeld, KeyRefused, StorageRefused

    return {
        Refusal: FAILED,
        EngineHeld: HELD,
        PortTaken: HELD,
        KeyRefused: KEYS,
        SettingsRefused: USAGE,
        PolicyProblems: USAGE,
        DirectoryProblems: USAGE,
        StorageRefused: USAGE,
        StorageDown: USAGE,
    }


def say(sentence: str) -> None:
    """One sentence on standard error."""
    sys.stderr.write(f"{sentence}\n")


def plain(value: object) -> object:
    """A value as JSON has it: instants in UTC ISO 8601, enums in lower case."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return value


def show(rows: Sequence[Row], *, as_json: bool, title: str, empty: str, table: Sequence[str] = ()) -> None:
    """Rows as one JSON object on standard output, or as a table; `empty` is said when there is none.

    `table` names the columns that a person is shown, all of them when it is left out; a machine gets every one.
    """
    if as_json:
        sys.stdout.write(json.dumps({"items": plain(list(rows))}, ensure_ascii=False) + "\n")
        return
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if not rows:
        console.print(empty)
        return
    names = table or tuple(rows[0])
    if console.width < COLUMN * len(names):
        _stacked(console, [{name: row[name] for name in names} for row in rows], title)
        return
    drawn = Table(title=title, title_justify="left", header_style="bold")
    for name in names:
        drawn.add_column(name.replace("_", " "), overflow="fold")
    for row in rows:
        drawn.add_row(*(words(row[name]) for name in names))
    console.print(drawn)


def _stacked(console: "Console", rows: Sequence[Row], title: str) -> None:
    """Rows one below the other, a line a value: a table of many columns is unreadable on a narrow screen."""
    from rich.markup import escape

    console.print(f"[bold]{escape(title)}[/bold]")
    for row in rows:
        console.print()
        for name, value in row.items():
            console.print(f"[bold]{name.replace('_', ' ')}[/bold]: {escape(words(value))}", highlight=False)


def words(value: object) -> str:
    """A value as a person reads it: instants in the time of London, nothing as a dash, codes as words."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(LONDON).strftime("%a %d %b %H:%M:%S")
    if isinstance(value, Enum):
        return words(value.value)
    if isinstance(value, (list, tuple)):
        return ", ".join(words(item) for item in value) or "–"
    return str(value).replace("_", " ")
