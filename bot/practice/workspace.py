"""The state of the practice workspace and the look-ups every edge needs. Touched from one event loop only."""

import itertools
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.practice.cast import Cast, Organisation, Seat
from bot.practice.clock import PracticeClock
from bot.practice.faults import Faults
from bot.practice.journal import Journal
from bot.practice.records import Act, Message, ResponseUrl, Room, Trigger, View
from bot.practice.settling import Traffic
from bot.practice.wire import ApiError, ControlError, Json

MICROSECOND = timedelta(microseconds=1)
Values = dict[str, dict[str, Json]]
"""What is typed and chosen: block id -> action id -> the element's state."""


@dataclass(frozen=True, slots=True)
class Options:
    """What this workspace offers beyond Slack's minimum.

    `optional_methods`: user groups and bookmarks exist. `external_modals`: people of another organisation may be
    shown modals. `native_charts`: chart and table blocks are taken.
    """

    optional_methods: bool = True
    external_modals: bool = False
    native_charts: bool = True


class Workspace:
    """Rooms, people, messages and views of one workspace; `reset` puts it back to its cast."""

    def __init__(self, cast: Cast, *, start: datetime | None = None, options: Options | None = None) -> None:
        self.cast = cast
        self.options = options or Options()
        self.clock = PracticeClock(start)
        self.journal = Journal(self.clock.now)
        self.faults = Faults()
        self.traffic = Traffic()
        self.url = ""
        self._bot_seat = Seat(cast.bot.user_id, cast.bot.name, "", "bot", cast.home, is_bot=True)
        self._numbers = itertools.count(1)
        self._fill()

    def _fill(self) -> None:
        cast = self.cast
        self.seats: dict[str, Seat] = {seat.id: seat for seat in cast.seats}
        self.deactivated: set[str] = set()
        self.groups: dict[str, tuple[str, ...]] = {}
        self.rooms: dict[str, Room] = {}
        for channel in cast.channels:
            members = set(channel.members) | ({cast.bot.user_id} if channel.bot_is_member else set())
            self.rooms[channel.id] = Room(
                channel.id,
                channel.name,
                members,
                private=channel.private,
                shared_with=channel.shared_with,
                topic=channel.topic,
            )
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.message_values: dict[tuple[str, str, str], Values] = {}
        self.offered: dict[tuple[str, str, str], list[Json]] = {}
        self.socket_tickets: set[str] = set()
        self.bookmarks: dict[str, list[Json]] = {}
        self.acts: list[Act] = []
        self._last_ts = datetime.min.replace(tzinfo=self.clock.now().tzinfo)

    def reset(self) -> None:
        """The state at start: the cast's rooms and people, no messages, no faults, no clock moves."""
        self.clock.reset()
        self.faults.clear()
        self._fill()
        self.journal.clear()

    # People ---------------------------------------------------------------------------------------------------

    @property
    def bot_id(self) -> str:
        """The bot's user id."""
        return self.cast.bot.user_id

    def person(self, user_id: str) -> Seat | None:
        """The seat of a user id, the bot's own included."""
        return self._bot_seat if user_id == self.bot_id else self.seats.get(user_id)

    def organisation(self, organisation_id: str) -> Organisation:
        """The Slack organisation of that id; a bare one where the cast names none."""
        for organisation in self.cast.organisations:
            if organisation.id == organisation_id:
                return organisation
        return Organisation(organisation_id, organisation_id, organisation_id.lower())

    def seat(self, name: object) -> Seat:
        """The seat that a control call names by id or name; ControlError `unknown_seat` otherwise."""
        wanted = str(name or "").removeprefix("@").casefold()
        for seat in self.seats.values():
            if wanted in (seat.id.casefold(), seat.name.casefold()):
                return seat
        raise ControlError("unknown_seat", f"There is no seat {name!r}: GET /control/state lists them.", status=404)

    # Rooms ----------------------------------------------------------------------------------------------------

    def direct(self, seat_id: str) -> Room:
        """The direct message between the bot and a person, opened on first use."""
        room_id = f"D{seat_id.removeprefix('U')}"
        if room_id not in self.rooms:
            name, members = f"@{self.seats[seat_id].name}", {seat_id, self.bot_id}
            self.rooms[room_id] = Room(room_id, name, members, private=True, peer=seat_id)
        return self.rooms[room_id]

    def room(self, name: object, seat: Seat | None = None) -> Room:
        """The room that a control call names: id, name, `#name` or `@seat`; `@bot` is the seat's own."""
        wanted = str(name or "")
        if wanted in self.rooms:
            return self.rooms[wanted]
        if wanted.startswith("@"):
            if seat and wanted[1:].casefold() in (self.cast.bot.name.casefold(), self.bot_id.casefold()):
                return self.direct(seat.id)
            return self.direct(self.seat(wanted).id)
        for room in self.rooms.values():
            if room.name.casefold() == wanted.removeprefix("#").casefold():
                return room
        raise ControlError("unknown_channel", f"There is no channel {wanted!r}: GET /control/state lists them.", 404)

    def rooms_of(self, seat_id: str) -> list[Room]:
        """The rooms a person is in, channels first."""
        return [room for room in self.rooms.values() if seat_id in room.members]

    # Messages -------------------------------------------------------------------------------------------------

    def new_ts(self) -> str:
        """A message timestamp of now in practice time, unique and rising unless the clock was moved back."""
        now = self.clock.now()
        if now <= self._last_ts < now + timedelta(seconds=1):
            now = self._last_ts + MICROSECOND
        self._last_ts = now
        return f"{int(now.timestamp())}.{now.microsecond:06d}"

    def add(self, message: Message) -> Message:
        """Store a message in its room and ring the bell."""
        self.rooms[message.channel].messages.append(message)
        self.journal.ring()
        return message

    def message(self, room: Room, ts: object) -> Message | None:
        """The message of that timestamp in a room."""
        return next((message for message in room.messages if message.ts == ts), None)

    # Views ----------------------------------------------------------------------------------------------------

    def views(self) -> Iterator[View]:
        """Every open modal and published Home."""
        yield from itertools.chain.from_iterable(self.stacks.values())
        yield from self.homes.values()

    def view(self, view_id: object) -> View | None:
        """The open modal or Home of that id."""
        return next((view for view in self.views() if view.id == view_id), None)

    def stack(self, seat_id: str) -> list[View]:
        """The modals a person has open, the lowest first."""
        return self.stacks.setdefault(seat_id, [])

    # Ids ------------------------------------------------------------------------------------------------------

    def new_id(self, prefix: str) -> str:
        """A fresh id such as `V0000012`."""
        return f"{prefix}{next(self._numbers):08d}"

    def trigger(self, act: Act) -> str:
        """A fresh trigger id for an act."""
        trigger_id = f"{next(self._numbers)}.{secrets.token_hex(8)}"
        self.triggers[trigger_id] = Trigger(act.seat, act)
        return trigger_id

    def response_url(self, address: ResponseUrl) -> str:
        """A fresh response_url for an act in a room."""
        ticket = secrets.token_hex(12)
        self.response_urls[ticket] = address
        return f"{self.url}/response/{ticket}"


def room_for_bot(workspace: Workspace, channel: object) -> Room:
    """The room a Web API call names by id: a user id means that person's direct message."""
    wanted = str(channel or "")
    if wanted in workspace.seats:
        return active_direct(workspace, wanted)
    room = workspace.rooms.get(wanted)
    hidden = room is not None and room.private and workspace.bot_id not in room.members
    if room is None or hidden:
        raise ApiError("channel_not_found")
    if room.peer:
        return active_direct(workspace, room.peer)
    return room


def active_direct(workspace: Workspace, seat_id: str) -> Room:
    """The direct message of a person whose account is active."""
    if seat_id not in workspace.seats:
        raise ApiError("user_not_found")
    if seat_id in workspace.deactivated:
        raise ApiError("user_disabled")
    return workspace.direct(seat_id)
