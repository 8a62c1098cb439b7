"""chat.*, pins.* and reactions.* of the Web API."""

from bot.practice.arguments import flag, needed, page
from bot.practice.posting import as_slack, bot_message, content, may_post, metadata, spend
from bot.practice.records import Message, Room
from bot.practice.wire import ApiError, Json
from bot.practice.workspace import Workspace, room_for_bot

HISTORY_PAGE = 100


def post_message(workspace: Workspace, args: Json) -> Json:
    """chat.postMessage: to a channel, a thread or (by user id) a direct message."""
    room = room_for_bot(workspace, needed(args, "channel"))
    may_post(workspace, room)
    text, blocks = content(workspace, args)
    found = metadata(args)
    thread_ts = args.get("thread_ts")
    spend(workspace, room)
    if thread_ts and workspace.message(room, thread_ts) is None:
        thread_ts = None
    message = bot_message(workspace, room, text, blocks, thread_ts=thread_ts, metadata=found)
    workspace.add(message)
    shown = as_slack(workspace, message, with_metadata=True)
    answer: Json = {"channel": room.id, "ts": message.ts, "message": shown}
    if blocks and not text.strip():
        answer["warning"] = "missing_text_in_message"
    return answer


def post_ephemeral(workspace: Workspace, args: Json) -> Json:
    """chat.postEphemeral: one person sees it, until they reload."""
    room = room_for_bot(workspace, needed(args, "channel"))
    may_post(workspace, room)
    reader = needed(args, "user")
    if reader not in room.members or reader in workspace.deactivated:
        raise ApiError("user_not_in_channel")
    text, blocks = content(workspace, args)
    message = bot_message(workspace, room, text, blocks, thread_ts=args.get("thread_ts"), ephemeral_to=reader)
    workspace.add(message)
    for act in workspace.acts:
        if act.seat == reader:
            act.replies.append(message)
    return {"message_ts": message.ts}


def own_message(workspace: Workspace, room: Room, ts: str, refusal: str) -> Message:
    """The bot's own message of that timestamp; ApiError `message_not_found`, or `refusal` for another's."""
    message = workspace.message(room, ts)
    if message is None or message.ephemeral_to:
        raise ApiError("message_not_found")
    if message.seat != workspace.bot_id:
        raise ApiError(refusal)
    return message


def update(workspace: Workspace, args: Json) -> Json:
    """chat.update: blocks that are left out stay, `[]` takes them away."""
    room = room_for_bot(workspace, needed(args, "channel"))
    message = own_message(workspace, room, needed(args, "ts"), "cant_update_message")
    may_post(workspace, room)
    text, blocks = content(workspace, args)
    message.text = text
    if args.get("blocks") is not None:
        message.blocks = blocks
    if args.get("metadata") is not None:
        message.metadata = metadata(args)
    message.edited = workspace.new_ts()
    workspace.journal.ring()
    return {"channel": room.id, "ts": message.ts, "text": text, "message": as_slack(workspace, message)}


def delete(workspace: Workspace, args: Json) -> Json:
    """chat.delete: the bot's own messages."""
    room = room_for_bot(workspace, needed(args, "channel"))
    message = own_message(workspace, room, needed(args, "ts"), "cant_delete_message")
    room.messages.remove(message)
    workspace.journal.ring()
    return {"channel": room.id, "ts": message.ts}


def get_permalink(workspace: Workspace, args: Json) -> Json:
    """chat.getPermalink: an address on this server's page."""
    room = room_for_bot(workspace, needed(args, "channel"))
    message = any_message(workspace, room, needed(args, "message_ts"))
    return {"channel": room.id, "permalink": permalink(workspace, message)}


def permalink(workspace: Workspace, message: Message) -> str:
    """The address of a message on the page."""
    return f"{workspace.url}/archives/{message.channel}/p{message.ts.replace('.', '')}"


