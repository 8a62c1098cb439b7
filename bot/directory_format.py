"""The format of the directory file: every table, every key, and the shape that a value must have."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.directory import AgencyKind

LOCAL: Final = ZoneInfo("Europe/London")
"""A time in the file without an offset is a time of this zone."""

_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)


class Unfit(Exception):
    """A value of the wrong shape; the text says what is wanted."""


def _pattern(pattern: str, mend: str) -> Callable[[object], object]:
    compiled = re.compile(pattern)

    def shape(value: object) -> object:
        if isinstance(value, str) and compiled.fullmatch(value):
            return value
        raise Unfit(mend)

    return shape


def _codes(value: object) -> object:
    if isinstance(value, list):
        return tuple(_CODE(item) for item in value)
    mend = 'Write a list of ids, such as ["nadia-example"].'
    raise Unfit(mend)


def _emails(value: object) -> object:
    if isinstance(value, list):
        return tuple(_EMAIL(item) for item in value)
    mend = 'Write a list of addresses, such as ["duty-engineer@example.org"].'
    raise Unfit(mend)


def _flag(value: object) -> object:
    if isinstance(value, bool):
        return value
    mend = "Write true or false, without quotes."
    raise Unfit(mend)


def _kind(value: object) -> object:
    if isinstance(value, str) and value in set(AgencyKind):
        return AgencyKind(value)
    mend = f"Write one of {', '.join(AgencyKind)}."
    raise Unfit(mend)


def _instant(value: object) -> object:
    """UTC; a time without an offset is Europe/London's, and must exist there exactly once."""
    if not isinstance(value, datetime):
        mend = "Write a date and time without quotes, such as 2026-11-27T18:00:00."
        raise Unfit(mend)
    if value.tzinfo is not None:
        return value.astimezone(UTC)
    early, late = (value.replace(tzinfo=LOCAL, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early != late:
        mend = "The clocks change then in Europe/London: write the offset, +00:00 or +01:00."
        raise Unfit(mend)
    return early


_TEXT = _pattern(r".*\S.*", "Write text in quotes.")
_CODE = _pattern(r"[a-z0-9][a-z0-9_-]*", "Write small letters, digits, hyphens and underscores, in quotes.")
_USER = _pattern(r"[UW][A-Z0-9]{2,}", "Copy the member ID from the Slack profile; it starts with U or W.")
_SPACE = _pattern(r"[TE][A-Z0-9]{2,}", "Copy the Slack workspace ID; it starts with T or E.")
_CHANNEL = _pattern(r"[CG][A-Z0-9]{2,}", "Copy the ID from the channel's details; it starts with C or G.")
_GROUP = _pattern(r"S[A-Z0-9]{2,}", "Copy the ID from the user group's link in Slack; it starts with S.")
_CHANNEL_NAME = _pattern(r"[a-z0-9][a-z0-9_-]{0,79}", "Write the channel's name without #, in small letters.")
_EMAIL = _pattern(r"[^@\s]+@[^@\s]+\.[^@\s]+", "Write one address, such as duty@example.org.")
_PHONE = _pattern(r"\+?[0-9][0-9 ]{2,}[0-9]", "Write digits and spaces, in quotes.")


@dataclass(frozen=True, slots=True)
class Key:
    """One key: the shape of its value, what stands for a missing one, and whether it must be there."""

    shape: Callable[[object], object]
    empty: object = None
    required: bool = False


def _need(shape: Callable[[object], object], empty: object = "") -> Key:
    return Key(shape, empty, required=True)


_NONE: Final[Key] = Key(_codes, ())
TABLES: Final[Mapping[str, Mapping[str, Key]]] = MappingProxyType(
    {
        "agency": {
            "id": _need(_CODE), "name": _need(_TEXT), "kind": _need(_kind, AgencyKind.OTHER),
            "workspace": _need(_SPACE), "leads": _need(_codes, ()), "heads": _NONE, "executives": _NONE,
            "phone": Key(_PHONE, ""),
        },
        "department": {
            "id": _need(_CODE), "agency": _need(_CODE), "name": _need(_TEXT), "leads": _need(_codes, ()),
            "superintendents": _need(_codes, ()),
        },
        "team": {
            "id": _need(_CODE), "agency": _need(_CODE), "name": _need(_TEXT), "department": Key(_CODE),
            "channel": _need(_CHANNEL), "leaders": _need(_codes, ()), "duty": _need(_codes, ()), "email": Key(_EMAIL, ""),
            "briefs": Key(_flag, empty=False), "duty_group": Key(_GROUP, ""),
        },
        "person": {
            "id": _need(_CODE), "name": _need(_TEXT), "title": Key(_TEXT, ""), "agency": _need(_CODE),
            "team": Key(_CODE), "slack": Key(_USER), "workspace": Key(_SPACE), "email": Key(_EMAIL, ""),
            "phone": Key(_PHONE, ""), "supervisor": Key(_CODE), "active": Key(_flag, empty=True),
            "governance": Key(_flag, empty=False), "designated": Key(_flag, empty=False),
        },
        "school": {
            "id": _need(_CODE), "name": _need(_TEXT), "leads": _need(_codes, ()), "phone": Key(_PHONE, ""),
        },
        "route": {
            "agency": _need(_CODE), "team": _need(_CODE), "concern": Key(_CODE), "district": Key(_CODE),
        },
        "shift": {
            "team": _need(_CODE), "person": _need(_CODE), "from": _need(_instant, _LONG_AGO),
            "until": _need(_instant, datetime.max.replace(tzinfo=UTC)),
        },
        "cover": {
            "person": _need(_CODE), "by": Key(_CODE), "from": _need(_instant, _LONG_AGO),
            "until": _need(_instant, _LONG_AGO.replace(microsecond=1)),
        },
        "channel": {
            "id": _need(_CHANNEL), "name": _need(_CHANNEL_NAME), "private": Key(_flag, empty=True),
            "shared_with": _NONE, "members": _NONE,
        },
    }
)  # fmt: skip
"""Every table of the file with its keys: the shape of a value, what a missing one means, whether it must be there."""

TOP: Final[Mapping[str, Key]] = MappingProxyType(
    {
        "control_channel": _need(_CHANNEL),
        "force_channel": _need(_CHANNEL),
        "synthetic_channel": Key(_CHANNEL),
        "operators": Key(_emails, ()),
    },
)
"""The keys before the first table."""
