"""Slash commands and shortcuts that open the referral form, and a person's own drafts."""

from uuid import uuid4

from bot.domain.commands import Referral
from bot.domain.errors import Refusal
from bot.domain.ids import DraftId
from handlers import messages, parsing
from handlers.middleware import Asked
from handlers.views.drafts import drafts as drawn_drafts
from handlers.views.referral import form, kept_from, place_of

MISSING = "missing"
"""The concern that /missing begins with."""
NOTHING_KEPT = (
    "Nothing that you typed after {command} was kept. Use the form: it keeps what you type away from channels."
)
NOT_OPENED = "The form did not open and nothing was sent. Type {command} again; phone {phone} now if it cannot wait."
KEPT_AS_DRAFT = (
    "The form did not open and nothing was sent. The message's words are kept sealed as your draft: "
    "type /safeguarding drafts to go on. Phone {phone} now if it cannot wait."
)
NO_FILE = (
    "This message has a file, and the bot takes none: nothing was kept, not the message's words either. "
    "Type /refer and say in words what has happened; nobody opens, copies or forwards an image."
)
MENU_NOT_OPENED = "The form did not open and nothing was sent. Type /refer; phone {phone} now if it cannot wait."


def refer(asked: Asked) -> None:
    """Open the referral form. What was typed after the command is never looked at, stored or echoed."""
    _open(asked, "/refer")


def missing(asked: Asked) -> None:
    """The same with the missing child chosen as the concern, when the policy has it."""
    _open(asked, "/missing", concern=MISSING)


def _open(asked: Asked, command: str, *, concern: str | None = None) -> None:
    if parsing.typed(asked.body):
        asked.ack(NOTHING_KEPT.format(command=command))
    _show(asked, concern=concern, otherwise=NOT_OPENED.format(command=command, phone=asked.phone))


def from_menu(asked: Asked) -> None:
    """The global shortcut: the form, asked for in no channel."""
    _show(asked, otherwise=MENU_NOT_OPENED.format(phone=asked.phone))


def from_message(asked: Asked) -> None:
    """The shortcut on a message: its words are sealed as a draft first, and the form is opened with them."""
    channel = parsing.channel_for_card(asked.body)
    if messages.has_file(asked.body["message"]):
        raise Refusal(NO_FILE)
    words, cut = messages.words(asked.body["message"], most=parsing.MOST_NARRATIVE)
    draft_id = asked.desk.begin_draft(words, channel, asked.actor, messages.key(asked.body, asked.actor.person))
    begun = asked.desk.take_up_draft(draft_id, asked.actor)
    _show(asked, begun=begun, draft_id=draft_id, cut=cut, otherwise=KEPT_AS_DRAFT.format(phone=asked.phone))


def drafts(asked: Asked) -> None:
    """The person's own drafts, by when they were begun: none of them is opened for the list."""
    asked.show(drawn_drafts(asked.desk.drafts(asked.actor), asked.now))


def take_up(asked: Asked) -> None:
    """A draft opened again by the person who began it."""
    draft_id = DraftId(parsing.chosen(asked.body))
    begun = asked.desk.take_up_draft(draft_id, asked.actor)
    _show(asked, begun=begun, draft_id=draft_id, otherwise=KEPT_AS_DRAFT.format(phone=asked.phone))


def discard(asked: Asked) -> None:
    """A draft thrown away."""
    said = asked.desk.discard_draft(
        DraftId(parsing.chosen(asked.body)), asked.actor, parsing.press_key(asked.body, asked.actor.person)
    )
    asked.tell(said.text, title="Discarded")


def _show(
    asked: Asked,
    *,
    otherwise: str,
    concern: str | None = None,
    begun: Referral | None = None,
    draft_id: DraftId | None = None,
    cut: bool = False,
) -> None:
    """The form, kept from now on in one draft: going back and sending it again replaces that draft."""
    channel = begun.channel if begun else parsing.channel_for_card(asked.body)
    place = place_of(channel or "", draft_id or DraftId(uuid4().hex))
    kept = kept_from(begun, cut=cut) if begun else None
    view = form(asked.desk.rules.policy, place=place, concern=(begun.concern if begun else concern), kept=kept)
    asked.open_view(view, otherwise=otherwise)
