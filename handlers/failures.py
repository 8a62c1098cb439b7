"""What each refusal and silence of Slack means for what comes next: its error codes as classes."""

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

NETWORK = (OSError, http.client.HTTPException)
"""What a call to Slack raises when there is no answer: no connection, a time-out, a line that broke half way."""

log = structlog.get_logger()

CREDENTIAL_DEAD = frozenset(
    {
        "access_denied",
        "account_inactive",
        "app_missing_action_url",
        "ekm_access_denied",
        "invalid_auth",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    }
)
"""The app or its token is refused: no message to anybody will work until a person mends it."""

ROUTE_DEAD = frozenset(
    {
        "as_user_not_supported",
        "bot_not_allowed",
        "cannot_dm_bot",
        "cannot_dm_user",
        "cannot_reply_to_message",
        "channel_is_limited_access",
        "channel_not_found",
        "channel_type_not_supported",
        "deactivated_user",
        "duplicate_channel_not_found",
        "invalid_channel",
        "invalid_user_combination",
        "is_archived",
        "is_inactive",
        "messages_tab_disabled",
        "method_not_supported_for_channel_type",
        "not_enough_users",
        "not_in_channel",
        "posting_to_channel_denied",
        "restricted_action",
        "restricted_action_non_threadable_channel",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "restricted_action_thread_only_channel",
        "team_not_found",
        "thread_locked",
        "too_many_users",
        "user_disabled",
        "user_is_bot",
        "user_is_restricted",
        "user_is_ultra_restricted",
        "user_not_found",
        "user_not_in_channel",
        "user_not_visible",
        "users_list_not_supplied",
        "users_not_found",
    }
)
"""This channel or person cannot be reached this way."""

CONTENT_BAD = frozenset(
    {
        "attachment_payload_limit_exceeded",
        "block_mismatch",
        "invalid_array_arg",
        "invalid_arguments",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "markdown_text_conflict",
        "metadata_must_be_sent_from_app",
        "metadata_too_large",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "too_many_attachments",
        "too_many_contact_cards",
    }
)
"""This wording is refused."""

GONE = frozenset(
    {
        "cant_update_message",
        "duplicate_message_not_found",
        "edit_window_closed",
        "message_not_found",
        "thread_not_found",
    }
)
"""The message to be redrawn, or answered under, is no longer there to be redrawn or answered."""

UNKNOWN = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable", "unreadable_answer"})
"""Slack documents of these that some of the operation may have succeeded before the error."""

REFUSED = frozenset(
    {
        "accesslimited",
        "external_channel_migrating",
        "message_limit_exceeded",
        "rate_limited",
        "ratelimited",
        "team_added_to_org",
        "update_failed",
    }
)
"""Certainly not taken; the same again later may be."""

KINDS = {
    **dict.fromkeys(CREDENTIAL_DEAD, FailureKind.CREDENTIAL_DEAD),
    **dict.fromkeys(ROUTE_DEAD, FailureKind.ROUTE_DEAD),
    **dict.fromkeys(CONTENT_BAD, FailureKind.CONTENT_BAD),
    **dict.fromkeys(GONE, FailureKind.GONE),
    **dict.fromkeys(UNKNOWN, FailureKind.UNKNOWN),
    **dict.fromkeys(REFUSED, FailureKind.REFUSED),
}

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
