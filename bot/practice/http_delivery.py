"""Delivery over HTTP, signed as Slack signs it, to a bot that listens for requests instead of opening a socket."""

import hashlib
import hmac
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPException

from bot.practice import limits
from bot.practice.clock import wall_seconds
from bot.practice.wire import ControlError, Json

FAILED = "The bot answered with status {status}. In Slack the person now reads that the app failed with an error."
NOBODY = "No bot answers at {url}: start it there."


class Endpoint:
    """A bot's request address: `deliver` posts one payload to it and gives what it answered."""

    def __init__(self, url: str, signing_secret: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "http://localhost:")):
            raise ControlError("bad_url", f"{url!r} is no address on this machine: the practice workspace stays on it.")
        self.url = url
        self._secret = signing_secret.encode()

    def deliver(self, kind: str, payload: Json, retry: int) -> tuple[Json | str | None, float]:
        """The body of the answer and the milliseconds it took; blocks, so call it in a thread.

        ControlError `operation_timeout` after 3 s, `http_service_error` for another status than 200,
        `dispatch_failed` when nobody listens.
        """
        body, content_type = encoded(kind, payload)
        headers = self._signed(body) | {"Content-Type": content_type}
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"}
        request = urllib.request.Request(self.url, data=body, headers=headers)  # noqa: S310 - loopback, checked above
        began = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=limits.ACK_WITHIN) as response:  # noqa: S310 - as above
                text = response.read().decode()
        except urllib.error.HTTPError as refusal:
            with refusal:
                raise ControlError("http_service_error", FAILED.format(status=refusal.code), 409) from None
        except TimeoutError:
            raise ControlError("operation_timeout", limits.LATE, status=408) from None
        except (OSError, HTTPException):
            raise ControlError("dispatch_failed", NOBODY.format(url=self.url), status=409) from None
        return decoded(text), round((time.monotonic() - began) * 1000, 1)

    def _signed(self, body: bytes) -> dict[str, str]:
        at = str(int(wall_seconds()))
        digest = hmac.new(self._secret, b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={digest}"}


def encoded(kind: str, payload: Json) -> tuple[bytes, str]:
    """The body and its content type: events as JSON, commands as a form, the rest as a form's `payload`."""
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urllib.parse.urlencode(form).encode(), "application/x-www-form-urlencoded"


def decoded(text: str) -> Json | str | None:
    """What the answer says: an object, plain text, or None for nothing."""
    if not text.strip():
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return found if isinstance(found, dict) else text
