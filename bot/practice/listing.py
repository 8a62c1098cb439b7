"""What control calls and the page show of rooms, messages and the state as a whole."""

from bot.practice.clock import iso
from bot.practice.fields import controls, shown_value
from bot.practice.interactions import untouched
from bot.practice.mrkdwn import notified
from bot.practice.records import Message, Room
from bot.practice.stage import Stage
from bot.practice.wire import Json
from bot.practice.workspace import Workspace


def message_row(workspace: Workspace, room: Room, message: Message, reader: str | None = None) -> Json:
    """One row of `/control/messages`; with a reader, what that person has chosen in it so far."""
    author = workspace.person(message.seat)
    found = controls(message.blocks)
    row: Json = {
        "ts": message.ts,
        "channel": room.id,
        "thread_ts": message.thread_ts,
        "seat": message.seat,
        "name": author.name if author else message.seat,
        "text": message.text,
        "blocks": message.blocks,
        "ephemeral_to": message.ephemeral_to,
        "edited": message.edited,
        "metadata": message.metadata,
        "pinned": message.ts in room.pins,
        "files": message.files,
        "reactions": message.reactions,
        "notifies": notified(message.text, message.blocks),
        "buttons": [control.as_button() for control in found],
    }
    if reader is not None:
        values = workspace.message_values.get((room.id, message.ts, reader), {})
        row["chosen"] = {
            f"{control.block_id}/{control.action_id}": shown_value(control, untouched(control, values))
            for control in found
        }
    return row


def messages(workspace: Workspace, room: Room, reader: str | None = None) -> list[Json]:
    """The messages of a room, oldest first; a reader sees only their own ephemerals."""
    return [
        message_row(workspace, room, message, reader)
        for message in room.messages
        if reader is None or message.ephemeral_to in (None, reader)
    ]


def room_row(workspace: Workspace, room: Room) -> Json:
    """A room as `/control/state` lists it."""
    shown = [message for message in room.messages if message.ephemeral_to is None]
    return {
        "id": room.id,
        "name": room.name,
        "peer": room.peer,
        "private": room.private,
        "archived": room.archived,
        "shared_with": list(room.shared_with),
        "topic": room.topic,
        "members": sorted(room.members),
        "bot_is_member": workspace.bot_id in room.members,
        "count": len(shown),
        "last_ts": shown[-1].ts if shown else None,
        "arrivals": [[message.ts, message.seat] for message in shown[-100:]],
    }


def state(stage: Stage) -> Json:
    """The whole state that `/control/state` answers with."""
    workspace = stage.workspace
    cast = workspace.cast
    seats = [
        {
            "id": seat.id,
            "name": seat.name,
            "team": seat.team,
            "role": seat.role,
            "workspace": seat.workspace,
            "organisation": workspace.organisation(seat.workspace).name,
            "is_external": cast.is_external(seat),
            "deactivated": seat.id in workspace.deactivated,
        }
        for seat in workspace.seats.values()
    ]
    return {
        "now": iso(workspace.clock.now()),
        "seats": seats,
        "channels": [room_row(workspace, room) for room in workspace.rooms.values()],
        "faults": [fault.as_json() for fault in workspace.faults.active],
        "bot": {
            "connected": stage.delivery.connected,
            "connections": len(stage.delivery.connections),
            "follows_clock": stage.follower.following(),
            "user_id": workspace.bot_id,
            "name": cast.bot.name,
            "next_due": iso(stage.follower.next_due) if stage.follower.next_due else None,
        },
        "commands": list(cast.commands),
        "first_seat": cast.first,
        "shortcuts": [
            {"callback_id": one.callback_id, "name": one.name, "on_message": one.on_message} for one in cast.shortcuts
        ],
        "changes": workspace.journal.changes,
    }
