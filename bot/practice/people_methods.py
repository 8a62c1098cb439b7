"""auth, bots, team, users, conversations, usergroups and bookmarks of the Web API."""

import secrets

from bot.practice.arguments import flag, needed, paged
from bot.practice.cast import Seat
from bot.practice.records import Room
from bot.practice.wire import ApiError, Json
from bot.practice.workspace import Workspace, active_direct, room_for_bot


def api_test(_workspace: Workspace, args: Json) -> Json:
    """api.test: gives the arguments back; `error` is answered as an error."""
    if args.get("error"):
        raise ApiError(str(args["error"]))
    return {"args": args}


def auth_test(workspace: Workspace, _args: Json) -> Json:
    """auth.test: who the bot token is."""
    home, bot = workspace.organisation(workspace.cast.home), workspace.cast.bot
    return {
        "url": f"{workspace.url}/",
        "team": home.name,
        "team_id": home.id,
        "user": bot.name.lower(),
        "user_id": bot.user_id,
        "bot_id": bot.bot_id,
        "app_id": bot.app_id,
        "is_enterprise_install": False,
    }


def bots_info(workspace: Workspace, _args: Json) -> Json:
    """bots.info: the bot itself."""
    bot = workspace.cast.bot
    return {"bot": {"id": bot.bot_id, "app_id": bot.app_id, "user_id": bot.user_id, "name": bot.name, "deleted": False}}


def team_info(workspace: Workspace, args: Json) -> Json:
    """team.info: the home organisation, or the one named."""
    organisation = workspace.organisation(str(args.get("team") or workspace.cast.home))
    return {"team": {"id": organisation.id, "name": organisation.name, "domain": organisation.domain}}


def as_user(workspace: Workspace, seat: Seat) -> Json:
    """A person as Slack's API shows them; people of another organisation are strangers."""
    external = workspace.cast.is_external(seat)
    return {
        "id": seat.id,
        "team_id": seat.workspace,
        "name": seat.name.lower().replace(" ", "."),
        "real_name": seat.name,
        "deleted": seat.id in workspace.deactivated,
        "is_bot": seat.is_bot,
        "is_app_user": False,
        "is_restricted": seat.is_guest,
        "is_ultra_restricted": False,
        "is_stranger": external,
        "tz": "Europe/London",
        "tz_offset": 0,
        "profile": {
            "real_name": seat.name,
            "display_name": seat.name,
            "title": seat.role,
            "team": seat.workspace,
        }
        | ({"email": seat.email} if seat.email and not external else {}),
    }


def users_info(workspace: Workspace, args: Json) -> Json:
    """users.info."""
    seat = workspace.person(needed(args, "user"))
    if seat is None:
        raise ApiError("user_not_found")
    return {"user": as_user(workspace, seat)}


def users_list(workspace: Workspace, args: Json) -> Json:
    """users.list, in pages; people of other organisations are not in it."""
    home = [seat for seat in workspace.seats.values() if not workspace.cast.is_external(seat)]
    bot = workspace.person(workspace.bot_id)
    people = [*home, bot] if bot else home
    return paged("members", [as_user(workspace, seat) for seat in people], args)


def lookup_by_email(workspace: Workspace, args: Json) -> Json:
    """users.lookupByEmail: people of the home organisation with an active account."""
    email = needed(args, "email").casefold()
    for seat in workspace.seats.values():
        hidden = workspace.cast.is_external(seat) or seat.id in workspace.deactivated
        if seat.email.casefold() == email and not hidden:
            return {"user": as_user(workspace, seat)}
    raise ApiError("users_not_found")


