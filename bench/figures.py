"""How a figure is printed: against its aim, and against the baseline of the same run."""

import statistics
from collections.abc import Sequence


def middle(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def p99(values: Sequence[float]) -> float:
    """The value that 99 in 100 stay at or under."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


def tell(what: str, value: float, unit: str, *, aim: float | None = None, baseline: float | None = None) -> None:
    """Print one figure on a line of its own."""
    parts = [f"{what:<58}{value:>10,.2f} {unit:<3}"]
    if baseline:
        parts.append(f"{value / baseline:>7.2f} x baseline ({baseline:,.2f} {unit})")
    if aim is not None:
        parts.append(f"aim {aim:,g} {unit}: {'met' if value <= aim else 'MISSED'}")
    print("  ".join(parts), flush=True)
