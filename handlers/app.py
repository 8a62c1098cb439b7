"""The Slack app: one visible list of everything that it listens to; the commands are those of `registry`."""

import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

from slack_bolt import Ack, App, BoltContext, Respond
from slack_sdk import WebClient

from bot.ports import Clock
from bot.services.desk import Desk
from handlers import (
    actions,
    briefs,
    cases,
    commands,
    discovery,
    forms,
    leaders,
    parsing,
    partners,
    roster,
    submissions,
    verbs,
)
from handlers.home import Homes
from handlers.middleware import Boundary, Heard, Listener
from handlers.parsing import Json
from handlers.quiet import quieten
from handlers.registry import COMMANDS, help_page
from handlers.views import brief, concern_card, confirmation, controls, drafts, phone, picker, referral, review
from handlers.views import discovery as discovery_view
from handlers.views import forms as form_views
from handlers.views import home as home_view
from handlers.views import leaders as leader_views
from handlers.views import roster as roster_views

Name: TypeAlias = str | re.Pattern[str]

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
    leader_views.COUNT: leaders.counted,
}
ACTIONS: dict[Name, Listener] = {
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
    leader_views.BEGIN: leaders.begin,
    discovery_view.FOUND: discovery.found,
    re.compile(f"^{discovery_view.REPORT}:"): discovery.report,
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
    typed = {one.name: boundary.around(one.name.removeprefix("/"), one.listener) for one in COMMANDS}
    menus = {name: boundary.around(name, listener) for name, listener in SHORTCUTS.items()}
    sent = {name: boundary.around(name, listener) for name, listener in SUBMISSIONS.items()}
    pressed = {name: boundary.around(listener.__name__, listener) for name, listener in ACTIONS.items()}
    offered = {name: boundary.around(listener.__name__, listener) for name, listener in OPTIONS.items()}
    app.action(_any_of(pressed))(_its_own(pressed.items(), parsing.control))
    app.view(_any_of(sent))(_its_own(sent.items(), lambda body: body["view"]["callback_id"]))
    app.command(_any_of(typed))(_its_own(typed.items(), lambda body: body["command"]))
    app.shortcut(_any_of(menus))(_its_own(menus.items(), lambda body: body["callback_id"]))
    app.options(_any_of(offered))(_its_own(offered.items(), lambda body: body["action_id"]))
    app.event("app_home_opened")(boundary.around("home", homes.opened))
    return app


def _any_of(names: Iterable[Name]) -> re.Pattern[str]:
    """All names in one: Bolt asks listener after listener whether a request is its own, and each asks for all of it anew."""
    return re.compile("|".join(rf"^{re.escape(n)}\Z" if isinstance(n, str) else n.pattern for n in names))


def _its_own(listeners: Iterable[tuple[Name, Heard]], name_of: Callable[[Json], str]) -> Heard:
    """Bolt's listener for all of a kind: the one that has the request's name, else the first whose pattern it fits."""
    named = {name: own for name, own in listeners if isinstance(name, str)}
    fitting = [(name, own) for name, own in listeners if isinstance(name, re.Pattern)]

    def heard(ack: Ack, body: Json, client: WebClient, context: BoltContext, respond: Respond) -> None:
        name = name_of(body)
        own = named.get(name) or next(own for pattern, own in fitting if pattern.search(name))
        own(ack, body, client, context, respond)

    return heard
