"""Lines for whoever keeps the bot running, about roads: held, unconfirmed, dead, and whom to ring when none is left."""

from collections.abc import Callable, Mapping

from bot.domain.directory import Directory
from bot.domain.ids import PersonId
from bot.domain.letters import codes
from bot.domain.notices import OPERATORS, Destination, DestinationKind, Notice, Road
from bot.domain.restriction import named_as
from bot.domain.roads import reader
from bot.ports import Rules, UnitOfWork

RING = "`vigil outbox --undeliverable` lists whom to ring."
ROADS = {Road.SLACK: "Slack", Road.MAIL: "The mail server"}


def place(directory: Directory, destination: Destination) -> str:
    """A destination as people name it: a person, a team's mailbox, a channel by its id."""
    if destination.kind is DestinationKind.CHANNEL:
        return f"channel {destination.id}"
    if destination == Destination.email(OPERATORS):
        return "the operators' mailbox"
    name, _ = reader(directory, destination)
    return f"{name} by e-mail" if destination.kind is DestinationKind.EMAIL else name


def phone_of(directory: Directory, person: str) -> str:
    """A person's number, else their agency's; empty when the directory has neither."""
    known = directory.people.get(PersonId(person))
    if known is None:
        return ""
    return known.phone or directory.agencies[known.agency].phone


def _credential_dead(payload: Mapping[str, object], _reference: str, _directory: Directory) -> str:
    road, held = Road(str(payload.get("road"))), payload.get("held")
    setting = "SLACK_BOT_TOKEN" if road is Road.SLACK else "VIGIL_SMTP_URL"
    return (
        f"{ROADS[road]} refuses the bot's credential ({payload.get('code')}). {held} messages are held and nothing is lost; "
        f"they go out within a minute once it is mended. Check {setting} and the app or account behind it. {RING}"
    )


def _second_road(payload: Mapping[str, object], _reference: str, _directory: Directory) -> str:
    found, mailed = payload.get("found"), payload.get("mailed")
    return (
        f"Slack has not confirmed {found} {'reminder' if found == 1 else 'reminders'} in the time that the policy allows. "
        f"{mailed} went by e-mail as well, and Slack is tried all the same. Look at Slack's status page, the bot's health "
        f"page and the log of this hour. {RING}"
    )


def _unreached(payload: Mapping[str, object], reference: str, directory: Directory) -> str:
    destination = Destination(DestinationKind(str(payload.get("to_kind"))), str(payload.get("to")))
    number = phone_of(directory, destination.id)
    ring = f"Ring {number} now" if number else "Ring whoever leads that team now"
    return (
        f"{reference}: nobody could be reached in place of {place(directory, destination)}, in Slack or by e-mail. {ring}. "
        f"The message is tried again each ten minutes. {RING}"
    )


def _route_dead(payload: Mapping[str, object], reference: str, directory: Directory) -> str:
    destination = Destination(DestinationKind(str(payload.get("to_kind"))), str(payload.get("to")))
    who = "the mail server" if destination.kind is DestinationKind.EMAIL else "Slack"
    return (
        f"{reference}: a message could not be delivered to {place(directory, destination)} ({who} says {payload.get('code')}). "
        "The next people were told instead where there are any. Mend the account or the channel, or the directory."
    )


def _unknown_code(payload: Mapping[str, object], _reference: str, _directory: Directory) -> str:
    return (
        f"Slack answered with a word that this version does not know: {payload.get('code')}. It is treated as a passing "
        "fault and tried again. Tell whoever maintains the bot, and look for the message in `vigil outbox`."
    )


def _probe(payload: Mapping[str, object], _reference: str, directory: Directory) -> str:
    found = [(Destination(DestinationKind(kind), name), code) for kind, name, code in _rows(payload)]
    said = "; ".join(f"{place(directory, destination)}: {_WORDS.get(code, code)}" for destination, code in found)
    more = payload.get("more")
    others = f"; and {more} more (`vigil check`)" if more else ""
    return (
        f"Nightly look at every person and channel of the directory: {payload.get('found')} of {payload.get('looked')} "
        f"cannot be reached as they should. {said}{others}. Mend the directory or the channel; nobody was messaged."
    )


def _rows(payload: Mapping[str, object]) -> list[tuple[str, str, str]]:
    parted = (row.split(" ", 2) for row in codes(payload, "rows"))
    return [(row[0], row[1], row[2]) for row in parted]


_WORDS = {
    "deactivated": "the Slack account is deactivated (a leaver: set active = false and name somebody else)",
    "guest": "a single-channel guest, who gets no direct message from the bot",
    "is_bot": "a bot's account",
    "user_not_found": "no such account in Slack",
    "is_archived": "archived",
    "not_in_channel": "the bot is not in it (invite it)",
    "channel_not_found": "no such channel, or a private one that the bot is not in",
    "no_address": "neither in Slack nor with an e-mail address: by telephone only",
    "bad_address": "the e-mail address is not written as one",
}

ROAD_LINES: Mapping[object, Callable[[Mapping[str, object], str, Directory], str]] = {
    "credential_dead": _credential_dead,
    "second_road": _second_road,
    "unreached": _unreached,
    "route_dead": _route_dead,
    "unknown_code": _unknown_code,
    "probe": _probe,
}
"""The lines that are worded here, by what they are about."""


def road_line(notice: Notice, uow: UnitOfWork, rules: Rules) -> str:
    """The words of one of these lines."""
    reference = named_as(uow.cases.get(notice.case_id)) if notice.case_id else "a notice"
    return ROAD_LINES[notice.payload["what"]](notice.payload, reference, rules.directory)
