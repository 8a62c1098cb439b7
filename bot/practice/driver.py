"""The control API as Python calls: what scenario tests and the demo week act through."""

import json
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPException

from bot.practice.wire import ControlError, Json

ANSWERS_WITHIN = 60.0


def _refused(refusal: urllib.error.HTTPError) -> ControlError:
    """The refusal that the workspace answered with; one that is breaking off answers with something else."""
    with refusal:
        try:
            told: Json = json.load(refusal)
        except ValueError:
            return ControlError("unreachable", f"The practice workspace broke off with status {refusal.code}.", 503)
    return ControlError(told["error"], told["detail"], status=refusal.code)


class Driver:
    """Acts as any seat over HTTP; every refusal is a ControlError with its code and sentence."""

    def __init__(self, url: str) -> None:
        if not url.startswith("http://"):
            raise ControlError("bad_url", f"{url!r} is no address of a practice workspace.")
        self._url = url.rstrip("/")

    def post(self, name: str, *, wait: bool = True, **body: object) -> Json:
        """POST /control/`name`; the answer without its `ok`."""
        address = f"{self._url}/control/{name}{'' if wait else '?wait=0'}"
        request = urllib.request.Request(  # noqa: S310 - http:// was checked above
            address, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
        )
        return self._read(request)

    def get(self, name: str, **query: object) -> Json:
        """GET /control/`name`; the answer without its `ok`."""
        known = urllib.parse.urlencode({key: value for key, value in query.items() if value is not None})
        return self._read(urllib.request.Request(f"{self._url}/control/{name}?{known}"))  # noqa: S310 - as above

    def _read(self, request: urllib.request.Request) -> Json:
        try:
            with urllib.request.urlopen(request, timeout=ANSWERS_WITHIN) as response:  # noqa: S310 - as above
                answer: Json = json.load(response)
        except urllib.error.HTTPError as refusal:
            raise _refused(refusal) from None
        except (OSError, HTTPException) as problem:
            raise ControlError("unreachable", f"The practice workspace does not answer: {problem}.", 503) from problem
        answer.pop("ok", None)
        return answer

    def command(self, seat: str, channel: str, command: str, text: str = "") -> Json:
        """Run a slash command: `{reply, view_id, acked_ms}`."""
        return self.post("command", seat=seat, channel=channel, command=command, text=text)

    def click(self, seat: str, channel: str, ts: str, action: str, value: object = None) -> Json:
        """Press or choose on a message: `{reply, view_id}`."""
        return self.post("click", seat=seat, channel=channel, ts=ts, action=action, value=value)

    def click_view(self, seat: str, view_id: str, action: str, value: object = None) -> Json:
        """Press or choose in a modal or Home: `{reply, view_id}`."""
        return self.post("click", seat=seat, view_id=view_id, action=action, value=value)

    def submit(self, seat: str, view_id: str, values: Json | None = None) -> Json:
        """Fill in and send a form: `{errors}`, `{view}` or `{closed: true}`."""
        return self.post("submit", seat=seat, view_id=view_id, values=values or {})

    def advance(self, by: str) -> Json:
        """Move the clock by `4h`, `15m`: `{now}`."""
        return self.post("clock", advance=by)

    def let_run(self, by: str) -> Json:
        """The same, waiting for what the bot can do at once only: what its pace holds back goes out as time runs on."""
        return self.post("clock", advance=by, at_once=True)

    def move_to(self, to: str) -> Json:
        """Move the clock to an ISO instant, `next deadline` or `monday`: `{now}`."""
        return self.post("clock", to=to)

    def messages(self, channel: str, seat: str | None = None) -> list[Json]:
        """The messages of a channel, or of `@seat`, oldest first."""
        rows: list[Json] = self.get("messages", channel=channel, seat=seat)["messages"]
        return rows

    def views(self, seat: str) -> list[Json]:
        """The open forms of a seat, the lowest first, with labels, options and values."""
        rows: list[Json] = self.get("views", seat=seat)["views"]
        return rows
