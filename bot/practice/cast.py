"""Who sits in the practice workspace: seats, channels, organisations and the bot, as plain values."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Organisation:
    """One Slack workspace: the home of the bot, or a partner's joined over Slack Connect."""

    id: str
    name: str
    domain: str


@dataclass(frozen=True, slots=True)
class Seat:
    """One person to sit as; `workspace` is the id of their own Slack organisation, `id` a Slack user id."""

    id: str
    name: str
    team: str
    role: str
    workspace: str
    email: str = ""
    is_guest: bool = False
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel; `members` are seat ids, `shared_with` the partner organisations it is shared with."""

    id: str
    name: str
    members: tuple[str, ...]
    private: bool = False
    shared_with: tuple[str, ...] = ()
    topic: str = ""
    bot_is_member: bool = True


@dataclass(frozen=True, slots=True)
class Bot:
    """The app's identity and its tokens; the tokens open nothing but this loopback server."""

    user_id: str = "U0VIGIL"
    bot_id: str = "B0VIGIL"
    app_id: str = "A0VIGIL"
    name: str = "Vigil"
    bot_token: str = "xoxb-practice"
    app_token: str = "xapp-practice"
    signing_secret: str = "practice-signing-secret"
    verification_token: str = "practice-verification"


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One entry of the shortcuts menu: global, or offered on a message."""

    callback_id: str
    name: str
    on_message: bool = False


@dataclass(frozen=True, slots=True)
class Cast:
    """Everything a workspace holds at its start.

    `home` is the id of the bot's own organisation. `commands` are the slash commands that the app has
    registered ("/refer"); with none named, every one is passed to the bot. `events` are those it has subscribed to
    ("message.channels", "app_home_opened"); None passes every one. `first` is the seat that the page opens on. `scopes`
    are the bot token's permissions, named in the answers' headers as Slack does.
    """

    organisations: tuple[Organisation, ...]
    seats: tuple[Seat, ...]
    channels: tuple[Channel, ...]
    home: str
    bot: Bot = field(default_factory=Bot)
    commands: tuple[str, ...] = ()
    events: tuple[str, ...] | None = None
    shortcuts: tuple[Shortcut, ...] = ()
    first: str = ""
    scopes: tuple[str, ...] = ()

    def is_external(self, seat: Seat) -> bool:
        """Whether this person belongs to another Slack organisation (Slack Connect)."""
        return seat.workspace != self.home


def default_cast() -> Cast:
    """A small cast: four people of a force, two of a council in an organisation of its own, four channels."""
    force, council = "T0FORCE", "T0COUNCIL"
    seats = (
        Seat("U0OFFICER", "Officer One", "Response", "officer", force, "officer.one@force.example"),
        Seat("U0SERGEANT", "Sergeant Two", "Response", "supervisor", force, "sergeant.two@force.example"),
        Seat("U0LEAD", "Inspector Three", "Safeguarding", "department lead", force, "inspector.three@force.example"),
        Seat("U0CHIEF", "Chief Four", "Command", "chief officer", force, "chief.four@force.example"),
        Seat("U0SOCIAL", "Social Worker Five", "Front Door", "officer", council, "worker.five@council.example"),
        Seat("U0MANAGER", "Manager Six", "Front Door", "partner lead", council, "manager.six@council.example"),
    )
    police = tuple(seat.id for seat in seats if seat.workspace == force)
    everybody = tuple(seat.id for seat in seats)
    channels = (
        Channel(
            "C0FRONTDOOR", "front-door", everybody, shared_with=(council,), topic="Referrals both agencies work on"
        ),
        Channel("C0SAFEGUARD", "safeguarding", police),
        Channel("C0COMMAND", "command", ("U0LEAD", "U0CHIEF"), private=True),
        Channel("C0CANTEEN", "canteen", police, bot_is_member=False),
    )
    organisations = (
        Organisation(force, "Practice Police", "practice-police"),
        Organisation(council, "Practice Council", "practice-council"),
    )
    return Cast(organisations, seats, channels, force)
