"""A bot of a few listeners on Slack's own library: a form that grows, a card, a button, a Home."""

import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from slack_bolt import Ack, App, Respond
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.practice.server import PracticeServer

KINDS = ("Missing child", "Neglect")
COUNCIL = "T0COUNCIL"


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def options(*texts: str) -> list[dict[str, Any]]:
    return [{"text": plain(text), "value": text.lower().replace(" ", "_")} for text in texts]


def form(kind: str | None = None) -> dict[str, Any]:
    select = {"type": "static_select", "action_id": "kind", "options": options(*KINDS)}
    blocks: list[dict[str, Any]] = [
        {"type": "input", "block_id": "kind", "label": plain("Concern"), "element": select, "dispatch_action": True},
        {
            "type": "input",
            "block_id": "reference",
            "label": plain("Reference"),
            "element": {"type": "plain_text_input", "action_id": "reference", "min_length": 3},
        },
    ]
    if kind == "missing_child":
        boxes = {"type": "checkboxes", "action_id": "from", "options": options("From care", "From home")}
        blocks.append(
            {"type": "input", "block_id": "from", "label": plain("Missing from"), "element": boxes, "optional": True}
        )
    return {
        "type": "modal",
        "callback_id": "concern",
        "title": plain("Raise a concern"),
        "submit": plain("Check"),
        "blocks": blocks,
        "notify_on_close": True,
    }


def card(status: str) -> list[dict[str, Any]]:
    return [
        {"type": "header", "text": plain("SG-1")},
        {"type": "section", "text": {"type": "mrkdwn", "text": f"*{status}* <@U0SOCIAL> &lt;!channel&gt;"}},
        {
            "type": "actions",
            "block_id": "acts",
            "elements": [
                {"type": "button", "action_id": "acknowledge", "text": plain("Acknowledge"), "value": "1"},
                {
                    "type": "static_select",
                    "action_id": "act",
                    "placeholder": plain("Record action"),
                    "options": options("Visit made", "Strategy discussion"),
                },
                {"type": "overflow", "action_id": "more", "options": options("Close case")},
                {"type": "external_select", "action_id": "pick", "placeholder": plain("Pick"), "min_query_length": 0},
            ],
        },
    ]


class SmallBot:
    """Connects on entry; `seen` holds the payloads of block_actions, `followed` polls of the clock."""

    def __init__(self, server: PracticeServer) -> None:
        self.settings = server.bot_environment
        self.seen: list[dict[str, Any]] = []
        self.errors: list[str] = []
        self.late_done = threading.Event()
        self.on_heard: Callable[[], None] = lambda: None
        client = WebClient(token=self.settings["SLACK_BOT_TOKEN"], base_url=self.settings["SLACK_API_URL"])
        self.client = client
        self.app = App(client=client, signing_secret=self.settings["SLACK_SIGNING_SECRET"])
        self._listen()
        self.handler = SocketModeHandler(
            self.app,
            self.settings["SLACK_APP_TOKEN"],
            ping_interval=1,
            web_client=WebClient(token=self.settings["SLACK_BOT_TOKEN"], base_url=self.settings["SLACK_API_URL"]),
        )
        self.ready = threading.Event()
        self.handler.client.on_message_listeners.append(self._hello)

    def _hello(self, message: str) -> None:
        if '"hello"' in message:
            self.ready.set()

    def __enter__(self) -> Self:
        self.handler.connect()
        assert self.ready.wait(5)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        # The client would wait for its receive time-out of 3 s: end its waiting, then close it.
        client = self.handler.client
        client.auto_reconnect_enabled = False
        session = client.current_session
        if session is not None and session.sock is not None:
            session.sock.shutdown(socket.SHUT_RDWR)
        self.handler.close()

    def _listen(self) -> None:
        app = self.app
        app.command("/refer")(self.refer)
        app.command("/late")(self.late)
        app.command("/hello")(lambda ack: ack("Hello."))
        app.action("kind")(self.kind)
        app.action("acknowledge")(self.acknowledge)
        app.action("act")(self.record)
        app.action("more")(self.record)
        app.action("pick")(self.record)
        app.options("pick")(lambda ack, payload: ack(options=options(f"{payload['value']} one", "Two")))
        app.view("concern")(self.concern)
        app.view("review")(self.review)
        app.view_closed("concern")(lambda ack: ack())
        app.event("app_home_opened")(self.home)
        app.event("message")(self.heard)
        app.shortcut("raise")(self.shortcut)

    def refer(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=form())

    def shortcut(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        self.refer(ack, body, client)

    def late(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        threading.Event().wait(3.3)
        ack()
        try:
            client.views_open(trigger_id=body["trigger_id"], view=form())
        except SlackApiError as refusal:
            self.errors.append(refusal.response["error"])
        self.late_done.set()

    def kind(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        chosen = body["actions"][0]["selected_option"]["value"]
        client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=form(chosen))

    def concern(self, ack: Ack, body: dict[str, Any]) -> None:
        reference = body["view"]["state"]["values"]["reference"]["reference"]["value"]
        self.seen.append(body)
        if "44" not in reference:
            ack(response_action="errors", errors={"reference": "Reference must hold 44"})
            return
        review = {
            "type": "modal",
            "callback_id": "review",
            "title": plain("Check"),
            "submit": plain("Send"),
            "private_metadata": reference,
            "clear_on_close": True,
            "blocks": [{"type": "section", "text": plain(f"Reference {reference}")}],
        }
        ack(response_action="push", view=review)

    def review(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack(response_action="clear")
        client.chat_postMessage(channel="C0FRONTDOOR", text="SG-1 needs your acknowledgement", blocks=card("Waiting"))
        client.chat_postMessage(channel=body["user"]["id"], text="SG-1 was sent")

    def acknowledge(self, ack: Ack, body: dict[str, Any], client: WebClient, respond: Respond) -> None:
        ack()
        self.seen.append(body)
        client.chat_update(
            channel=body["channel"]["id"], ts=body["message"]["ts"], text="SG-1 acknowledged", blocks=card("Done")
        )
        respond(text="You acknowledged SG-1", replace_original=False)
        if body["user"]["team_id"] == COUNCIL:
            try:
                client.views_open(trigger_id=body["trigger_id"], view=form())
            except SlackApiError as refusal:
                self.errors.append(refusal.response["error"])

    def record(self, ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        ack()
        self.seen.append(body)
        respond(text=f"Recorded {body['actions'][0]['selected_option']['text']['text']}", replace_original=False)

    def home(self, event: dict[str, Any], client: WebClient) -> None:
        view = {"type": "home", "blocks": [{"type": "section", "text": plain("Nothing waits for you")}]}
        client.views_publish(user_id=event["user"], view=view)

    def heard(self, event: dict[str, Any]) -> None:
        self.seen.append(event)
        self.on_heard()
