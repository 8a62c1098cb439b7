"""Putting messages into rooms: what chat.postMessage, a response_url and an ack have in common."""

from bot.practice import limits
from bot.practice.arguments import structure
from bot.practice.blocks import message_breaches, with_block_ids
from bot.practice.records import Message, Room
from bot.practice.wire import ApiError, Json
from bot.practice.workspace import Workspace


class RateLimited(Exception):
    """Too many messages to one channel: refused for `retry_after` seconds of practice time."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


def content(workspace: Workspace, args: Json) -> tuple[str, list[Json]]:
    """The text and blocks of a message, checked; ApiError names every breach."""
    text = str(args.get("text") or "")
    blocks = structure(args, "blocks")
    if args.get("attachments"):
        raise ApiError("invalid_attachments", "[ERROR] the practice workspace has no attachments: use blocks")
    if len(text) > limits.MAX_TEXT:
        raise ApiError("msg_too_long")
    if blocks is not None:
        breaches = message_breaches(blocks, native_charts=workspace.options.native_charts)
        if breaches:
            raise ApiError("invalid_blocks", *breaches)
    if not text.strip() and not blocks:
        raise ApiError("no_text")
    return text, with_block_ids(blocks, workspace.new_id) if isinstance(blocks, list) else []


def metadata(args: Json) -> Json | None:
    """The message metadata of a call, checked."""
    found = structure(args, "metadata")
    if found is None:
        return None
    good = isinstance(found, dict) and isinstance(found.get("event_payload"), dict)
    if not (
        good and isinstance(found, dict) and 0 < len(str(found.get("event_type") or "")) <= limits.METADATA_EVENT_TYPE
    ):
        raise ApiError("invalid_metadata_format", "[ERROR] metadata needs event_type and event_payload")
    return found


def may_post(workspace: Workspace, room: Room) -> None:
    """ApiError unless the bot may write in this room."""
    if room.archived:
        raise ApiError("is_archived")
    if workspace.bot_id not in room.members:
        raise ApiError("not_in_channel")


def spend(workspace: Workspace, room: Room) -> None:
    """Count one message against the channel: a burst, then one a second of practice time; else RateLimited."""
    now = workspace.clock.now()
    passed = limits.POST_BURST if room.refilled_at is None else (now - room.refilled_at).total_seconds()
    room.tokens = min(float(limits.POST_BURST), room.tokens + max(0.0, passed))
    room.refilled_at = now
    if room.tokens < 1:
        raise RateLimited(1)
    room.tokens -= 1


def bot_message(workspace: Workspace, room: Room, text: str, blocks: list[Json], **more: object) -> Message:
    """A new, not yet stored message of the bot."""
    thread_ts = more.get("thread_ts")
    found = more.get("metadata")
    return Message(
        channel=room.id,
        ts=workspace.new_ts(),
        seat=workspace.bot_id,
        text=text,
        blocks=blocks,
        thread_ts=str(thread_ts) if thread_ts else None,
        ephemeral_to=str(more["ephemeral_to"]) if more.get("ephemeral_to") else None,
        bot_id=workspace.cast.bot.bot_id,
        metadata=found if isinstance(found, dict) else None,
    )


def as_slack(workspace: Workspace, message: Message, *, with_metadata: bool = False) -> Json:
    """A message as Slack's API shows it."""
    author = workspace.person(message.seat)
    shown: Json = {
        "type": "message",
        "user": message.seat,
        "ts": message.ts,
        "text": message.text,
        "team": author.workspace if author else workspace.cast.home,
    }
    if message.bot_id:
        shown |= {"bot_id": message.bot_id, "app_id": workspace.cast.bot.app_id}
    if message.blocks:
        shown["blocks"] = message.blocks
    if message.thread_ts:
        shown["thread_ts"] = message.thread_ts
    if message.edited:
        shown["edited"] = {"user": message.seat, "ts": message.edited}
    if message.files:
        shown |= {"files": message.files, "subtype": "file_share"}
    if message.metadata and with_metadata:
        shown["metadata"] = message.metadata
    if message.reactions:
        shown["reactions"] = [
            {"name": name, "users": users, "count": len(users)} for name, users in message.reactions.items()
        ]
    return shown
