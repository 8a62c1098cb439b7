"""Slack's documented error codes, each with what it means for what comes next."""

from bot.domain.notices import FailureKind


def _codes(words: str) -> frozenset[str]:
    return frozenset(words.split())


CREDENTIAL_DEAD = _codes(
    """
    access_denied account_inactive app_missing_action_url deprecated_endpoint ekm_access_denied
    enterprise_is_restricted forbidden_team invalid_auth is_bot method_deprecated missing_scope no_permission
    not_allowed_token_type not_authed org_login_required permission_denied team_access_not_granted token_expired
    token_revoked two_factor_setup_required unknown_method
    """
)
"""The app or its token is refused: no message to anybody will work until a person mends it."""

ROUTE_DEAD = _codes(
    """
    app_access_restricted as_user_not_supported bot_not_allowed cannot_dm_bot cannot_dm_user
    cannot_reply_to_message channel_is_limited_access channel_not_found channel_type_not_supported
    deactivated_user duplicate_channel_not_found invalid_channel invalid_user_combination is_archived is_inactive
    messages_tab_disabled method_not_supported_for_channel_type no_such_subteam not_enabled not_enough_users
    not_implemented not_in_channel plan_upgrade_required posting_to_channel_denied restricted_action
    restricted_action_non_threadable_channel restricted_action_read_only_channel restricted_action_thread_locked
    restricted_action_thread_only_channel team_not_found thread_locked too_many_bookmarks too_many_pins
    too_many_tabs too_many_users user_disabled user_is_bot user_is_restricted user_is_ultra_restricted
    user_not_found user_not_in_channel user_not_visible users_list_not_supplied users_not_found
    """
)
"""This channel or person cannot be reached this way."""

CONTENT_BAD = _codes(
    """
    already_pinned attachment_payload_limit_exceeded bad_timestamp block_mismatch blocked_file_type
    cannot_bookmark_from_external_org cannot_bookmark_restricted_sharing_enabled cant_broadcast_message
    draft_already_deleted draft_already_sent draft_has_conflict draft_not_found duplicate_external_id
    file_already_added file_deleted file_is_deleted file_not_found file_not_shared file_share_limit_reached
    insecure_request invalid_app_action_type invalid_arg_name invalid_arguments invalid_array_arg
    invalid_attachments invalid_blocks invalid_blocks_format invalid_bookmark_type invalid_charset
    invalid_child_type invalid_cursor invalid_emoji invalid_entity_id invalid_form_data invalid_limit invalid_link
    invalid_metadata_filter_keys invalid_metadata_format invalid_metadata_schema invalid_parent_type
    invalid_post_type invalid_shortcut_type invalid_ts_latest invalid_ts_oldest markdown_text_conflict
    max_file_sharing_exceeded metadata_must_be_sent_from_app metadata_too_large missing_args missing_file_data
    missing_post_type missing_profile_id msg_blocks_too_long msg_too_long no_dual_broadcast_content_update
    no_item_specified no_text not_pinnable parent_bookmark_disabled parent_with_link push_limit_reached
    send_on_behalf_not_allowed slack_connect_blocked_file_type slack_connect_canvas_sharing_blocked
    slack_connect_clip_sharing_blocked slack_connect_file_link_sharing_blocked
    slack_connect_file_upload_sharing_blocked slack_connect_lists_sharing_blocked too_many_attachments
    too_many_contact_cards unable_to_share_files view_too_large
    """
)
"""This wording, or this way of asking, is refused."""

GONE = _codes(
    """
    cant_update_message duplicate_message_not_found edit_window_closed exchanged_trigger_id expired_trigger_id
    invalid_trigger_id message_not_found not_found thread_not_found
    """
)
"""The message or form to be redrawn, or answered under, is no longer there to be redrawn or answered."""

UNKNOWN = _codes(
    """
    fatal_error internal_error request_timeout service_unavailable unreadable_answer
    """
)
"""Slack documents of these that some of the operation may have succeeded before the error."""

REFUSED = _codes(
    """
    accesslimited external_channel_migrating fetch_members_failed hash_conflict list_record_comment_fetch_failed
    message_limit_exceeded rate_limited ratelimited streaming_state_conflict team_added_to_org too_many_requests
    update_failed
    """
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
