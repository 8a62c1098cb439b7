import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
BOT = ROOT / "bot"
DOMAIN = sorted((BOT / "domain").rglob("*.py"))
SERVICES = [BOT / "ports.py", *sorted((BOT / "repositories").rglob("*.py")), *sorted((BOT / "services").rglob("*.py"))]
OUTSIDE = {"asyncio", "logging", "os", "pathlib", "random", "socket", "sqlite3", "subprocess", "threading", "urllib"}


def imported(modules: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Each module's path with the full name of each thing that it imports."""
    for module in modules:
        where = str(module.relative_to(ROOT))
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((where, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((where, f"{node.module}.{alias.name}") for alias in node.names)


def strangers(modules: Iterable[Path], known: tuple[str, ...]) -> list[tuple[str, str]]:
    return [
        (where, name)
        for where, name in imported(modules)
        if name.partition(".")[0] not in sys.stdlib_module_names and not f"{name}.".startswith(known)
    ]


def test_domain_imports_the_standard_library_and_itself_only() -> None:
    assert strangers(DOMAIN, ("bot.domain.",)) == []


def test_services_import_the_standard_library_their_log_and_what_is_below_them_only() -> None:
    assert (
        strangers(
            SERVICES, ("bot.domain.", "bot.ports.", "bot.repositories.", "bot.watch.", "bot.services.", "structlog.")
        )
        == []
    )


def test_domain_reaches_for_nothing_outside_itself() -> None:
    assert [(where, name) for where, name in imported(DOMAIN) if name.partition(".")[0] in OUTSIDE] == []
