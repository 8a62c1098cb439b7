import ast
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "storage")
MODULE_LINES = 400
FUNCTION_LINES = 50
LONG_FUNCTIONS_SHARE = 0.02


class Function(NamedTuple):
    where: str
    lines: int


def modules() -> list[Path]:
    return sorted(chain.from_iterable((ROOT / package).rglob("*.py") for package in PACKAGES))


def functions() -> Iterator[Function]:
    for module in modules():
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                where = f"{module.relative_to(ROOT)}:{node.lineno} {node.name}"
                yield Function(where, (node.end_lineno or node.lineno) - node.lineno + 1)


def test_no_module_is_longer_than_400_lines() -> None:
    # A migration is as long as the change it makes, and is never edited once it is released.
    written = (module for module in modules() if module.parent.name != "versions")
    lines = {str(module.relative_to(ROOT)): len(module.read_text("utf-8").splitlines()) for module in written}
    assert {name: count for name, count in lines.items() if count > MODULE_LINES} == {}


def test_at_most_two_functions_in_a_hundred_are_longer_than_50_lines() -> None:
    known = list(functions())
    long = [function for function in known if function.lines > FUNCTION_LINES]
    assert len(long) <= LONG_FUNCTIONS_SHARE * len(known), long


def test_no_module_is_named_for_being_a_drawer() -> None:
    drawers = {"utils", "util", "helpers", "common", "manager", "base", "core", "misc"}
    assert [str(module.relative_to(ROOT)) for module in modules() if module.stem in drawers] == []
