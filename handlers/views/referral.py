"""The referral form: six inputs, nothing chosen beforehand, the concern's own grades with the highest first."""

from bot.domain.concerns import ConcernType
from bot.domain.policy import Policy
from handlers.views.blocks import Json, asked, modal, option, section, select, text_input

FORM = "referral_form"
CONCERN, GRADE, ASKS_FOR = "concern", "grade", "asks_for"
CHILDREN, NARRATIVE, ADDRESS = "children", "narrative", "address"
UNGRADED = "ungraded"

WARNING = "*If a child is in immediate danger call {emergency}.* This bot does not send officers."
LABELS = {
    CONCERN: "Concern type",
    GRADE: "Risk grade",
    ASKS_FOR: "What are you asking for?",
    CHILDREN: "Child or children: record numbers, not names",
    NARRATIVE: "What has happened and when first known",
    ADDRESS: "Address or place",
}
HINTS = {
    GRADE: "Select the concern type first: each has grades of its own. Not graded yet runs on the shortest limits.",
    CHILDREN: (
        "One child a line. Several numbers of one child with commas between them: "
        "police 44-0001, council 9001, NHS 999 000 0001"
    ),
    NARRATIVE: "2,000 characters or fewer. May stay empty when you give a police record number.",
    ADDRESS: "300 characters or fewer. Kept sealed, never shown in a channel.",
}


def form(policy: Policy, *, channel: str = "", concern: str | None = None) -> Json:
    """The form; with a concern chosen, its grades. `channel` is where it was asked for (an id, kept in the view)."""
    chosen = policy.concerns.get(concern) if concern else None
    return modal(
        "Refer a child",
        [
            section(WARNING.format(emergency=policy.phones.emergency)),
            _concern(policy),
            asked(LABELS[GRADE], _grades(chosen), block_id=grade_block(concern), hint=HINTS[GRADE]),
            _asks(policy),
            asked(
                LABELS[CHILDREN],
                text_input(CHILDREN, multiline=True),
                block_id=CHILDREN,
                hint=HINTS[CHILDREN],
                optional=True,
            ),
            asked(
                LABELS[NARRATIVE],
                text_input(NARRATIVE, multiline=True),
                block_id=NARRATIVE,
                hint=HINTS[NARRATIVE],
                optional=True,
            ),
            asked(LABELS[ADDRESS], text_input(ADDRESS), block_id=ADDRESS, hint=HINTS[ADDRESS], optional=True),
        ],
        callback_id=FORM,
        metadata=channel,
        submit="Check before sending",
        close="Cancel",
    )


def grade_block(concern: str | None) -> str:
    """The id of the grade's block: another for each concern, so that a grade never stays over from another concern."""
    return f"{GRADE}:{concern or ''}"


def _concern(policy: Policy) -> Json:
    options = [option(concern.code, concern.label) for concern in policy.concerns.values()]
    block = asked(LABELS[CONCERN], select(CONCERN, options, "Select the concern type"), block_id=CONCERN)
    return block | {"dispatch_action": True}


def _grades(concern: ConcernType | None) -> Json:
    own = [option(grade.code, grade.label) for grade in concern.offered] if concern else []
    return select(GRADE, [*own, option(UNGRADED, "Not graded yet")], "Select how serious the risk is")


def _asks(policy: Policy) -> Json:
    options = [option(ask.code, ask.label) for ask in policy.asks.values()]
    return asked(LABELS[ASKS_FOR], select(ASKS_FOR, options, "Select what you are asking for"), block_id=ASKS_FOR)
