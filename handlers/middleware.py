"""Around every listener: who is asking, and what they hear when it could not be done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import uuid4

import structlog
from slack_bolt import Ack, BoltContext, Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.domain.commands import Actor
from bot.domain.directory import Directory
from bot.domain.errors import FormRefusal, Refusal, places
from bot.domain.ids import AgencyId, ChannelId, Workspace, stranger
from bot.ports import Clock, StorageDown
from bot.services.desk import Desk
from handlers import parsing
from handlers.answers import Answers
from handlers.failures import NETWORK, code_of
from handlers.parsing import Identity
from handlers.views.blocks import Drawn, Json, modal
from handlers.views.confirmation import message
from handlers.views.text import escape

NOT_STORED = "This was not stored and nobody was told. Phone {phone} now if it cannot wait."
NOT_DONE = "This was not done because of a fault in the bot, which is on its log. Phone {phone} now if it cannot wait."

OPEN_ALREADY = frozenset({"exchanged_trigger_id", "trigger_exchanged"})
"""A second delivery of one press: its modal is in front of the person."""
SHOWN, PAGE = "For you alone", "page"
"""The title and id of a page that is shown as a modal, where there is no channel to say it in."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a person asked for: what Slack sent, who it is, and the ways to answer.

    `ack` answers Slack and is called once, after whatever had to be stored is stored. `after` runs the rest, which calls
    Slack itself, once the listener has returned: no ack ever waits for another call.
    """

    desk: Desk
    now: datetime
    actor: Actor
    body: Json
    ack: Ack
    respond: Respond
    client: WebClient
    after: Callable[[Callable[[], object]], None]

    @property
    def acked(self) -> bool:
        """Whether Slack has its answer."""
        return self.ack.response is not None

    @property
    def phone(self) -> str:
        """Whom to ring when it cannot wait."""
        return self.desk.rules.policy.phones.police

    def tell(self, sentence: str, *, title: str = "Not done") -> None:
        """One sentence to the person alone: in the channel where they are, or on top of their open modal."""
        match self.body.get("type"):
            case "view_submission":
                if not self.acked:
                    self.ack(response_action="push", view=message(title, sentence, close="Back"))
                return
            case "block_suggestion":  # Slack shows no words there: nothing is offered
                self.ack(options=[])
                return
            case "event_callback":  # nobody asked in words
                self.ack()
                return
        if not self.acked:
            self.ack()
        self.after(lambda: self._say(sentence, title))

    def show(self, drawn: Drawn) -> None:
        """A list or a page to the person alone, in the channel where they are, after the ack."""
        if not self.acked:
            self.ack()
        if parsing.has_no_channel(self.body):
            view = modal(SHOWN, drawn.blocks, callback_id=PAGE)
            self.after(
                lambda: _delivered("reply", lambda: self._opening()(trigger_id=self.body["trigger_id"], view=view))
            )
        else:
            self.after(lambda: _delivered("reply", lambda: self._whisper(drawn.text, drawn.blocks)))

    def open_view(self, view: Json, *, otherwise: str) -> None:
        """Open a modal (on top of the one that was pressed in) after the ack; `otherwise` is said when Slack does not."""
        if not self.acked:
            self.ack()
        self.after(lambda: self._open(view, otherwise))

    def publish_home(self, drawn: Callable[[], Json]) -> None:
        """Draw the person's Home and put it in place, after the ack."""
        self.after(lambda: _delivered("home", lambda: self.client.views_publish(user_id=self.actor.user, view=drawn())))

    def redraw_view(self, view: Json, *, unchanged: bool = False) -> None:
        """Draw the modal that was pressed in anew, after the ack; `unchanged`: only if nobody else drew it meanwhile."""
        if not self.acked:
            self.ack()
        shown = self.body["view"]
        as_of = {"hash": shown["hash"]} if unchanged and shown.get("hash") else {}
        self.after(
            lambda: _delivered("view", lambda: self.client.views_update(view_id=shown["id"], view=view, **as_of))
        )

    def _say(self, sentence: str, title: str) -> None:
        if parsing.has_no_channel(self.body):
            view = message(title, sentence, close="Back" if parsing.in_modal(self.body) else "Close")
            code = _delivered("reply", lambda: self._opening()(trigger_id=self.body["trigger_id"], view=view))
            if code is not None and code not in OPEN_ALREADY:
                self._say_directly(sentence)
        else:
            _delivered("reply", lambda: self._whisper(escape(sentence)))

    def _say_directly(self, sentence: str) -> None:
        """In a direct message, when no modal opens and there is no channel: our sentences hold no child's details."""
        _delivered("direct", lambda: self.client.chat_postMessage(channel=self.actor.user, text=escape(sentence)))

    def _opening(self) -> Callable[..., object]:
        """A modal lies on top of the one that was pressed in; anywhere else, Home too, it is the first."""
        return self.client.views_push if parsing.in_modal(self.body) else self.client.views_open

    def _whisper(self, text: str, blocks: Sequence[Json] = ()) -> None:
        answer = self.respond(text, blocks=list(blocks) or None, response_type="ephemeral", replace_original=False)
        if answer.status_code != HTTPStatus.OK:
            log.warning("not_delivered", what="reply", code=f"http_{answer.status_code}")

    def _open(self, view: Json, otherwise: str) -> None:
        code = _delivered("modal", lambda: self._opening()(trigger_id=self.body["trigger_id"], view=view))
        if code is not None and code not in OPEN_ALREADY:
            self._say(otherwise, "Not opened")


