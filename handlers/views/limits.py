"""Slack's numbers for Block Kit, and the one way to stay inside them."""

import re

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
SECTION_TEXT = 2800
"""Slack takes 3,000 characters; the rest is room for what escaping adds."""
MESSAGE_TEXT = 4000
HEADER_TEXT = 150
CONTEXT_ELEMENTS = 10
ACTIONS_ELEMENTS = 25
OPTIONS = 100
BOX_OPTIONS = 10
OPTION_TEXT = 75
OPTION_VALUE = 150
BUTTON_TEXT = 75
BUTTON_LABEL = 75
BUTTON_VALUE = 2000
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_BUTTON = 30
PLACEHOLDER = 150
VIEW_TITLE = 24
PRIVATE_METADATA = 3000
IDENTIFIER = 255
PLAIN_INPUT = 3000

ELLIPSIS = "…"
_HALF_ESCAPED = re.compile(r"&[a-z]{0,3}$")


def clip(text: str, most: int) -> str:
    """The text in at most `most` characters; what is cut off leaves an ellipsis, and no half of an escaped character."""
    return text if len(text) <= most else _HALF_ESCAPED.sub("", text[: most - 1]).rstrip() + ELLIPSIS


def chunks(text: str, most: int) -> list[str]:
    """The whole text in pieces of at most `most` characters, cut at a line end or a space where there is one."""
    pieces = []
    rest = text
    while len(rest) > most:
        cut = max(rest.rfind("\n", 0, most), rest.rfind(" ", 0, most))
        cut = cut if cut > 0 else most
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest] if rest else pieces


def fitted(lines: list[str], most: int, more: str) -> str:
    """The lines in at most `most` characters, whole lines only; `more` with {n} in it says how many are left out."""
    kept: list[str] = []
    length = 0
    for number, line in enumerate(lines):
        said = clip(line, most // 2)
        left = more.format(n=len(lines) - number)
        last = number == len(lines) - 1
        if length + len(said) + 1 + (0 if last else len(left)) > most:
            return "\n".join([*kept, left])
        kept.append(said)
        length += len(said) + 1
    return "\n".join(kept)
