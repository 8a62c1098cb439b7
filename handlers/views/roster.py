"""Who is on duty, who is away, and the forms that change it. Staff only: no child is ever in the roster."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.views import limits
from handlers.views.blocks import (
    Json,
    actions,
    asked,
    button,
    confirm,
    context,
    modal,
    moment_input,
    option,
    plain,
    section,
    select,
)
from handlers.views.text import bold, escape, listed, moment

DUTY_SET, HAND_OVER, AWAY = "duty_set", "duty_hand_over", "away_set"
SET, HAND, END, BACK = "open_duty_set", "open_hand_over", "end_duty", "come_back"
PEOPLE, FROM, UNTIL, TO, PERSON, BY = "people", "from_at", "until_at", "to", "person", "by"
LABELS = {
    PEOPLE: "On duty",
    FROM: "From",
    UNTIL: "Until",
    TO: "Hand over to",
    PERSON: "Who is away",
    BY: "Who covers",
}
AWAY_WORD, COVER_WORD = "away", "cover"
MOST_TEAMS = 20
MORE = "… and {n} more."
NO_TEAM = "You are in no team of the directory, so there is no duty to show. Ask your hub manager to add you."

Choice = tuple[str, str]
"""A person's id and name."""


@dataclass(frozen=True, slots=True)
class TeamLine:
    """One team as the person sees it: who is on duty, and what the person may do about it."""

    team: str
    name: str
    on_duty: tuple[str, ...]
    by_hand: bool
    may_set: bool
    may_hand_over: bool


@dataclass(frozen=True, slots=True)
class AwayLine:
    """One absence that the person may end."""

    person: str
    name: str
    by: str
    from_at: datetime
    until_at: datetime


def duty(teams: Sequence[TeamLine], gaps: Sequence[str]) -> Json:
    """Who is on duty now, and the changes that the person may make."""
    blocks = [block for team in teams[:MOST_TEAMS] for block in _team(team)] or [section(NO_TEAM)]
    if gaps:
        words = ["*Nobody is on duty in the next seven days*", *(f"• {escape(gap)}" for gap in gaps)]
        blocks.append(section(limits.fitted(words, limits.SECTION_TEXT, MORE)))
    note = context(
        "A change here holds for its dates, whatever the directory file says. The file counts again after it."
    )
    return modal("Who is on duty", [*blocks, note], callback_id="duty")


def _team(team: TeamLine) -> Iterator[Json]:
    by_hand = "\nSet by hand for now." if team.by_hand else ""
    yield section(f"{bold(team.name)}: {escape(listed(team.on_duty))}{by_hand}")
    buttons = []
    if team.may_hand_over:
        buttons.append(_press("Hand over the shift", HAND, team))
    if team.may_set:
        buttons.append(_press("Set duty", SET, team))
    if team.may_set and team.by_hand:
        ends = confirm("End this change?", "The directory file counts again from now.", "End it")
        buttons.append(_press("End the change", END, team) | {"confirm": ends})
    if buttons:
        yield actions(buttons, block_id=f"duty:{team.team}")


def _press(text: str, action_id: str, team: TeamLine) -> Json:
    return button(text, action_id=action_id, value=team.team, label=f"{text}: {team.name}")


def set_duty(team: str, name: str, people: Sequence[Choice], now: datetime) -> Json:
    """Who is on duty for a team in some hours."""
    many: Json = {
        "type": "multi_static_select",
        "action_id": PEOPLE,
        "placeholder": plain("Select people", limits.PLACEHOLDER),
        "options": _people(people),
    }
    blocks = [
        section(f"{bold(name)}. For these hours this takes the place of the team's roster."),
        asked(LABELS[PEOPLE], many, block_id=PEOPLE),
        *_times(now),
    ]
    return modal("Set duty", blocks, callback_id=DUTY_SET, metadata=team, submit="Set duty", close="Back")


def hand_over(team: str, name: str, people: Sequence[Choice]) -> Json:
    """To whom the rest of the running shift goes."""
    said = f"{bold(name)}. They are on duty for the rest of this shift, and are told at once of everything unanswered."
    chosen = select(TO, _people(people), "Select who takes over")
    return modal(
        "Hand over the shift",
        [section(said), asked(LABELS[TO], chosen, block_id=TO)],
        callback_id=HAND_OVER,
        metadata=team,
        submit="Hand over",
        close="Back",
    )


def away(word: str, me: str, people: Sequence[Choice], absences: Sequence[AwayLine], now: datetime) -> Json:
    """Somebody is away for some hours, and who covers: which is asked for when that is what was wanted."""
    who = select(PERSON, _people(people), "Select who is away")
    mine = next((offered for offered in who["options"] if offered["value"] == me), None)
    covers = select(BY, _people(people), "Select who covers")
    blocks = [
        *(_absence(number, absence, now) for number, absence in enumerate(absences)),
        asked(LABELS[PERSON], who | ({"initial_option": mine} if mine else {}), block_id=PERSON),
        asked(
            LABELS[BY],
            covers,
            block_id=BY,
            hint="Their messages go to whoever covers. With nobody here, whoever comes next on the ladder is told.",
            optional=word == AWAY_WORD,
        ),
        *_times(now),
    ]
    title = "Away" if word == AWAY_WORD else "Cover"
    return modal(title, blocks, callback_id=AWAY, metadata=word, submit="Save", close="Cancel")


def _absence(number: int, absence: AwayLine, now: datetime) -> Json:
    by = f", covered by {escape(absence.by)}" if absence.by else ", covered by nobody"
    when = f"{moment(absence.from_at, now)} until {moment(absence.until_at, now).removeprefix('on ')}"
    press = button("Back", action_id=BACK, value=absence.person, label=f"{absence.name} is back")
    said = section(f"{bold(absence.name)} is away {when}{by}.", block_id=f"absence:{number}")
    return said | {"accessory": press}


def _times(now: datetime) -> Iterator[Json]:
    begins = moment_input(FROM) | {"initial_date_time": int(now.timestamp())}
    yield asked(LABELS[FROM], begins, block_id=FROM)
    yield asked(LABELS[UNTIL], moment_input(UNTIL), block_id=UNTIL)


def _people(people: Sequence[Choice]) -> list[Json]:
    return [option(*person) for person in people[: limits.OPTIONS]]
