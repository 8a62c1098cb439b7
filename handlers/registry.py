"""Every command that there is, in one list: help, the manifest and the listeners are read from it.

A new command is one row here and one in the manifest, and only once it does something.
"""

from dataclasses import dataclass

from handlers import arguments, briefs, cases, commands, discovery, home, leaders, parsing, roster, workloads
from handlers.middleware import Asked, Listener
from handlers.views.guide import Row, guide

ROOT = "/safeguarding"
HELP = "help"


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command, or a word after the root one: what it does in one line, what may follow it, who listens."""

    name: str
    says: str
    listener: Listener
    hint: str = ""


def help_page(asked: Asked) -> None:
    """Everything that can be typed."""
    asked.show(guide(rows(), phone=asked.phone))


def safeguarding(asked: Asked) -> None:
    """The word after the root command; help when there is none, the nearest word when it is none of ours."""
    typed = arguments.known_word(parsing.typed(asked.body), [word.name for word in WORDS])
    said = next((word for word in WORDS if word.name == typed.word), None)
    if said is None:
        asked.show(
            guide(rows(), phone=asked.phone, meant=f"{ROOT} {typed.near}" if typed.near else "", unknown=typed.more)
        )
        return
    if typed.more:
        asked.ack(commands.NOTHING_KEPT.format(command=f"{ROOT} {said.name}"))
    said.listener(asked)


WORDS = (
    Command(HELP, "This list.", help_page),
    Command(
        "images", "You have come upon indecent images: what to do now, and a referral in one press.", discovery.found
    ),
    Command("mine", "What waits for you, and what you are late with.", home.mine),
    Command("team", "What your team owes.", home.team),
    Command("drafts", "Your referrals that are begun and not sent.", commands.drafts),
    Command("duty", "Who is on duty, and forms to set it or to hand a shift over.", roster.duty),
    Command("away", "Say that you, or somebody you lead, are away, or are back.", roster.away),
    Command("cover", "Say who covers while somebody is away.", roster.cover),
    Command("endorse", "How leaders' endorsements stand, and your own to give.", leaders.endorse),
    Command("count", "Give your unit's count of a day: none is a count too.", leaders.count),
    Command("plan", "The action plan: what is owed by whom, and its evidence.", leaders.plan),
    Command("devices", "Devices that wait for forensics, by band and age, for leaders.", workloads.devices),
    Command("load", "The online team's open cases against its people, for leaders.", workloads.load),
    Command("digest", "This week's numbers as they stand now, for you alone.", home.digest),
)
COMMANDS = (
    Command("/refer", "Refer a child. Opens a form: type nothing after the command.", commands.refer),
    Command("/missing", "Refer a missing child. Opens the form with that concern chosen.", commands.missing),
    Command("/case", "Open a case: by its reference, or choose one.", cases.case, hint="[reference]"),
    Command("/brief", "What is held about an address or a child, for responders on their way.", briefs.command),
    Command(ROOT, "Help, and everything else: type a word after it.", safeguarding, hint="help"),
)


def rows() -> list[Row]:
    """The commands, and the words of the root one, as help lists them."""
    slash = [Row(f"{one.name} {one.hint}".strip(), one.says) for one in COMMANDS if one.name != ROOT]
    return [*slash, *(Row(f"{ROOT} {one.name}", one.says) for one in WORDS)]
