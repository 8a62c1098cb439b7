"""The baseline: a Bolt app that acknowledges whatever comes, at once, and does nothing else."""

import re
import threading

from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk import WebClient

from bot.settings import load

AT_ONCE = 20


def main() -> None:
    """Connect and acknowledge until killed."""
    settings = load(dotenv=None)
    client = WebClient(settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url)
    app = App(name="bare", client=client, token_verification_enabled=False)

    def acknowledge(ack: Ack) -> None:
        ack()

    app.command(re.compile(""))(acknowledge)
    app.action(re.compile(""))(acknowledge)
    app.view(re.compile(""))(acknowledge)
    SocketModeHandler(app, settings.slack_app_token.get_secret_value(), concurrency=AT_ONCE).connect()
    threading.Event().wait()


if __name__ == "__main__":
    main()
