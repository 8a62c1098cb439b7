"""A person's own drafts: when each was begun, to go on with or to throw away. What was typed is not shown."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.domain.ids import DraftId
from handlers.views.blocks import Drawn, Json, actions, button, confirm, context, section
from handlers.views.text import moment

TAKE_UP, DISCARD = "take_up_draft", "discard_draft"
MOST = 10
NONE = "You have no drafts."
KEPT = "A draft is kept sealed for 24 hours and then forgotten. Nobody has been told of it."


def drafts(own: Sequence[tuple[DraftId, datetime]], now: datetime) -> Drawn:
    """The list, the newest first."""
    if not own:
        return Drawn(NONE, (section(NONE),))
    count = f"{len(own)} draft{'' if len(own) == 1 else 's'}, not sent."
    return Drawn(f"You have {count}", (section(f"*{count}*"), *rows(own, now), context(KEPT)))


def rows(own: Sequence[tuple[DraftId, datetime]], now: datetime) -> Iterator[Json]:
    """One draft after the other with its two buttons."""
    for draft_id, at in own[:MOST]:
        said = f"Begun {moment(at, now)}"
        yield section(said)
        yield actions(
            [
                button("Go on", action_id=TAKE_UP, value=draft_id, label=f"Go on with the draft {said.lower()}"),
                button(
                    "Discard",
                    action_id=DISCARD,
                    value=draft_id,
                    label=f"Discard the draft {said.lower()}",
                    confirm=confirm("Discard this draft?", "What was typed into it is forgotten for good.", "Discard"),
                ),
            ],
            block_id=f"draft:{draft_id}",
        )
