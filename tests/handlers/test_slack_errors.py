"""Every error that Slack documents for the methods used has a class; one that it does not is passing, and is reported.

The lists are Slack's own, as its reference had them in August 2026 (docs.slack.dev/reference/methods).
"""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.domain.notices import FailureKind
from handlers.failures import from_answer
from handlers.slack_errors import CONTENT_BAD, CREDENTIAL_DEAD, GONE, KINDS, REFUSED, ROUTE_DEAD, UNKNOWN

EVERYWHERE = """
access_denied accesslimited account_inactive deprecated_endpoint ekm_access_denied enterprise_is_restricted
fatal_error invalid_arg_name invalid_array_arg invalid_charset invalid_form_data invalid_post_type is_bot
method_deprecated missing_post_type missing_scope no_permission not_allowed_token_type not_authed org_login_required
ratelimited request_timeout service_unavailable team_added_to_org token_expired token_revoked
two_factor_setup_required unknown_method
"""

OF_METHOD = {
    "chat.postMessage": """
        app_access_restricted as_user_not_supported attachment_payload_limit_exceeded cannot_reply_to_message
        channel_not_found draft_already_deleted draft_already_sent draft_has_conflict draft_not_found
        duplicate_channel_not_found duplicate_message_not_found invalid_blocks invalid_blocks_format
        invalid_metadata_format invalid_metadata_schema is_archived markdown_text_conflict message_limit_exceeded
        messages_tab_disabled metadata_must_be_sent_from_app metadata_too_large missing_file_data
        msg_blocks_too_long no_text not_in_channel rate_limited restricted_action
        restricted_action_non_threadable_channel restricted_action_read_only_channel restricted_action_thread_locked
        restricted_action_thread_only_channel send_on_behalf_not_allowed slack_connect_canvas_sharing_blocked
        slack_connect_file_link_sharing_blocked slack_connect_lists_sharing_blocked team_not_found
        too_many_attachments too_many_contact_cards
    """,
    "chat.update": """
        as_user_not_supported block_mismatch blocked_file_type cant_broadcast_message cant_update_message
        channel_not_found edit_window_closed external_channel_migrating file_deleted file_is_deleted file_not_found
        file_share_limit_reached invalid_attachments invalid_blocks invalid_blocks_format invalid_metadata_format
        invalid_metadata_schema is_inactive markdown_text_conflict max_file_sharing_exceeded message_limit_exceeded
        message_not_found metadata_must_be_sent_from_app metadata_too_large msg_too_long
        no_dual_broadcast_content_update no_text posting_to_channel_denied slack_connect_blocked_file_type
        slack_connect_canvas_sharing_blocked slack_connect_clip_sharing_blocked
        slack_connect_file_link_sharing_blocked slack_connect_file_upload_sharing_blocked streaming_state_conflict
        team_not_found too_many_attachments unable_to_share_files update_failed
    """,
    "conversations.open": """
        channel_not_found invalid_user_combination method_not_supported_for_channel_type not_enough_users
        too_many_users user_disabled user_not_found user_not_visible users_list_not_supplied
    """,
    "conversations.history": """
        channel_is_limited_access channel_not_found invalid_cursor invalid_metadata_filter_keys invalid_ts_latest
        invalid_ts_oldest not_in_channel
    """,
    "conversations.replies": """
        channel_not_found invalid_cursor invalid_metadata_filter_keys invalid_ts_latest invalid_ts_oldest
        list_record_comment_fetch_failed method_not_supported_for_channel_type thread_not_found
    """,
    "conversations.info": """
        channel_is_limited_access channel_not_found
    """,
    "conversations.members": """
        channel_not_found fetch_members_failed invalid_cursor invalid_limit method_not_supported_for_channel_type
    """,
    "users.info": """
        too_many_users user_not_found user_not_visible
    """,
    "views.open": """
        duplicate_external_id exchanged_trigger_id expired_trigger_id invalid_trigger_id view_too_large
    """,
    "views.push": """
        duplicate_external_id exchanged_trigger_id expired_trigger_id invalid_trigger_id not_found
        push_limit_reached view_too_large
    """,
    "views.update": """
        duplicate_external_id hash_conflict not_found view_too_large
    """,
    "views.publish": """
        duplicate_external_id hash_conflict missing_profile_id not_enabled not_implemented view_too_large
    """,
    "apps.connections.open": """
        forbidden_team insecure_request internal_error invalid_auth missing_args
    """,
    "auth.test": """
        internal_error invalid_auth
    """,
    "bookmarks.list": """
        channel_not_found not_implemented
    """,
    "bookmarks.add": """
        cannot_bookmark_from_external_org cannot_bookmark_restricted_sharing_enabled channel_not_found
        file_already_added file_not_found invalid_app_action_type invalid_bookmark_type invalid_child_type
        invalid_emoji invalid_entity_id invalid_link invalid_parent_type invalid_shortcut_type not_implemented
        parent_bookmark_disabled parent_with_link permission_denied slack_connect_blocked_file_type
        slack_connect_clip_sharing_blocked slack_connect_file_upload_sharing_blocked too_many_bookmarks
        too_many_requests too_many_tabs
    """,
    "pins.add": """
        already_pinned bad_timestamp channel_not_found external_channel_migrating file_not_found file_not_shared
        message_not_found no_item_specified not_in_channel not_pinnable restricted_action too_many_pins
    """,
}


def answer(code: str, status: int = 200) -> SlackApiError:
    response = SlackResponse(
        client=None,
        http_verb="POST",
        api_url="",
        req_args={},
        data={"ok": False, "error": code},
        headers={},
        status_code=status,
    )
    return SlackApiError("refused", response)


@pytest.mark.parametrize("method", OF_METHOD)
def test_every_documented_error_of_a_method_has_a_class(method: str) -> None:
    documented = {*EVERYWHERE.split(), *OF_METHOD[method].split()}
    assert len(documented) >= 30
    assert sorted(documented - KINDS.keys()) == []


def test_no_code_is_in_two_classes() -> None:
    classes = (CREDENTIAL_DEAD, ROUTE_DEAD, CONTENT_BAD, GONE, UNKNOWN, REFUSED)
    assert sum(map(len, classes)) == len(frozenset().union(*classes)) == len(KINDS)


def test_a_code_that_slack_does_not_document_is_passing_and_known_as_unknown() -> None:
    failure = from_answer(answer("brand_new_word"))
    assert (failure.kind, failure.code, failure.known) == (FailureKind.REFUSED, "brand_new_word", False)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("token_revoked", FailureKind.CREDENTIAL_DEAD),
        ("is_archived", FailureKind.ROUTE_DEAD),
        ("cannot_dm_user", FailureKind.ROUTE_DEAD),
        ("invalid_blocks", FailureKind.CONTENT_BAD),
        ("message_not_found", FailureKind.GONE),
        ("internal_error", FailureKind.UNKNOWN),
        ("ratelimited", FailureKind.REFUSED),
    ],
)
def test_the_class_of_a_code_decides_what_comes_next(code: str, kind: FailureKind) -> None:
    failure = from_answer(answer(code))
    assert (failure.kind, failure.known) == (kind, True)
