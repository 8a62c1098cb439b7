"""A message that somebody raises a referral from: its words as plain text, and a key for the raising."""

import html
import re
from typing import Any

from bot.domain.ids import PersonId
from handlers.views.text import clean

Json = dict[str, Any]

_LABELLED = re.compile(r"<([^<>|]*)\|([^<>]*)>")
_PERSON = re.compile(r"<@[^<>]*>")
_BARE = re.compile(r"<([^<>]*)>")


def words(message: Json, *, most: int) -> tuple[str, bool]:
    """The message's words without Slack's markup, in at most so many characters, and whether some had to be left out.

    A mention becomes "somebody": a Slack id says nothing to a reader. Files are never looked at.
    """
    text = _PERSON.sub("somebody", str(message.get("text") or ""))
    text = _BARE.sub(lambda found: found[1].lstrip("!#"), _LABELLED.sub(lambda found: found[2], text))
    plain = clean(html.unescape(text))
    return plain[:most].rstrip(), len(plain) > most


def has_file(message: Json) -> bool:
    """Whether a file, or a picture shown from elsewhere, hangs on the message; it is never looked at."""
    shown = any(block.get("type") in {"image", "video", "file"} for block in message.get("blocks") or ())
    linked = any("image_url" in each for each in message.get("attachments") or ())
    return bool(message.get("files")) or bool(message.get("upload")) or shown or linked


def key(body: Json, person: PersonId) -> str:
    """The same for every delivery of one use of the shortcut."""
    where = f"{(body.get('channel') or {}).get('id', '')}:{body.get('message_ts', '')}"
    return f"message_shortcut:{where}:{body.get('action_ts', '')}:{person}"
