"""The Slack app's manifest: what Slack is asked to register for a deployment, and why each permission is asked for."""

import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

Json = dict[str, Any]

SCOPES: Mapping[str, str] = {
    "commands": "so that people can type the commands and use the shortcuts",
    "chat:write": "to post cards, reminders and digests, and to redraw cards in place",
    "pins:write": "to pin, once, the how-to in each team's channel and the concern card in shared ones",
    "im:write": "to open the direct message in which a person is reminded",
    "channels:history": "to look for its own message before it repeats one, in public channels",
    "groups:history": "the same in private channels",
    "im:history": "the same in direct messages",
    "channels:read": "to see whether it is still in a public channel of the directory",
    "groups:read": "the same for private channels",
    "usergroups:read": "to see who is on duty, where the directory says that a team's duty follows a user group",
    "users:read": "to see whether the people of the directory still have accounts",
}
"""Every scope of the bot with its reason; there is no user scope, and none for files."""


def manifest(*, request_url: str = "") -> Json:
    """The manifest for Socket Mode, or for HTTP mode when Slack is to send to a URL."""
    text = resources.files("handlers").joinpath("manifest.json").read_text(encoding="utf-8")
    found: Json = json.loads(text)
    if request_url:
        _by_http(found, request_url)
    return found


def _by_http(manifest: Json, request_url: str) -> None:
    """Slack sends to the URL instead of over a socket that the bot opens."""
    manifest["settings"]["socket_mode_enabled"] = False
    manifest["settings"]["interactivity"]["request_url"] = request_url
    for command in manifest["features"].get("slash_commands", ()):
        command["url"] = request_url
    events = manifest["settings"].get("event_subscriptions")
    if events is not None:
        events["request_url"] = request_url
    manifest["settings"]["interactivity"]["message_menu_options_url"] = request_url


def missing_scopes(granted: str) -> list[str]:
    """Which scopes of the manifest a token lacks; `granted` is Slack's own list with commas between."""
    held = {scope.strip() for scope in granted.split(",")}
    return [scope for scope in SCOPES if scope not in held]
