"""How long the policy takes: loading and validating a file (limit 300 ms), and one case held against all of it (limit 1 ms).

Run with `python -m bench.policy` from the root; the first line includes importing the bank holidays, as a start does.
"""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

ROUNDS = 500


def main() -> None:
    """Print the three figures in milliseconds."""
    began = perf_counter()
    from bot.policy_file import load_policy  # noqa: PLC0415 - its import is part of what is measured

    policy = load_policy()
    print(f"first load, imports and all: {1000 * (perf_counter() - began):.0f} ms")

    with TemporaryDirectory() as place:
        own = Path(place) / "force.toml"
        own.write_text('[milestones.first_action]\ndue.P2 = "6h"\n', encoding="utf-8")
        began = perf_counter()
        load_policy(own)
        print(f"a force's file over the default: {1000 * (perf_counter() - began):.0f} ms")

    from bot.policy_report import facts_of, tried  # noqa: PLC0415 - after the load, so that it is not counted there

    at = datetime(2026, 11, 23, 10, tzinfo=UTC)
    answers = facts_of("exploitation_marker=yes,under_13=unknown,self_harm_or_substances=no,danger_while_missing=yes")
    began = perf_counter()
    for _ in range(ROUNDS):
        tried(policy, "missing_from_care", "low", answers, frozenset(), at)
    each = 1000 * (perf_counter() - began) / ROUNDS
    print(f"a case: floors, band, every deadline and every step: {each:.2f} ms")


if __name__ == "__main__":
    main()
