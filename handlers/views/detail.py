"""The detail of a case, in a modal only: what is sealed, as plain text, for somebody who may see it."""

from collections.abc import Iterator

from bot.domain.answers import CaseDetail
from bot.domain.cases import Child, HumanAct, Particulars
from bot.domain.offers import ELLIPSIS
from bot.domain.redaction import Tag
from handlers.views.blocks import Json, actions, button, context, divider, header, modal, plain, typed
from handlers.views.card import summary
from handlers.views.confirmation import facts
from handlers.views.controls import TELL_BY_PHONE, agency_ids, block_id
from handlers.views.text import escape, full_moment

DETAIL = "case_detail"
MOST_PIECES = 20
"""Paragraphs of acts that are shown; with the rest of the view they stay under Slack's number of blocks."""
MOST_LOOKS = 30
STRANGER = "somebody outside the directory"
KINDS = {"police": "police", "council": "council", "nhs": "NHS"}


def detail(answer: CaseDetail, *, reader: str) -> Json:
    """Everything on the case; `reader` is the name of the person for whom this opening was recorded."""
    case = answer.case
    blocks = [*summary(case), divider(), *_particulars(answer.particulars), *_acts(answer), *_grades(answer)]
    if case.tag is not Tag.CLOSED:
        blocks += [*_phone(answer), *facts(case.id, answer.questions)]
    blocks += _looked(answer)
    blocks.append(context(f"Opened by {escape(reader)}. This opening is on the record."))
    return modal(case.reference, blocks, callback_id=DETAIL, metadata=case.id)


def _particulars(sealed: Particulars) -> Iterator[Json]:
    yield header("Child or children")
    yield from typed("\n".join(map(child_line, sealed.children)) or "No record number yet.")
    yield header("What has happened")
    yield from typed(sealed.narrative or "Nothing was typed.")
    if sealed.address:
        yield header("Address or place")
        yield from typed(sealed.address)
    if sealed.left_out_reason:
        yield header("Why children's social care was left out")
        yield from typed(sealed.left_out_reason)


def child_line(child: Child) -> str:
    """One child by its references: "Child 1: police 44-0001, NHS 999 000 0001"."""
    references = ", ".join(f"{KINDS.get(ref.kind, ref.kind)} {ref.value}" for ref in child.references)
    return f"Child {child.number}: {references}"


def _acts(answer: CaseDetail) -> Iterator[Json]:
    if not answer.acts:
        return
    yield header("What was done, newest first")
    offered = (choice for group in answer.case.act_groups for choice in group.choices)
    labels = {choice.code: choice.label.removesuffix(ELLIPSIS) for choice in offered}
    said = "\n".join(_act(act, labels, answer.staff) for act in reversed(answer.acts))
    pieces = typed(said)
    yield from pieces[:MOST_PIECES]
    if len(pieces) > MOST_PIECES:
        yield {"type": "section", "text": plain("Earlier entries are in the record and not shown here.")}


def _act(act: HumanAct, labels: dict[str, str], staff: dict[str, str]) -> str:
    label = labels.get(act.code, act.code.replace("_", " ").capitalize())
    done = f", done on {full_moment(act.happened_at)}" if act.happened_at else ""
    named = f", naming {staff.get(act.named, STRANGER)}" if act.named and act.named != act.by else ""
    note = f": {act.note}" if act.note else ""
    which = f" (child {act.child})" if act.child else ""
    return f"{full_moment(act.at)}, {staff.get(act.by, STRANGER)}: {label}{which}{done}{named}{note}"


def _grades(answer: CaseDetail) -> Iterator[Json]:
    """How the grade came to be what it is, when it changed at all."""
    if len(answer.grades) > 1:
        yield header("Grades given, oldest first")
        said = (
            f"{full_moment(each.at)}, {answer.staff.get(each.by, STRANGER)}: {each.label}" for each in answer.grades
        )
        yield from typed("\n".join(said))[:MOST_PIECES]


def _looked(answer: CaseDetail) -> Iterator[Json]:
    """Who has looked, for owners and leads alone."""
    if answer.looked:
        yield header("Who has looked, newest first")
        lines = [
            f"{full_moment(look.at)}, {look.name}, {look.agency}: {look.why}" for look in answer.looked[:MOST_LOOKS]
        ]
        if len(answer.looked) > MOST_LOOKS:
            lines.append(f"and {len(answer.looked) - MOST_LOOKS} earlier looks, which are on the record")
        yield from typed("\n".join(lines))


def _phone(answer: CaseDetail) -> Iterator[Json]:
    if answer.agencies_to_phone:
        ids = agency_ids([agency for agency, _ in answer.agencies_to_phone])
        press = button(
            "Told by phone", action_id=TELL_BY_PHONE, value=ids, label=f"Record a call about {answer.case.reference}"
        )
        yield actions([press], block_id=block_id(answer.case))
