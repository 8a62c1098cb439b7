"""After Send: the reference, who was told, what happens next, and the concern's fact questions with their buttons."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from bot.domain.answers import Question, Referred
from bot.domain.ids import CaseId
from bot.domain.risk import Answer
from handlers.views import limits
from handlers.views.blocks import Json, actions, button, divider, header, modal, section
from handlers.views.text import bold, escape, full_moment, time_left

CONFIRMATION = "referral_sent"
MESSAGE = "message"
ANSWER = "answer"
"""The action ids of the three buttons are `answer:yes`, `answer:no` and `answer:unknown`."""
WORDS = {Answer.YES: "Yes", Answer.NO: "No", Answer.UNKNOWN: "Don't know"}
QUESTION, FACT = "question", "fact"
KEPT = ("type", "callback_id", "title", "submit", "close", "private_metadata", "clear_on_close")
MORE = "… and {n} more."


def confirmation(answer: Referred, now: datetime) -> Json:
    """The case is stored, so what this says is true."""
    blocks = [header(f"{answer.reference} has been sent"), section(_what_next(answer, now))]
    if answer.floors:
        blocks.append(
            section(limits.fitted([f"• {escape(words)}" for words in answer.floors], limits.SECTION_TEXT, MORE))
        )
    blocks += facts(answer.case_id, answer.questions)
    return modal("Referral sent", blocks, callback_id=CONFIRMATION, close="Done", clear_on_close=True)


def _what_next(answer: Referred, now: datetime) -> str:
    told = [f"• {bold(name)} told: must acknowledge by {_when(due_at, now)}" for name, due_at in answer.told]
    lines = [f"The case is open, graded {bold(answer.grade)}, and its clocks are running.", *told]
    if answer.first_action_by is not None:
        lines.append(f"First protective action by {_when(answer.first_action_by, now)}.")
    lines.append("If nobody answers in time, more senior people are told, again and again.")
    lines.append(f"If it cannot wait, phone {escape(answer.phone)}.")
    return limits.fitted(lines, limits.SECTION_TEXT, MORE)


def _when(at: datetime, now: datetime) -> str:
    return f"{full_moment(at)} ({time_left(at, now)})"


def facts(case_id: CaseId, questions: Sequence[Question]) -> list[Json]:
    """The questions, each with three buttons and the answer given so far; an answer can be corrected at any time."""
    if not questions:
        return []
    words = "*What else is known?* Each answer may shorten the limits. Don't know counts as yes."
    if any(question.answer is not None for question in questions):
        words += " The card shows the grade and the limits that hold since your answers."
    head = section(words, block_id=f"{QUESTION}:")
    return [divider() | {"block_id": f"{FACT}:"}, head, *_asked(case_id, questions)]


def _asked(case_id: CaseId, questions: Iterable[Question]) -> Iterator[Json]:
    for question in questions:
        said = f"\nAnswered: *{WORDS[question.answer]}*" if question.answer is not None else ""
        yield section(f"{escape(question.words)}{said}", block_id=f"{QUESTION}:{question.code}")
        yield actions([_button(question, answer) for answer in Answer], block_id=f"{FACT}:{case_id}:{question.code}")


def _button(question: Question, answer: Answer) -> Json:
    chosen = question.answer is answer
    return button(
        WORDS[answer],
        action_id=f"{ANSWER}:{answer.value}",
        value=answer.value,
        label=f"{WORDS[answer]}: {question.words}",
        style="primary" if chosen else None,
    )


def redrawn(view: Json, case_id: CaseId, questions: Sequence[Question]) -> Json:
    """The view that Slack sent with a press, with the answers drawn anew and everything else as it was."""
    fresh = {str(block["block_id"]): block for block in facts(case_id, questions)}
    blocks = [fresh.get(str(block.get("block_id")), block) for block in view["blocks"]]
    return {key: view[key] for key in KEPT if view.get(key) is not None} | {"blocks": blocks}


def message(title: str, text: str, *, close: str = "Close", clear_on_close: bool = False) -> Json:
    """One sentence in a modal: an answer, or why something was not done."""
    return modal(title, [section(escape(text))], callback_id=MESSAGE, close=close, clear_on_close=clear_on_close)
