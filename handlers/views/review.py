"""The review step: who will be told and by when, before anything is sent."""

from collections.abc import Iterator
from datetime import datetime

from bot.domain.answers import AgencyChoice, Review
from handlers.views import limits
from handlers.views.blocks import Json, asked, modal, option, plain, section, text_input, typed
from handlers.views.text import bold, escape, full_moment, listed, moment, time_left

REVIEW = "referral_review"
NOT_SENT = "referral_not_sent"
AGENCIES, LEFT_OUT_REASON, FIRST_AWARE_AT = "agencies", "left_out_reason", "first_aware_at"
LABELS = {
    AGENCIES: "Agencies to tell",
    LEFT_OUT_REASON: "Reason for leaving out children's social care",
    FIRST_AWARE_AT: "When was it first known?",
}
MORE = "… and {n} more."


def review(answer: Review) -> Json:
    """What will happen on Send. The view keeps the draft's id and nothing that was typed."""
    blocks = [
        section(f"*Check before sending.* {escape(answer.concern)} · {bold(answer.grade)}"),
        section(limits.fitted(list(_told(answer)), limits.SECTION_TEXT, MORE)),
    ]
    if answer.notes:
        blocks.append(section(limits.fitted([f"• {escape(note)}" for note in answer.notes], limits.SECTION_TEXT, MORE)))
    if answer.agencies:
        blocks.append(asked(LABELS[AGENCIES], _boxes(answer), block_id=AGENCIES, optional=True))
        if any(choice.needs_reason for choice in answer.agencies):
            blocks.append(_reason())
    blocks.append(
        asked(
            LABELS[FIRST_AWARE_AT],
            {"type": "datetimepicker", "action_id": FIRST_AWARE_AT},
            block_id=FIRST_AWARE_AT,
            hint="Leave it empty when it became known just now.",
            optional=True,
        )
    )
    return modal(
        "Check and send", blocks, callback_id=REVIEW, metadata=answer.draft, submit="Send referral", close="Back"
    )


def _reason() -> Json:
    return asked(
        LABELS[LEFT_OUT_REASON],
        text_input(LEFT_OUT_REASON, multiline=True),
        block_id=LEFT_OUT_REASON,
        hint="Needed only when children's social care is not ticked. It goes on the record.",
        optional=True,
    )


def _told(answer: Review) -> Iterator[str]:
    for choice in answer.always_told:
        yield f"Told in any case: {_choice(choice, answer.now)}"
    if answer.first_action_by is not None:
        yield f"First protective action by {_when(answer.first_action_by, answer.now)}."


def _choice(choice: AgencyChoice, now: datetime) -> str:
    duty = listed(map(escape, choice.on_duty), nobody="nobody is named")
    return f"{bold(choice.name)}, on duty: {duty}. Must acknowledge by {_when(choice.acknowledge_by, now)}."


def _when(at: datetime, now: datetime) -> str:
    return f"{full_moment(at)} ({time_left(at, now)})"


def _by(choice: AgencyChoice, now: datetime) -> str:
    """By when, and whom it reaches: short, for Slack cuts the line beside a box."""
    when = moment(choice.acknowledge_by, now).removeprefix("on ")
    return f"By {when} · on duty: {listed(choice.on_duty, nobody='nobody is named')}"


def _boxes(answer: Review) -> Json:
    shown = answer.agencies[: limits.BOX_OPTIONS]
    options = [option(choice.agency, choice.name, _by(choice, answer.now)) for choice in shown]
    boxes: Json = {"type": "checkboxes", "action_id": AGENCIES, "options": options}
    ticked = [box for box, choice in zip(options, shown, strict=True) if choice.ticked]
    return boxes | {"initial_options": ticked} if ticked else boxes


def not_sent(phone: str, given_back: str) -> Json:
    """The record could not be written: what to do now, and everything that was typed, to be kept."""
    blocks = [
        section(f"Your referral was *NOT sent*. Phone {escape(phone)} now if it cannot wait."),
        section("Nothing that you typed is lost: go back and send it again, or copy it from here."),
    ]
    if given_back:
        blocks += [{"type": "section", "text": plain("What you typed:")}, *typed(given_back)]
    return modal("Not sent", blocks, callback_id=NOT_SENT, close="Back")
