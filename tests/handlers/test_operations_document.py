from pathlib import Path

from bot.clock import SystemClock
from handlers.health import RecordCollector
from handlers.vitals import Vitals
from tests.handlers.desks import StillClock
from tests.handlers.pulse import FIGURES, FINDING, Stopwatch

DOCUMENT = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")


def a_sick_bot() -> Vitals:
    """Everything that can be wrong is."""
    vitals = Vitals(SystemClock(), Stopwatch())
    vitals.audited([FINDING])
    vitals.registry.register(RecordCollector(lambda: FIGURES, vitals, StillClock()))
    return vitals


def test_operations_say_what_to_do_for_every_reason_that_health_can_give() -> None:
    reasons = a_sick_bot().reasons()
    assert len(reasons) == 5
    assert [reason.code for reason in reasons if f"| `{reason.code}` |" not in DOCUMENT] == []


def test_operations_explain_every_metric() -> None:
    names = {metric.name + ("_total" if metric.type == "counter" else "") for metric in a_sick_bot().registry.collect()}
    assert len(names) > 12
    assert [name for name in sorted(names) if f"`{name}`" not in DOCUMENT] == []