def any_message(workspace: Workspace, room: Room, ts: str) -> Message:
    """The message of that timestamp, whoever wrote it."""
    message = workspace.message(room, ts)
    if message is None or message.ephemeral_to:
        raise ApiError("message_not_found")
    return message


def pins_add(workspace: Workspace, args: Json) -> Json:
    """pins.add."""
    room = room_for_bot(workspace, needed(args, "channel"))
    may_post(workspace, room)
    message = any_message(workspace, room, needed(args, "timestamp"))
    if message.ts in room.pins:
        raise ApiError("already_pinned")
    room.pins.append(message.ts)
    workspace.journal.ring()
    return {}


def pins_remove(workspace: Workspace, args: Json) -> Json:
    """pins.remove."""
    room = room_for_bot(workspace, needed(args, "channel"))
    ts = needed(args, "timestamp")
    if ts not in room.pins:
        raise ApiError("no_pin")
    room.pins.remove(ts)
    workspace.journal.ring()
    return {}


def pins_list(workspace: Workspace, args: Json) -> Json:
    """pins.list."""
    room = room_for_bot(workspace, needed(args, "channel"))
    pinned = [message for message in room.messages if message.ts in room.pins]
    items = [{"type": "message", "channel": room.id, "message": as_slack(workspace, one)} for one in pinned]
    return {"items": items}


def reactions_add(workspace: Workspace, args: Json) -> Json:
    """reactions.add."""
    room = room_for_bot(workspace, needed(args, "channel"))
    may_post(workspace, room)
    message = any_message(workspace, room, needed(args, "timestamp"))
    users = message.reactions.setdefault(needed(args, "name"), [])
    if workspace.bot_id in users:
        raise ApiError("already_reacted")
    users.append(workspace.bot_id)
    workspace.journal.ring()
    return {}


def history(workspace: Workspace, args: Json) -> Json:
    """conversations.history: newest first, threads' replies left out, bounded by oldest, latest and limit."""
    room = readable(workspace, args)
    own = [one for one in room.messages if not one.ephemeral_to and one.thread_ts in (None, one.ts)]
    return _bounded(workspace, room, list(reversed(own)), args)


def replies(workspace: Workspace, args: Json) -> Json:
    """conversations.replies: the parent and its thread, oldest first."""
    room = readable(workspace, args)
    parent = needed(args, "ts")
    if workspace.message(room, parent) is None:
        raise ApiError("thread_not_found")
    thread = [one for one in room.messages if not one.ephemeral_to and parent in (one.ts, one.thread_ts)]
    return _bounded(workspace, room, thread, args)


def readable(workspace: Workspace, args: Json) -> Room:
    """The room of a reading call; the bot must be in it."""
    room = room_for_bot(workspace, needed(args, "channel"))
    if workspace.bot_id not in room.members:
        raise ApiError("not_in_channel")
    return room


def _bounded(workspace: Workspace, room: Room, messages: list[Message], args: Json) -> Json:
    from_ts = _seconds(args, "oldest", 0.0)
    to_ts = _seconds(args, "latest", float("inf"))
    inclusive = flag(args, "inclusive")
    with_metadata = flag(args, "include_all_metadata")
    kept = []
    for message in messages:
        at = float(message.ts)
        if from_ts < at < to_ts or (inclusive and at in (from_ts, to_ts)):
            kept.append(_with_replies(room, as_slack(workspace, message, with_metadata=with_metadata)))
    some, cursor = page(kept, args, HISTORY_PAGE)
    return {"messages": some, "has_more": bool(cursor), "response_metadata": {"next_cursor": cursor}}


def _with_replies(room: Room, shown: Json) -> Json:
    count = sum(1 for one in room.messages if one.thread_ts == shown["ts"] and not one.ephemeral_to)
    return shown | {"thread_ts": shown["ts"], "reply_count": count} if count else shown


def _seconds(args: Json, name: str, default: float) -> float:
    value = args.get(name)
    try:
        return default if value in (None, "") else float(str(value))
    except ValueError:
        raise ApiError(f"invalid_ts_{name}") from None