def as_conversation(workspace: Workspace, room: Room) -> Json:
    """A room as Slack's API shows it."""
    if room.peer:
        return {"id": room.id, "is_im": True, "user": room.peer, "is_archived": False, "is_open": True}
    shared = bool(room.shared_with)
    return {
        "id": room.id,
        "name": room.name,
        "name_normalized": room.name,
        "is_channel": not room.private,
        "is_group": room.private,
        "is_im": False,
        "is_mpim": False,
        "is_private": room.private,
        "is_archived": room.archived,
        "is_general": False,
        "is_shared": shared,
        "is_ext_shared": shared,
        "is_org_shared": False,
        "is_member": workspace.bot_id in room.members,
        "context_team_id": workspace.cast.home,
        "shared_team_ids": [workspace.cast.home, *room.shared_with],
        "connected_team_ids": list(room.shared_with),
        "num_members": len(room.members),
        "topic": {"value": room.topic},
        "purpose": {"value": ""},
    }


def conversations_list(workspace: Workspace, args: Json) -> Json:
    """conversations.list, in pages: private ones only where the bot is a member."""
    kinds = {kind.strip() for kind in str(args.get("types") or "public_channel").split(",")}
    found = []
    for room in workspace.rooms.values():
        kind = "im" if room.peer else "private_channel" if room.private else "public_channel"
        hidden = room.private and workspace.bot_id not in room.members
        if kind in kinds and not hidden and not (room.archived and flag(args, "exclude_archived")):
            found.append(as_conversation(workspace, room))
    return paged("channels", found, args)


def conversations_info(workspace: Workspace, args: Json) -> Json:
    """conversations.info."""
    room = room_for_bot(workspace, needed(args, "channel"))
    return {"channel": as_conversation(workspace, room)}


def conversations_members(workspace: Workspace, args: Json) -> Json:
    """conversations.members, in pages of user ids."""
    room = room_for_bot(workspace, needed(args, "channel"))
    answer = paged("members", [{"id": member} for member in sorted(room.members)], args)
    return answer | {"members": [row["id"] for row in answer["members"]]}


def conversations_open(workspace: Workspace, args: Json) -> Json:
    """conversations.open: the direct message of one person."""
    if args.get("channel"):
        return {"channel": {"id": room_for_bot(workspace, args["channel"]).id}}
    users = [user for user in str(args.get("users") or "").split(",") if user]
    if len(users) != 1:
        raise ApiError("not_enough_users" if not users else "too_many_users", "[ERROR] one user at a time here")
    known = users[0] in {room.peer for room in workspace.rooms.values()}
    room = active_direct(workspace, users[0])
    return {"channel": {"id": room.id}, "no_op": known, "already_open": known}


def connections_open(workspace: Workspace, _args: Json) -> Json:
    """apps.connections.open: the address of a new Socket Mode connection, good for one use."""
    ticket = secrets.token_hex(12)
    workspace.socket_tickets.add(ticket)
    return {"url": f"{workspace.url.replace('http', 'ws', 1)}/socket?ticket={ticket}"}


def usergroups_list(workspace: Workspace, _args: Json) -> Json:
    """usergroups.list: the groups that were made through the control API."""
    return {"usergroups": [{"id": group, "handle": group.casefold()} for group in workspace.groups]}


def usergroups_users_list(workspace: Workspace, args: Json) -> Json:
    """usergroups.users.list: who is in a group."""
    members = workspace.groups.get(str(needed(args, "usergroup")))
    if members is None:
        raise ApiError("no_such_subteam")
    return {"users": list(members)}


def bookmarks_list(workspace: Workspace, args: Json) -> Json:
    """bookmarks.list."""
    return {"bookmarks": workspace.bookmarks.get(needed(args, "channel_id"), [])}


def bookmarks_add(workspace: Workspace, args: Json) -> Json:
    """bookmarks.add: links only."""
    room = room_for_bot(workspace, needed(args, "channel_id"))
    bookmark: Json = {
        "id": workspace.new_id("Bk"),
        "channel_id": room.id,
        "title": needed(args, "title"),
        "link": str(args.get("link") or ""),
        "type": "link",
    }
    workspace.bookmarks.setdefault(room.id, []).append(bookmark)
    return {"bookmark": bookmark}
