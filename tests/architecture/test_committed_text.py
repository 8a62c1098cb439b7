import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Written with a one-letter class each, so that this file does not hold what it looks for.
INDEX_ADDRESS = re.compile(
    r"(?:py[p]i|python[h]osted|npm[j]s)\.(?:org|com|net)|^--(?:extra-)?index[-]url|^--find[-]links", re.MULTILINE
)
MACHINE_PATH = re.compile(r"(?<![\w.}/])/(?:wor[k]|roo[t]|hom[e]/\w+|User[s]/\w+)/")
SECRET = re.compile(r"xox[bp]-\d{6,}-|xapp-\d-[A-Z0-9]{8,}-|-----BEGI[N] [A-Z ]*PRIVATE KEY|AKI[A][0-9A-Z]{16}")


def committed_text() -> Iterator[tuple[str, str]]:
    """Path and text of every file that git tracks and that is text."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.is_file() and b"\0" not in (content := path.read_bytes()):
            yield name, content.decode("utf-8")


def holding(pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    return [(name, found.group()) for name, text in committed_text() for found in pattern.finditer(text)]


def test_no_committed_file_names_a_package_index() -> None:
    assert holding(INDEX_ADDRESS) == []


def test_no_committed_file_names_a_path_of_one_machine() -> None:
    assert holding(MACHINE_PATH) == []


def test_no_committed_file_holds_a_token_or_a_private_key() -> None:
    assert holding(SECRET) == []


def test_every_locked_requirement_carries_a_hash() -> None:
    for lock in ("requirements.txt", "requirements-dev.txt", "requirements-sqlcipher.txt"):
        entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text("utf-8"))
        pinned = [entry for entry in entries if not entry.startswith("#")]
        assert pinned
        assert [entry.splitlines()[0] for entry in pinned if "--hash=sha256:" not in entry] == [], lock
