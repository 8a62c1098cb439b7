"""The shapes that travel as JSON, and the two errors that become an answer."""

from typing import Any

Json = dict[str, Any]
"""One decoded JSON object."""


class ApiError(Exception):
    """A Web API call refused the way Slack refuses it: `{"ok": false, "error": code}`."""

    def __init__(self, code: str, *messages: str) -> None:
        super().__init__(code)
        self.code = code
        self.messages = messages

    def answer(self) -> Json:
        """The body that Slack would answer with, the details under `response_metadata.messages`."""
        body: Json = {"ok": False, "error": self.code}
        if self.messages:
            body["response_metadata"] = {"messages": list(self.messages)}
        return body


class ControlError(Exception):
    """A control call refused: a code for programs, one sentence for people, an HTTP status."""

    def __init__(self, code: str, detail: str, status: int = 400) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.status = status

    def answer(self) -> Json:
        """The body of the refusal."""
        return {"ok": False, "error": self.code, "detail": self.detail}
