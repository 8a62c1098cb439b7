"""Lists of cases for one person: what is late, what waits, what their team owes. References and times, nothing of a child."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.domain.overview import CaseRow, OverviewPage, OwnMatter, TeamOwes
from handlers.views.blocks import Drawn, Json, button, context, section
from handlers.views.controls import OPEN_CASE, verb_button
from handlers.views.text import bold, escape, lateness, listed, moment

NOTHING_WAITS = "Nothing waits for you."
NO_TEAM = "You are in no team of the directory."
STRANGER = (
    "You are not in the directory, so no case is yours to see. You can refer a child all the same. "
    "Ask your hub manager to add you."
)
MOST_TEAMS = 4


def mine(page: OverviewPage) -> Drawn:
    """What waits for the person, what is late first."""
    if not page.known:
        return Drawn(STRANGER, (section(STRANGER),))
    blocks = [*own_rows(page), *matter_rows(page.matters, page.now)]
    return Drawn(own_words(page), tuple(blocks) or (section(NOTHING_WAITS),))


def team(page: OverviewPage) -> Drawn:
    """What the person's teams owe."""
    if not page.known:
        return Drawn(STRANGER, (section(STRANGER),))
    if page.team is None:
        return Drawn(NO_TEAM, (section(NO_TEAM),))
    shown = {row.id for row in (*page.late, *page.waiting)}
    note = [context(f"{cases(len(shown))} of these wait for you: `/safeguarding mine` lists them.")] if shown else []
    return Drawn(team_words(page.team), (*team_rows(page.team, page.now), *note))


def own_words(page: OverviewPage) -> str:
    """What waits for the person, in one sentence."""
    led = f" {len(page.matters)} asked of you as a leader." if page.matters else ""
    if not page.late and not page.waiting:
        return led.strip() or NOTHING_WAITS
    late = f"You are late on {cases(len(page.late))}. " if page.late else ""
    return f"{late}{cases(len(page.waiting))} more wait{'s' if len(page.waiting) == 1 else ''} for you.{led}"


def own_rows(page: OverviewPage) -> Iterator[Json]:
    """Late, then waiting; each with its heading, and none when there is nothing."""
    for heading, rows in (("I am late with", page.late), ("Waits for me", page.waiting)):
        if rows:
            yield section(f"*{heading}*")
            yield from case_rows(rows, page.now)


def matter_rows(matters: Sequence[OwnMatter], now: datetime) -> Iterator[Json]:
    """What the person owes in person, each with its button."""
    if matters:
        yield section("*Asked of me as a leader*")
    for one in matters:
        when = f"*Overdue*, {lateness(one.due_at, now)}" if one.late else f"due {moment(one.due_at, now)}"
        row = section(f"{bold(one.reference)} · {escape(one.title)}: {when}", block_id=f"case:{one.id}:1")
        yield row | {"accessory": verb_button(one.choices[0], one.reference)} if one.choices else row


def team_words(owes: TeamOwes) -> str:
    """What the teams owe, in one sentence."""
    names = listed(owes.names[:MOST_TEAMS]) if len(owes.names) <= MOST_TEAMS else f"{len(owes.names)} teams"
    if not owes.cases:
        return f"{escape(names)}: no open case."
    late = f"{owes.late} late" if owes.late else "none late"
    return f"{escape(names)}: {owes.cases} open case{'' if owes.cases == 1 else 's'}, {late}."


def team_rows(owes: TeamOwes, now: datetime) -> Iterator[Json]:
    """The count, then the soonest."""
    yield section(f"*My team owes*\n{team_words(owes)}")
    yield from case_rows(owes.rows, now)


def case_rows(rows: Sequence[CaseRow], now: datetime) -> Iterator[Json]:
    """One line a case with its button; the block's id is that of a card's controls, so the press is the card's own."""
    for row in rows:
        when = f"*Overdue*, {lateness(row.due_at, now)}" if row.late else f"due {moment(row.due_at, now)}"
        said = f"{bold(row.reference)} · {escape(row.grade)} · {escape(row.owes)}: {when}"
        yield section(said, block_id=f"case:{row.id}:{row.version}") | {"accessory": open_accessory(row)}


def open_accessory(row: CaseRow) -> Json:
    """The button that opens the case."""
    label = f"Open {row.reference}"
    return button("Open", action_id=OPEN_CASE, value=f"{row.id}:{row.version}", label=label)


def cases(count: int) -> str:
    """A number of cases in words."""
    return f"{count} case{'' if count == 1 else 's'}"