Listener = Callable[[Asked], None]
Heard = Callable[[Ack, Json, WebClient, BoltContext, Respond], None]
"""A listener as Bolt takes it."""


def _who(body: Json) -> Identity | None:
    """Who is asking; None for a payload that names nobody, which no Slack sends and nobody can be answered on."""
    try:
        return parsing.identity(body)
    except (KeyError, TypeError, AttributeError):
        log.warning("payload_by_nobody")
        return None


def _delivered(what: str, call: Callable[[], object]) -> str | None:
    """None when Slack took it, else its code. What was stored stays stored when the words about it do not arrive."""
    try:
        call()
    except SlackApiError as error:
        code = code_of(error)
    except NETWORK as error:
        code = type(error).__name__
    else:
        return None
    log.warning("not_delivered", what=what, code=code)
    return code


def actor_of(who: Identity, directory: Directory, home: Workspace | None) -> Actor:
    """The person behind a Slack identity; a stranger is recorded as given.

    A stranger counts as of the agency whose team channel this is only when they sit in that agency's own workspace.
    """
    person = directory.person_of(who.workspace, who.user)
    external = home is not None and who.workspace != home
    if person is not None and person.active:
        return Actor(person.id, True, person.agency, who.workspace, who.user, external)  # noqa: FBT003 - a value's field
    agency = _agency_here(who.channel, who.workspace, directory)
    return Actor(stranger(who.workspace, who.user), False, agency, who.workspace, who.user, external)  # noqa: FBT003 - same


def _agency_here(channel: ChannelId | None, workspace: Workspace, directory: Directory) -> AgencyId | None:
    team = directory.team_of_channel(channel) if channel else None
    if team is None or directory.agencies[team.agency].workspace != workspace:
        return None
    return team.agency


def home_of(context: BoltContext) -> Workspace | None:
    """The bot's own workspace, as Slack named it when the token was checked."""
    found = context.authorize_result
    return Workspace(found.team_id) if found is not None and found.team_id else None


class Boundary:
    """The one place where a listener's failure becomes words for a person."""

    def __init__(self, desk: Desk, clock: Clock, *, acted: Listener = lambda _: None) -> None:
        """Call `acted` after everything that was done without a refusal or a fault."""
        self._acted = acted
        self._desk = desk
        self._clock = clock
        self._answers = Answers()

    def around(self, action: str, listener: Listener) -> Heard:
        """The listener as Bolt takes it; `action` names it on the audit and in the log."""

        def heard(ack: Ack, body: Json, client: WebClient, context: BoltContext, respond: Respond) -> None:
            with structlog.contextvars.bound_contextvars(action=action, request=uuid4().hex[:12]):
                who = _who(body)
                if who is None:
                    ack()
                    return
                actor = actor_of(who, self._desk.rules.directory, home_of(context))
                asked = Asked(self._desk, self._clock.now(), actor, body, ack, respond, client, self._answers.send)
                with self._answers.acting():
                    self._run(action, listener, asked)

        return heard

    def _run(self, action: str, listener: Listener, asked: Asked) -> None:
        try:
            listener(asked)
        except FormRefusal as refusal:
            _show_errors(asked, refusal.fields, ". ".join(refusal.fields.values()))
        except Refusal as refusal:
            self._refused(action, asked)
            fields = {refusal.field: refusal.sentence} if refusal.field else {}
            _show_errors(asked, fields, refusal.sentence)
        except StorageDown:
            log.error("storage_down")  # noqa: TRY400 - where it failed is on the database's own log line
            asked.tell(NOT_STORED.format(phone=asked.phone), title="Not stored")
        except Exception as error:  # noqa: BLE001 - the boundary: a person must hear that it was not done, whatever it was
            # An exception's own words may hold what a person typed: its type and place are all that is logged.
            log.error("listener_failed", error=type(error).__name__, where=places(error))  # noqa: TRY400 - see above
            asked.tell(NOT_DONE.format(phone=asked.phone))
        else:
            self._acted(asked)

    def _refused(self, action: str, asked: Asked) -> None:
        try:
            self._desk.refused(asked.actor, action, parsing.case_of(asked.body))
        except StorageDown:
            log.error("refusal_not_recorded")  # noqa: TRY400 - as above


def _show_errors(asked: Asked, fields: Mapping[str, str], sentence: str) -> None:
    """Each sentence under its own input; in the person's sight in any case, and what was typed stays."""
    view = asked.body.get("view") or {}
    found = {block: words for field, words in fields.items() if (block := parsing.block_of(view, field))}
    if found and asked.body.get("type") == "view_submission" and not asked.acked:
        asked.ack(response_action="errors", errors=found)
    else:
        asked.tell(sentence)
