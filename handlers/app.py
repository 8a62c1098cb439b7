"""The Slack app: one visible list of everything that it listens to; the commands are those of `registry`."""

import re

from slack_bolt import App
from slack_sdk import WebClient

from bot.ports import Clock
from bot.services.desk import Desk
from handlers import actions, briefs, cases, commands, forms, partners, roster, submissions, verbs
from handlers.home import Homes
from handlers.middleware import Boundary, Listener
from handlers.quiet import quieten
from handlers.registry import COMMANDS, help_page
from handlers.views import brief, concern_card, confirmation, controls, drafts, phone, picker, referral, review
from handlers.views import forms as form_views
from handlers.views import home as home_view
from handlers.views import roster as roster_views

SHORTCUTS: dict[str, Listener] = {
    "raise_referral": commands.from_menu,
    "raise_referral_from_message": commands.from_message,
}
SUBMISSIONS: dict[str, Listener] = {
    referral.FORM: submissions.referral,
    review.REVIEW: submissions.reviewed,
    phone.PHONE: submissions.phone_told,
    form_views.FORM: forms.submitted,
    roster_views.DUTY_SET: roster.set_duty,
    roster_views.HAND_OVER: roster.hand_over,
    roster_views.AWAY: roster.set_away,
    brief.FORM: briefs.submitted,
}
ACTIONS: dict[str | re.Pattern[str], Listener] = {
    referral.CONCERN: submissions.concern_chosen,
    controls.ACKNOWLEDGE: actions.acknowledge,
    controls.ESCALATE: actions.escalate,
    controls.GRADE: actions.grade,
    controls.RECORD_ACT: actions.record_act,
    controls.OPEN_CASE: actions.open_case,
    controls.TELL_BY_PHONE: actions.tell_by_phone,
    controls.MORE_ACTIONS: verbs.choose,
    controls.PUT_FORWARD: verbs.choose,
    form_views.SEND_FORM: forms.sent,
    concern_card.SEND: partners.raise_concern,
    re.compile(f"^{controls.VERB}:"): verbs.choose,
    picker.FIND_CASE: cases.find,
    home_view.REFER: commands.from_menu,
    home_view.FIND: cases.pick,
    home_view.HELP: help_page,
    roster_views.SET: roster.open_set,
    roster_views.HAND: roster.open_hand_over,
    roster_views.END: roster.end,
    roster_views.BACK: roster.back,
    drafts.TAKE_UP: commands.take_up,
    drafts.DISCARD: commands.discard,
    re.compile(f"^{confirmation.ANSWER}:"): actions.answer_fact,
    re.compile(""): actions.outdated,  # last: whatever nobody above has taken
}
OPTIONS: dict[str, Listener] = {
    picker.FIND_CASE: cases.offer,
}


def build(client: WebClient, desk: Desk, clock: Clock, *, signing_secret: str = "") -> App:
    """The Bolt app over a client made by `messenger.web_client`; nothing is sent or looked up before the first request."""
    logger = quieten()
    app = App(
        name="vigil",  # without one Bolt looks through the source of every loaded module for its caller's
        logger=logger,
        client=client,
        signing_secret=signing_secret,
        token_verification_enabled=False,
        process_before_response=True,  # a listener stores and acks in the socket's own worker: nothing polls for its ack
    )
    homes = Homes()
    boundary = Boundary(desk, clock, acted=homes.acted)
    app.event("app_home_opened")(boundary.around("home", homes.opened))
    for command in COMMANDS:
        app.command(command.name)(boundary.around(command.name.removeprefix("/"), command.listener))
    for callback_id, listener in SHORTCUTS.items():
        app.shortcut(callback_id)(boundary.around(callback_id, listener))
    for callback_id, listener in SUBMISSIONS.items():
        app.view(callback_id)(boundary.around(callback_id, listener))
    for action_id, listener in ACTIONS.items():
        app.action(action_id)(boundary.around(listener.__name__, listener))
    for action_id, listener in OPTIONS.items():
        app.options(action_id)(boundary.around(listener.__name__, listener))
    return app
