import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
OUR_FILE = re.compile(r"(?<![\w./-])((?:bot|handlers|storage|tests|docs|bench)/[\w./-]+\.\w+)")
TARGET = re.compile(r"^([a-z]+):.*## ", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_a_page_links_or_names_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    linked = [link for link in LINK.findall(text) if not (page.parent / link).exists()]
    named = [name for name in OUR_FILE.findall(text) if not ((ROOT / name).exists() or (page.parent / name).exists())]
    assert linked + named == []


def test_every_make_target_that_the_pages_name_is_there() -> None:
    targets = set(TARGET.findall((ROOT / "Makefile").read_text("utf-8")))
    named = {
        name for page in PAGES for name in re.findall(r"(?:^|`)make ([a-z]+)", page.read_text("utf-8"), re.MULTILINE)
    }
    assert named <= targets


def test_decisions_are_numbered_in_order_each_once_and_begin_with_their_number() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [page.name[:4] for page in pages] == [f"{n:04}" for n in range(1, len(pages) + 1)]
    assert [page.name for page in pages if not page.read_text("utf-8").startswith(f"# {page.name[:4]} ")] == []
