"""views.* of the Web API: opening, pushing, updating and publishing."""

import secrets
import time

from bot.practice import limits
from bot.practice.arguments import needed, structure
from bot.practice.blocks import view_breaches, with_block_ids
from bot.practice.fields import controls, initial_values, kept_values
from bot.practice.records import Trigger, View
from bot.practice.wire import ApiError, Json
from bot.practice.workspace import Workspace


def spent_trigger(workspace: Workspace, args: Json) -> Trigger:
    """The trigger of a call, used up by it: 3 s of real time, once, and not by people elsewhere."""
    trigger = workspace.triggers.get(needed(args, "trigger_id"))
    if trigger is None:
        raise ApiError("invalid_trigger_id")
    if trigger.used:
        raise ApiError("exchanged_trigger_id")
    if time.monotonic() - trigger.issued > limits.TRIGGER_WITHIN:
        raise ApiError("expired_trigger_id")
    seat = workspace.seats[trigger.seat]
    if workspace.cast.is_external(seat) and not workspace.options.external_modals:
        raise ApiError("restricted_action", "[ERROR] this person belongs to another organisation")
    trigger.used = True
    return trigger


def checked_view(args: Json, kind: str) -> Json:
    """The view of a call, checked against every limit."""
    view = structure(args, "view")
    breaches = view_breaches(view, kind=kind)
    if breaches or not isinstance(view, dict):
        raise ApiError("invalid_arguments", *breaches)
    return view


def new_view(workspace: Workspace, seat_id: str, body: Json, below: View | None = None) -> View:
    """A view record with Slack's made-up ids and the initial values of its fields."""
    view_id = workspace.new_id("V")
    body = body | {"blocks": with_block_ids(body["blocks"], workspace.new_id)}
    return View(
        id=view_id,
        seat=seat_id,
        body=body,
        hash=_hash(workspace),
        values=initial_values(controls(body["blocks"])),
        root_id=below.root_id if below else view_id,
        previous_id=below.id if below else None,
    )


def redraw(workspace: Workspace, view: View, body: Json) -> None:
    """Replace what a view shows; what was typed stays where block_id and action_id stay."""
    body = body | {"blocks": with_block_ids(body["blocks"], workspace.new_id)}
    view.values = kept_values(controls(body["blocks"]), view.values)
    view.body = body
    view.hash = _hash(workspace)
    for act in workspace.acts:
        if act.seat == view.seat and view not in act.views:
            act.views.append(view)
    workspace.journal.ring()


def push_view(workspace: Workspace, seat_id: str, body: Json) -> View:
    """Put a view on top of a person's open ones, three at most."""
    stack = workspace.stack(seat_id)
    if len(stack) >= limits.VIEW_STACK:
        raise ApiError("push_limit_reached")
    view = new_view(workspace, seat_id, body, stack[-1] if stack else None)
    stack.append(view)
    workspace.journal.ring()
    return view


def views_open(workspace: Workspace, args: Json) -> Json:
    """views.open: a new modal for whoever caused the trigger."""
    body = checked_view(args, "modal")
    trigger = spent_trigger(workspace, args)
    workspace.stack(trigger.seat).clear()
    view = push_view(workspace, trigger.seat, body)
    trigger.act.views.append(view)
    return {"view": as_slack_view(workspace, view)}


def views_push(workspace: Workspace, args: Json) -> Json:
    """views.push: a modal on top of the open ones."""
    body = checked_view(args, "modal")
    trigger = spent_trigger(workspace, args)
    if not workspace.stack(trigger.seat):
        raise ApiError("not_found", "[ERROR] no modal is open to push on")
    view = push_view(workspace, trigger.seat, body)
    trigger.act.views.append(view)
    return {"view": as_slack_view(workspace, view)}


def views_update(workspace: Workspace, args: Json) -> Json:
    """views.update: by view_id or external_id; with `hash`, only if nobody changed it since."""
    body = checked_view(args, "modal")
    external_id = args.get("external_id")
    view = workspace.view(args.get("view_id"))
    if view is None and external_id:
        view = next((one for one in workspace.views() if one.body.get("external_id") == external_id), None)
    if view is None or view.body.get("type") != "modal":
        raise ApiError("not_found")
    if args.get("hash") and args["hash"] != view.hash:
        raise ApiError("hash_conflict")
    redraw(workspace, view, body)
    return {"view": as_slack_view(workspace, view)}


def views_publish(workspace: Workspace, args: Json) -> Json:
    """views.publish: a person's Home tab."""
    body = checked_view(args, "home")
    user = needed(args, "user_id")
    if user not in workspace.seats:
        raise ApiError("user_not_found")
    view = workspace.homes.get(user)
    if view is not None and args.get("hash") and args["hash"] != view.hash:
        raise ApiError("hash_conflict")
    if view is None:
        view = workspace.homes[user] = new_view(workspace, user, body)
        workspace.journal.ring()
    else:
        redraw(workspace, view, body)
    return {"view": as_slack_view(workspace, view)}


def as_slack_view(workspace: Workspace, view: View) -> Json:
    """A view as Slack's API and payloads show it, with its state."""
    bot = workspace.cast.bot
    shown = {
        "id": view.id,
        "team_id": workspace.cast.home,
        "app_id": bot.app_id,
        "bot_id": bot.bot_id,
        "app_installed_team_id": workspace.cast.home,
        "hash": view.hash,
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id,
        "state": {"values": view.values},
    }
    defaults: Json = {
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "clear_on_close": False,
        "notify_on_close": False,
        "title": None,
        "submit": None,
        "close": None,
    }
    return defaults | view.body | shown


def _hash(workspace: Workspace) -> str:
    return f"{workspace.new_ts()}.{secrets.token_hex(4)}"
