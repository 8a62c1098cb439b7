"""What each refusal and silence of Slack means for what comes next: the class of each answer."""

import http.client
import re
import ssl
from datetime import timedelta
from http import HTTPStatus
from socket import gaierror
from urllib.error import URLError

import structlog
from slack_sdk.errors import SlackApiError

from bot.domain.notices import FailureKind, SendFailed
from handlers.slack_errors import KINDS

NETWORK = (OSError, http.client.HTTPException)
"""What a call to Slack raises when there is no answer: no connection, a time-out, a line that broke half way."""

log = structlog.get_logger()

_CODE = re.compile(r"[a-z0-9_]{1,60}")
_NEVER_SENT = (ConnectionRefusedError, gaierror, ssl.SSLCertVerificationError)


def code_of(error: SlackApiError) -> str:
    """Slack's own word for what was wrong, and nothing else of its answer."""
    data = error.response.data if isinstance(error.response.data, dict) else {}
    found = str(data.get("error", ""))
    return found if _CODE.fullmatch(found) else "unreadable_answer"


def from_answer(error: SlackApiError) -> SendFailed:
    """The class of an answer. A code that nobody has written down here is tried again, and is on the log."""
    code, status = code_of(error), int(error.response.status_code)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return SendFailed(FailureKind.REFUSED, "ratelimited", retry_after=_retry_after(error))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return SendFailed(FailureKind.UNKNOWN, f"http_{status}")
    kind = KINDS.get(code)
    if kind is None:
        log.error("slack_code_unknown", code=code)
        return SendFailed(FailureKind.REFUSED, code, retry_after=_retry_after(error), known=False)
    return SendFailed(kind, code, retry_after=_retry_after(error))


def _retry_after(error: SlackApiError) -> timedelta | None:
    headers = {str(name).lower(): value for name, value in (error.response.headers or {}).items()}
    value = headers.get("retry-after")
    said = str(value[0] if isinstance(value, list) and value else value or "")
    return timedelta(seconds=int(said)) if said.isdigit() else None


def from_network(error: OSError | http.client.HTTPException) -> SendFailed:
    """The class of a silence: refused when the connection never came about, in doubt when it broke later."""
    cause = error.reason if isinstance(error, URLError) and isinstance(error.reason, BaseException) else error
    kind = FailureKind.REFUSED if isinstance(cause, _NEVER_SENT) else FailureKind.UNKNOWN
    return SendFailed(kind, type(cause).__name__)
