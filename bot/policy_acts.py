"""Rows about what people record and what a form asks: acts and details, read from their tables."""

from bot.domain.concerns import Act, ActInput, ActKind, Detail, DetailChoice
from bot.domain.gates import Transition
from bot.policy_format import Table


def read_act(code: str, row: Table) -> Act:
    """Something that a person records from a list."""
    act = Act(
        code=code,
        label=row.text("label"),
        kind=row.choice("kind", ActKind),
        concerns=row.some_codes("concerns"),
        implies=frozenset(row.codes("implies")),
        passes=row.choice("passes", Transition) if row.has("passes") else None,
        raises=row.text("raises") if row.has("raises") else None,
        ends=row.text("ends") if row.has("ends") else None,
        asks=frozenset(row.choices("asks", ActInput)),
        names=row.text("names") if row.has("names") else None,
        owns=frozenset(row.codes("owns")),
        apart_from=frozenset(row.codes("apart_from")),
        after=frozenset(row.codes("after")),
        only=row.text("only") if row.has("only") else None,
        least=row.text("least") if row.has("least") else None,
    )
    row.done()
    return act


def read_detail(code: str, row: Table) -> Detail:
    """What the form of a concern asks beside the six inputs."""
    detail = Detail(
        code=code,
        label=row.text("label"),
        hint=row.text("hint", ""),
        choices=tuple(_choice(choice, table) for choice, table in row.rows("choices")),
        several=row.flag("several", default=False),
    )
    row.done()
    return detail


def _choice(code: str, row: Table) -> DetailChoice:
    choice = DetailChoice(
        code=code,
        label=row.text("label"),
        yes=frozenset(row.codes("yes")),
        no=frozenset(row.codes("no")),
        unknown=frozenset(row.codes("unknown")),
        concern=row.text("concern") if row.has("concern") else None,
        refusal=row.text("refusal", ""),
        note=row.text("note", ""),
    )
    row.done()
    return choice
