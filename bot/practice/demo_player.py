"""Plays the demo week in a practice workspace: each person types, presses and chooses, and the clock is moved between."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Final

from bot.directory_file import DirectoryFile, read_directory
from bot.directory_format import LOCAL
from bot.domain.ids import PersonId
from bot.practice.clock import iso
from bot.practice.demo_week import Deed, Item, Week
from bot.practice.driver import Driver
from bot.practice.sample import SAMPLE_DIRECTORY
from bot.practice.wire import ControlError, Json

# What the bot calls things on screen; the player knows nothing else of it.
COMMAND: Final = "/refer"
CONCERN, GRADE, ASKS_FOR = "Concern type", "Risk grade", "What are you asking for?"
CHILDREN, HAPPENED, ADDRESS = "Child or children", "What has happened", "Address or place"
UNGRADED: Final = "ungraded"
ANSWER: Final = "answer:{}"
FACT_BLOCK: Final = re.compile(r"fact:[^:]+:(?P<code>\w+)")
ACKNOWLEDGE, GRADE_CARD, RECORD_ACT = "acknowledge", "grade", "record_act"
REFERENCE: Final = re.compile(r"\b[A-Z]{2,}-\d\d-\d{5,}\b")
RECEIVING_CHANNEL: Final = "front-door"

Say = Callable[[str], None]


class Kind(IntEnum):
    """What happens at an instant of the week, in the order in which it happens when two fall together."""

    REFERRED = 0
    POLICE = 1
    ACKNOWLEDGED = 2
    GRADED = 3
    ACTED = 4


ACTIONS: Final = {
    Kind.POLICE: ACKNOWLEDGE,
    Kind.ACKNOWLEDGED: ACKNOWLEDGE,
    Kind.GRADED: GRADE_CARD,
    Kind.ACTED: RECORD_ACT,
}
"""The control on the card that each kind of thing is done with."""


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """One thing that somebody does at an instant; `deed` is None for the referral itself."""

    at: datetime
    kind: Kind
    number: int
    item: Item = field(compare=False, repr=False)
    deed: Deed | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Played:
    """What came of the week: the reference of each item by its number, and how often each kind of thing was done."""

    references: Mapping[int, str]
    done: Mapping[Kind, int]


class DemoTrouble(Exception):
    """The bot answered otherwise than the week expects; the sentence says at which referral, and with what."""


def moments(week: Week) -> list[Moment]:
    """Everything that people do in the week, in order."""
    return sorted(moment for item in week.items for moment in _moments(item))


def _moments(item: Item) -> Iterator[Moment]:
    yield Moment(item.arrives_at, Kind.REFERRED, item.number, item)
    deeds = [(Kind.POLICE, item.police), (Kind.ACKNOWLEDGED, item.acknowledged), (Kind.GRADED, item.graded)]
    deeds += [(Kind.ACTED, deed) for deed in item.acted]
    yield from (Moment(deed.at, kind, item.number, item, deed) for kind, deed in deeds)


def play(url: str, week: Week, *, pace: float = 0.0, say: Say | None = None) -> Played:
    """Play the whole week against the bot that is connected to the workspace at `url`.

    `pace` is the seconds to wait before each thing done, for a person who watches. On the way the clock stops at each step
    of a ladder, so that every reminder comes at its own instant. DemoTrouble when the bot answers otherwise than expected,
    ControlError when the workspace refuses.
    """
    player = _Player(Driver(url), read_directory(SAMPLE_DIRECTORY), say or _unheard)
    player.start(week.starts_at, week.items[0].arrives_at)
    for moment in moments(week):
        time.sleep(pace)
        player.move_to(moment.at)
        player.do(moment)
    return Played(player.references, player.done)


def _unheard(_line: str) -> None:
    """Nobody listens."""


class _Player:
    """Remembers what each referral is called and where its cards are."""

    def __init__(self, driver: Driver, file: DirectoryFile, say: Say) -> None:
        self.references: dict[int, str] = {}
        self.done: dict[Kind, int] = dict.fromkeys(Kind, 0)
        self._driver = driver
        self._file = file
        self._directory = file.directory
        self._say = say
        self._cards: dict[tuple[str, str], str] = {}

    def start(self, at: datetime, first_at: datetime) -> None:
        """Set the workspace's clock to the week's first instant; backwards only when the first arrival has passed."""
        now, _ = self._clock()
        if not at <= now < first_at:
            self._driver.post("clock", to=iso(at), allow_back=True)

    def move_to(self, at: datetime) -> None:
        """Move the clock to an instant (which may have passed while people were busy), by way of each step due before it."""
        now, due = self._clock()
        while due is not None and now < due < at:
            self._reach(due)
            now, due = self._clock()
        if now < at:
            self._reach(at)

    def _reach(self, at: datetime) -> None:
        try:
            self._driver.move_to(iso(at))
        except ControlError as refused:
            # The clock runs: an instant a moment ahead may pass between the look at it and the move.
            if refused.code != "clock_backwards":
                raise

    def _clock(self) -> tuple[datetime, datetime | None]:
        """The practice time, and when the bot's next step is due."""
        answer = self._driver.get("clock")
        due = answer["next_due"]
        return datetime.fromisoformat(answer["now"]), datetime.fromisoformat(due) if due else None

    def do(self, moment: Moment) -> None:
        """Have it done, and say so."""
        item, deed = moment.item, moment.deed
        if deed is None:
            self._refer(item)
            what = f"{item.concern}, {item.grade or UNGRADED}".replace("_", " ")
            said = f"{self._name(item.by)} refers {self.references[item.number]}: {what}."
        else:
            said = self._press(item, deed, ACTIONS[moment.kind])
        where = f" ({item.falls})" if moment.kind is Kind.ACKNOWLEDGED else ""
        self.done[moment.kind] += 1
        self._say(f"{moment.at.astimezone(LOCAL):%A %H:%M} · {said}{where}")

    def _refer(self, item: Item) -> None:
        """The command, the form, the review, Send; then the answers that are known, and the confirmation put away."""
        seat = self._seat(item.by)
        form = self._view(item, self._driver.command(seat, item.channel, COMMAND))
        review = self._view(item, self._driver.submit(seat, form, _filled(item)))
        sent = self._driver.submit(seat, review)
        view_id = self._view(item, sent)
        found = REFERENCE.search(" ".join(sent["view"]["texts"]))
        if found is None:
            raise DemoTrouble(
                f"Referral {item.number} was sent and answered with no reference: {sent['view']['texts']}"
            )
        self.references[item.number] = found.group()
        blocks = {
            known["code"]: str(block["block_id"])
            for block in sent["view"]["blocks"]
            if (known := FACT_BLOCK.fullmatch(str(block.get("block_id", ""))))
        }
        for code, answer in item.facts.items():
            action = ANSWER.format(answer)
            self._driver.post("click", seat=seat, view_id=view_id, action=action, block_id=blocks[code])
        self._driver.post("close", seat=seat, view_id=view_id)

    def _view(self, item: Item, answer: Json) -> str:
        """The form that is open now."""
        if answer.get("errors") or not answer.get("view_id"):
            told = answer.get("errors") or answer.get("reply") or "no form"
            raise DemoTrouble(f"Referral {item.number} met with {told!r} where the next form was expected.")
        return str(answer["view_id"])

    def _press(self, item: Item, deed: Deed, action: str) -> str:
        """Press or choose on the referral's card in the channel of whoever does it; what was done, in words."""
        channel = self._channel(deed.by)
        reference = self.references[item.number]
        card = self._card(reference, channel)
        seat = self._seat(deed.by)
        answer = self._driver.click(seat, channel, card, action, deed.code or None)
        if answer.get("view_id"):  # a form that asks for more: it was done just now, by whoever sends it
            sent = self._driver.submit(seat, str(answer["view_id"]), dict(deed.filled))
            answer = {"reply": " ".join(sent["view"]["texts"])}
        told = answer.get("reply") or f"{reference}: {action} {deed.code}".rstrip()
        return f"{self._name(deed.by)}: {told}"

    def _card(self, reference: str, channel: str) -> str:
        """The message that is the referral's card in a channel; it is redrawn in place, so it is looked up once."""
        known = self._cards.get((reference, channel))
        if known is not None:
            return known
        for message in self._driver.messages(channel):
            if message["thread_ts"] in {None, message["ts"]} and message["buttons"] and reference in message["text"]:
                self._cards[reference, channel] = str(message["ts"])
                return str(message["ts"])
        raise DemoTrouble(f"There is no card of {reference} in #{channel}.")

    def _channel(self, person: PersonId) -> str:
        """Where somebody finds the card: the police in their own team's channel, the receiving agency in its front door."""
        someone = self._directory.people[person]
        if someone.agency != self._directory.police.id:
            return RECEIVING_CHANNEL
        if someone.team is None:
            raise DemoTrouble(f"{someone.name} has no team and so no channel.")
        return self._file.channels[self._directory.teams[someone.team].channel].name

    def _seat(self, person: PersonId) -> str:
        return str(self._directory.people[person].slack)

    def _name(self, person: PersonId) -> str:
        return self._directory.name_of(person)


def _filled(item: Item) -> Json:
    """The six inputs of the form as this person fills them in."""
    return {
        CONCERN: item.concern,
        GRADE: item.grade or UNGRADED,
        ASKS_FOR: item.asks_for,
        CHILDREN: "\n".join(item.children),
        HAPPENED: item.happened,
        ADDRESS: item.area,
    }
