"""The list of scenarios: which codes there are, which test shows each, the page of them, and a run with a line each.

`python -m tests.scenarios.listing run` runs them all (so does `make scenarios`); `… page` writes docs/scenarios.md anew.
"""

import ast
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGE = ROOT / "docs" / "scenarios.md"
FAMILIES = {
    "Time": "T1 T2 T3 T4 T6 T7 T9 T10 T13",
    "Acknowledgements": "A1 A2 A3 A4 A6 A7 A8 A10 A11",
    "People and policy": "P1 P3 P4 P6 P7 P8 P9 P12",
    "Slack": "S1 S2 S3 S4 S5 S6 S7 S8 S10 S13",
    "What comes in": "I1 I2 I3 I4 I5 I6",
    "The process": "W1 W2 W3 W5 W6 W7 W8 W10",
}
CODES = tuple(code for codes in FAMILIES.values() for code in codes.split())
NAMES = {
    "slack": "Slack",
    "friday": "Friday",
    "monday": "Monday",
    "tuesday": "Tuesday",
    "sqlite": "SQLite",
    "cli": "CLI",
}
"""Words that a test's name cannot spell."""
MISSING = "no test"
_NAME = re.compile(r"test_([tapsiw]\d+)_(\w+)")


@dataclass(frozen=True, slots=True)
class Scenario:
    """One test of one code. `shows` is its docstring's first line, else its name as a sentence."""

    code: str
    shows: str
    path: Path
    test: str

    @property
    def node(self) -> str:
        """The test as pytest names it."""
        return f"{self.path.relative_to(ROOT).as_posix()}::{self.test}"


@dataclass(frozen=True, slots=True)
class Result:
    """How the tests of one scenario ended, all its parameters together."""

    word: str
    seconds: float
    why: tuple[str, ...] = ()


def written() -> list[Scenario]:
    """Every scenario that has a test, in the order of the files."""
    return [found for path in sorted(HERE.glob("test_*.py")) for found in _of(path)]


def _of(path: Path) -> Iterable[Scenario]:
    for node in ast.parse(path.read_text("utf-8")).body:
        named = _NAME.fullmatch(node.name) if isinstance(node, ast.FunctionDef) else None
        if named and isinstance(node, ast.FunctionDef):
            said = (ast.get_docstring(node) or "").split("\n", 1)[0].rstrip(".")
            yield Scenario(named[1].upper(), said or _sentence(named[2]), path, node.name)


def _sentence(words: str) -> str:
    first, *rest = (NAMES.get(word, word) for word in words.split("_"))
    return " ".join([first[:1].upper() + first[1:], *rest])


def page() -> str:
    """docs/scenarios.md as it should be."""
    by_code = {scenario.code: scenario for scenario in written()}
    lines = [
        "# Scenarios",
        "",
        "Each of these is one test of the whole app: the real bot in a practice workspace over its real transport, with the",
        "clock moved by hand. A message that nobody expected fails it, and so does any error that it did not allow; how that",
        "works is in [tests/scenarios/README.md](../tests/scenarios/README.md). `make scenarios` runs them and prints this list",
        "with how each ended and how long it took. This page is made from the tests: `python -m tests.scenarios.listing page`.",
    ]
    for family, codes in FAMILIES.items():
        lines += ["", f"## {family}", "", "| | What is shown | Test |", "|---|---|---|"]
        lines += [_row(code, by_code.get(code)) for code in codes.split()]
    return "\n".join(lines) + "\n"


def _row(code: str, scenario: Scenario | None) -> str:
    if scenario is None:
        return f"| {code} | {MISSING} | |"
    path = scenario.path.relative_to(ROOT).as_posix()
    return f"| {code} | {scenario.shows}. | [{scenario.path.name}](../{path}) |"


def results(junit: str) -> dict[str, Result]:
    """How each test ended, by its name without parameters, from a JUnit report."""
    ended: dict[str, list[ET.Element]] = {}
    for case in ET.fromstring(junit).iter("testcase"):
        ended.setdefault(str(case.get("name")).split("[")[0], []).append(case)
    return {name: _result(cases) for name, cases in ended.items()}


def _result(cases: Sequence[ET.Element]) -> Result:
    seconds = sum(float(case.get("time") or 0) for case in cases)
    bad = [part for case in cases for part in case if part.tag in {"failure", "error"}]
    if bad:
        return Result("FAILED", seconds, tuple(str(part.get("message")) for part in bad))
    skipped = any(part.tag == "skipped" for case in cases for part in case)
    return Result("skipped" if skipped else "passed", seconds)


def report(scenarios: Iterable[Scenario], ended: Mapping[str, Result]) -> list[str]:
    """One line for each code, and under a failed one why."""
    by_code = {scenario.code: scenario for scenario in scenarios}
    lines: list[str] = []
    for family, codes in FAMILIES.items():
        lines.append(f"\n{family}")
        for code in codes.split():
            scenario = by_code.get(code)
            result = ended.get(scenario.test) if scenario else None
            if scenario is None or result is None:
                lines.append(f"  {code:4} {MISSING if scenario is None else 'not run'}")
                continue
            lines.append(f"  {code:4} {result.word:7} {result.seconds:5.1f} s  {scenario.shows}")
            lines += [f"       {line}" for why in result.why for line in why.splitlines()]
    return lines


def run(arguments: Sequence[str]) -> int:
    """Run every scenario and print the list; pytest's exit status, 1 when a code has no test."""
    scenarios = written()
    with tempfile.TemporaryDirectory() as place:
        junit = Path(place) / "report.xml"
        spread = [] if "-n" in arguments else ["-n", "auto", "--maxprocesses", "4"]
        command = [sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=no", *spread, f"--junitxml={junit}"]
        ran = subprocess.run(
            [*command, *arguments, *(scenario.node for scenario in scenarios)],
            cwd=ROOT,
            check=False,
            stdout=subprocess.PIPE,
            text=True,
        )
        if not junit.exists():
            _print(ran.stdout)
            return ran.returncode or 1
        ended = results(junit.read_text("utf-8"))
    _print("\n".join(report(scenarios, ended)))
    passed = sum(result.word == "passed" for result in ended.values())
    _print(f"\n{passed} of {len(CODES)} scenarios passed.")
    return ran.returncode or int({scenario.code for scenario in scenarios} != set(CODES))


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["page"]:
            PAGE.write_text(page(), "utf-8")
        case ["run", *arguments]:
            sys.exit(run(arguments))
        case _:
            sys.exit(__doc__)
