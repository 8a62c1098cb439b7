import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = {"bot", "handlers", "storage", "tests", "bench"}
LOADED_BY_NAME = {"psycopg", "tzdata"}  # by SQLAlchemy's address of the database, and by zoneinfo


def plain(name: str) -> str:
    """A distribution's name as indexes compare it, without extras and versions."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", name, maxsplit=1)[0]).lower()


def imported(*folders: str) -> Iterator[str]:
    """The distributions that the code in some folders imports."""
    distributions = packages_distributions()
    for module in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            for top in {name.partition(".")[0] for name in names} - sys.stdlib_module_names - OURS:
                yield from map(plain, distributions.get(top, [top]))


def declared() -> tuple[set[str], set[str]]:
    """What the product says that it needs, and what its tests need besides."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = project["dependency-groups"]
    return {plain(name) for name in project["project"]["dependencies"]}, {
        plain(name) for group in groups.values() for name in group
    }


def test_everything_that_the_product_imports_is_declared_and_nothing_else_is() -> None:
    needed, _ = declared()
    assert set(imported("bot", "handlers", "storage")) == needed - LOADED_BY_NAME


def test_everything_that_the_tests_import_is_declared() -> None:
    needed, besides = declared()
    assert set(imported("tests", "bench")) - needed - besides == set()


def test_every_declared_package_is_locked() -> None:
    needed, besides = declared()
    locks = "".join((ROOT / f"requirements{kind}.txt").read_text("utf-8") for kind in ("", "-dev", "-sqlcipher"))
    assert needed | besides <= {plain(line) for line in locks.splitlines() if "==" in line}
