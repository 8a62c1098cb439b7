"""The demo week as values: 60 invented referrals, when each arrives, and what people then do."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from bot.directory_format import LOCAL
from bot.domain.deadlines import Deadline
from bot.domain.ids import AgencyId, PersonId
from bot.domain.redaction import ACKNOWLEDGE

DEMO_WEEK = Path(__file__).with_name("demo_week.toml")
DEMO_POLICY = Path(__file__).with_name("demo_policy.toml")

BEFORE_DUE = "before due"
PLACES = (BEFORE_DUE, "after step 1", "after step 2", "after step 3")
"""Where the receiving agency's acknowledgement comes on its ladder, soonest first."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody does at an instant; `code` is the grade given or the act recorded, empty for an acknowledgement.

    `filled` is what they put into the form of an act that asks for more, by label.
    """

    at: datetime
    by: PersonId
    code: str = ""
    filled: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """One referral of the week with what follows it.

    `facts` maps fact codes to yes, no or unknown. `due_at` and `falls` say where on its ladder the acknowledgement of
    children's social care is planned to come; `acknowledged` is that, `police` is the police's own,
    `graded` is the grade that the receiver gives or confirms. `acted` is what either
    of them records afterwards, in order.
    """

    number: int
    arrives_at: datetime
    by: PersonId
    channel: str
    concern: str
    grade: str | None
    asks_for: str
    children: tuple[str, ...]
    happened: str
    area: str
    facts: Mapping[str, str]
    due_at: datetime
    falls: str
    acknowledged: Deed
    police: Deed
    graded: Deed
    acted: tuple[Deed, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """The items in the order in which they arrive."""

    items: tuple[Item, ...]

    @property
    def starts_at(self) -> datetime:
        """Monday 00:00 of the week, local time."""
        first = self.items[0].arrives_at.astimezone(LOCAL)
        return first.replace(hour=0, minute=0, second=0).astimezone(UTC)

    @property
    def planned(self) -> dict[str, int]:
        """How many acknowledgements are planned to come at each place of the ladder."""
        return {place: sum(item.falls == place for item in self.items) for place in PLACES}


def places(deadlines: Iterable[Deadline], agency: AgencyId) -> dict[str, int]:
    """How many acknowledgements of an agency came at each place of its ladder; those past step 3, or missing, in none."""
    counted = dict.fromkeys(PLACES, 0)
    for deadline in deadlines:
        if deadline.kind == ACKNOWLEDGE and deadline.agency == agency and deadline.ending is not None:
            steps = [step.at for step in deadline.plan.steps if step.number > 0]
            passed = sum(at <= deadline.ending.at for at in steps)
            if passed < len(PLACES):
                counted[PLACES[passed]] += 1
    return counted


def load_week(path: Path = DEMO_WEEK) -> Week:
    """The week of a file; KeyError names a key that is missing from it."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    items = [_item(row) for row in document["referral"]]
    return Week(tuple(sorted(items, key=lambda item: item.arrives_at)))


def _item(row: Mapping[str, object]) -> Item:
    return Item(
        number=cast("int", row["number"]),
        arrives_at=_utc(row["arrives"]),
        by=PersonId(str(row["by"])),
        channel=str(row["channel"]),
        concern=str(row["concern"]),
        grade=cast("str | None", row.get("grade")),
        asks_for=str(row["asks_for"]),
        children=tuple(cast("list[str]", row["children"])),
        happened=str(row["happened"]),
        area=str(row["area"]),
        facts=cast("Mapping[str, str]", row["facts"]),
        due_at=_utc(row["due"]),
        falls=str(row["falls"]),
        acknowledged=_deed(row["acknowledged"]),
        police=_deed(row["police"]),
        graded=_deed(row["graded"], "grade"),
        acted=tuple(_deed(deed, "act") for deed in cast("list[object]", row["acted"])),
    )


def _deed(value: object, code: str = "") -> Deed:
    row = cast("Mapping[str, object]", value)
    filled = cast("Mapping[str, object]", row.get("filled", {}))
    return Deed(_utc(row["at"]), PersonId(str(row["by"])), str(row[code]) if code else "", filled)


def _utc(value: object) -> datetime:
    """A time of the file is local unless it has an offset."""
    at = cast("datetime", value)
    return (at if at.tzinfo else at.replace(tzinfo=LOCAL)).astimezone(UTC)
