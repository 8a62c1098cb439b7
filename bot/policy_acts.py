"""Rows about what people record and what a form asks: acts and details, read from their tables."""

from collections.abc import Mapping

from bot.domain.acts import Answer, Inputs
from bot.domain.concerns import Act, ActInput, ActKind, Detail, DetailChoice
from bot.domain.gates import Transition
from bot.policy_format import Table

LISTED = (
    "close", "no_further_action", "not_shared", "told_referrer", "direction", "request", "basis", "request_refused",
    "disagreement", "disagreement_settled", "reopen", "lower_grade", "extend", "waive", "override_floor", "merge",
)  # fmt: skip
"""What people give a listed reason for; acts may name lists of their own beside these."""


def read_act(code: str, row: Table) -> Act:
    """Something that a person records from a list."""
    answers = row.table("answers")
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
        answers={fact: answers.choice(fact, Answer) for fact in answers.raw},
        inputs=_inputs(row.table("inputs")) if row.has("inputs") else None,
        each_child=row.flag("each_child", default=False),
    )
    row.done()
    return act


def _inputs(row: Table) -> Inputs:
    """What has to be given when it is recorded; a form that asks for nothing is a press too many."""
    inputs = Inputs(
        says=row.text("says", ""),
        choose=row.text("choose", ""),
        listed=row.text("from", ""),
        several=row.flag("several", default=False),
        reason=row.text("reason", ""),
        count=row.text("count", ""),
    )
    if not (inputs.choose or inputs.reason or inputs.count):
        row.problems.note(row.key, "it asks for nothing.", 'Write inputs = { reason = "Why" }, or leave inputs out.')
    if bool(inputs.choose) != bool(inputs.listed):
        row.problems.note(
            row.key, "what is chosen needs its words and its list.", 'Write choose = "Checks made", from = "checks".'
        )
    row.done()
    return inputs


def read_listed(row: Table) -> Mapping[str, Mapping[str, str]]:
    """What can be chosen from a list, by what it is for."""
    names = dict.fromkeys((*LISTED, *row.raw))
    listed = {name: row.words(name) for name in names}
    row.done()
    return listed


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
