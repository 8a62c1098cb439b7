"""Slack's mrkdwn markup: found before un-escaping, so that an escaped `<!channel>` stays text."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.practice.wire import Json

TOKEN = re.compile(r"<([^<>\n]+)>")
KINDS = {"@": "user", "#": "channel", "!": "special"}


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of text (`kind` text, un-escaped) or one `<...>`: user, channel, special or link, and its label."""

    kind: str
    value: str
    label: str | None = None


def tokens(text: str) -> list[Token]:
    """The text cut into plain stretches and markup, in order."""
    found: list[Token] = []
    at = 0
    for match in TOKEN.finditer(text):
        if match.start() > at:
            found.append(Token("text", html.unescape(text[at : match.start()])))
        inner, _, label = match[1].partition("|")
        kind = KINDS.get(inner[0], "link")
        value = inner if kind == "link" else inner[1:]
        found.append(Token(kind, html.unescape(value), html.unescape(label) or None))
        at = match.end()
    if at < len(text):
        found.append(Token("text", html.unescape(text[at:])))
    return found


def mentioned(text: str) -> list[str]:
    """Who a text notifies: user ids, and `channel`, `here`, `everyone`."""
    found = [token for token in tokens(text) if token.kind in ("user", "special")]
    return [one.value for one in found if one.kind == "user" or one.value in ("channel", "here", "everyone")]


def notified(text: str, blocks: list[Json]) -> list[str]:
    """Who a message notifies: its blocks where it has any, its text otherwise; `plain_text` notifies nobody."""
    if not blocks:
        return mentioned(text)
    return list(dict.fromkeys(one for block in blocks for one in _in_block(block)))


def _in_block(part: Json) -> Iterator[str]:
    match part.get("type"):
        case "mrkdwn":
            yield from mentioned(str(part.get("text", "")))
        case "user":
            yield str(part["user_id"])
        case "broadcast":
            yield str(part["range"])
    for value in part.values():
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                yield from _in_block(inner)
