"""The Home tab: a screen over a shoulder, so references, grades and times only."""

from collections.abc import Iterator

from bot.domain.overview import ForceNow, OverviewPage
from handlers.views import limits
from handlers.views.blocks import Json, actions, button, context, divider, header, section
from handlers.views.drafts import KEPT, rows
from handlers.views.lists import NOTHING_WAITS, STRANGER, cases, matter_rows, own_rows, team_rows
from handlers.views.text import bold, escape, full_moment, moment, time_left

REFER, FIND, HELP = "home_refer", "home_find_case", "home_help"
MORE = "… and {n} more."


def home(page: OverviewPage) -> Json:
    """The whole tab, as the record stands at `page.now`."""
    blocks = [_buttons(), *_own(page)]
    if page.team is not None:
        blocks += [divider(), *team_rows(page.team, page.now)]
    if page.drafts:
        blocks += [divider(), section("*My drafts*"), *rows(page.drafts, page.now), context(KEPT)]
    if page.force is not None:
        blocks += [divider(), *_force(page.force, page)]
    blocks.append(
        context(f"As of {moment(page.now, page.now).removeprefix('on ')}. Open Home again to see it as it then stands.")
    )
    return _view(blocks)


def unreadable(phone: str) -> Json:
    """Home while the record cannot be read."""
    words = f"The record cannot be read now, so nothing is shown. Nothing of it is lost. Phone {escape(phone)} if it cannot wait."
    return _view([section(words)])


def _view(blocks: list[Json]) -> Json:
    return {"type": "home", "callback_id": "home", "private_metadata": "", "blocks": blocks[: limits.VIEW_BLOCKS]}


def _buttons() -> Json:
    return actions(
        [
            button("Refer a child", action_id=REFER, value="refer", label="Refer a child", style="primary"),
            button("Open a case", action_id=FIND, value="case", label="Open a case"),
            button("Help", action_id=HELP, value="help", label="Help: every command"),
        ],
        block_id="home",
    )


def _own(page: OverviewPage) -> Iterator[Json]:
    if not page.known:
        yield section(STRANGER)
        return
    found = [*own_rows(page), *matter_rows(page.matters, page.now)]
    yield from found or [section(f"*Waits for me*\n{NOTHING_WAITS}")]


def _force(force: ForceNow, page: OverviewPage) -> Iterator[Json]:
    yield header("The force now")
    bands = ", ".join(f"{escape(band.upper())}: {count}" for band, count in force.by_band)
    names = f"With nobody's name on {'it' if force.unowned == 1 else 'them'}: {bold(str(force.unowned))}"
    yield section(f"{bold(cases(force.open_cases))} open. By urgency, the highest first: {bands}\n{names}")
    if force.led:
        led = [f"• {escape(label)}: {escape(value)}" for label, value in force.led]
        yield section(limits.fitted(["*What leaders owe*", *led], limits.SECTION_TEXT, MORE))
    lines = [
        f"• {escape(agency.name)}: {agency.cases} open, {bold(f'{agency.late} late') if agency.late else 'none late'}"
        for agency in force.agencies
    ]
    if lines:
        yield section(limits.fitted(["*By agency*", *lines], limits.SECTION_TEXT, MORE))
    if force.oldest_silent is not None and force.oldest_silent_since is not None:
        since = force.oldest_silent_since
        yield section(
            f"*Longest silence:* {bold(force.oldest_silent)}, no recorded act since {full_moment(since)} "
            f"({time_left(since, page.now)})."
        )
