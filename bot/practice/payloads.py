"""The payloads of Slack, built from what a person did."""

from bot.practice.cast import Seat
from bot.practice.fields import Control, action
from bot.practice.posting import as_slack
from bot.practice.records import Message, Room, View
from bot.practice.view_methods import as_slack_view
from bot.practice.wire import Json
from bot.practice.workspace import Workspace


def _user(seat: Seat) -> Json:
    handle = seat.name.lower().replace(" ", ".")
    return {"id": seat.id, "username": handle, "name": handle, "team_id": seat.workspace}


def _frame(workspace: Workspace, seat: Seat, kind: str) -> Json:
    home = workspace.organisation(workspace.cast.home)
    return {
        "type": kind,
        "token": workspace.cast.bot.verification_token,
        "api_app_id": workspace.cast.bot.app_id,
        "team": {"id": home.id, "domain": home.domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "user": _user(seat),
    }


def _where(room: Room) -> Json:
    return {"id": room.id, "name": "directmessage" if room.peer else room.name}


def slash_command(workspace: Workspace, seat: Seat, room: Room, command: str, text: str, **ids: str) -> Json:
    """A slash command; `ids` are its trigger_id and response_url."""
    home = workspace.organisation(workspace.cast.home)
    where = _where(room)
    return {
        "token": workspace.cast.bot.verification_token,
        "api_app_id": workspace.cast.bot.app_id,
        "team_id": home.id,
        "team_domain": home.domain,
        "channel_id": where["id"],
        "channel_name": where["name"],
        "user_id": seat.id,
        "user_name": _user(seat)["name"],
        "command": command,
        "text": text,
        "is_enterprise_install": "false",
        **ids,
    }


def shortcut(workspace: Workspace, seat: Seat, callback_id: str, trigger_id: str) -> Json:
    """A global shortcut."""
    more = {"callback_id": callback_id, "trigger_id": trigger_id, "action_ts": workspace.new_ts()}
    return _frame(workspace, seat, "shortcut") | more


def message_action(
    workspace: Workspace, seat: Seat, room: Room, message: Message, callback_id: str, **ids: str
) -> Json:
    """A shortcut on a message."""
    return (
        _frame(workspace, seat, "message_action")
        | {
            "callback_id": callback_id,
            "channel": _where(room),
            "message_ts": message.ts,
            "message": as_slack(workspace, message),
            "action_ts": workspace.new_ts(),
        }
        | ids
    )


def _message_container(message: Message) -> Json:
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.ephemeral_to is not None,
    }
    return container | ({"thread_ts": message.thread_ts} if message.thread_ts else {})


def message_actions(
    workspace: Workspace, seat: Seat, room: Room, message: Message, control: Control, state: Json, **more: object
) -> Json:
    """A press or choice on a message; `more` holds `values`, trigger_id and response_url."""
    values = more.pop("values", {})
    shown = as_slack(workspace, message, with_metadata=True)
    return (
        _frame(workspace, seat, "block_actions")
        | {
            "container": _message_container(message),
            "channel": _where(room),
            "message": {"ts": message.ts} if message.ephemeral_to else shown,
            "state": {"values": values},
            "actions": [action(control, state, workspace.new_ts())],
        }
        | more
    )


def view_actions(workspace: Workspace, seat: Seat, view: View, control: Control, state: Json, trigger_id: str) -> Json:
    """A press or choice in a modal or Home."""
    return _frame(workspace, seat, "block_actions") | {
        "container": {"type": "view", "view_id": view.id},
        "view": as_slack_view(workspace, view),
        "trigger_id": trigger_id,
        "actions": [action(control, state, workspace.new_ts())],
    }


def view_submission(workspace: Workspace, seat: Seat, view: View, trigger_id: str) -> Json:
    """A form sent."""
    return _frame(workspace, seat, "view_submission") | {
        "view": as_slack_view(workspace, view),
        "trigger_id": trigger_id,
        "response_urls": [],
    }


def view_closed(workspace: Workspace, seat: Seat, view: View, *, cleared: bool) -> Json:
    """A form put away."""
    return _frame(workspace, seat, "view_closed") | {"view": as_slack_view(workspace, view), "is_cleared": cleared}


def block_suggestion(
    workspace: Workspace, seat: Seat, control: Control, query: str, where: View | tuple[Room, Message]
) -> Json:
    """The typing in a select whose options the app supplies."""
    payload = _frame(workspace, seat, "block_suggestion") | {
        "action_id": control.action_id,
        "block_id": control.block_id,
        "value": query,
    }
    if isinstance(where, View):
        container = {"type": "view", "view_id": where.id}
        return payload | {"container": container, "view": as_slack_view(workspace, where)}
    room, message = where
    return payload | {
        "container": _message_container(message),
        "channel": _where(room),
        "message": as_slack(workspace, message),
    }


def event(workspace: Workspace, body: Json, *, shared: bool = False) -> Json:
    """An event of the Events API."""
    bot, home = workspace.cast.bot, workspace.cast.home
    return {
        "type": "event_callback",
        "token": bot.verification_token,
        "team_id": home,
        "context_team_id": home,
        "context_enterprise_id": None,
        "api_app_id": bot.app_id,
        "event_id": workspace.new_id("Ev"),
        "event_time": int(workspace.clock.now().timestamp()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": home,
                "user_id": bot.user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
        "event": body,
    }
