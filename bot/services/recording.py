"""Recording what was done, from the policy's list: when it was done, whom it names, and what it starts and ends."""

from collections.abc import Iterator, Sequence
from datetime import date

from bot.domain.acts import Inputs
from bot.domain.answers import ActForm, Said
from bot.domain.cases import HumanAct
from bot.domain.commands import Actor, OnCase, RecordAct
from bot.domain.concerns import Act, ActInput
from bot.domain.deadlines import Deadline
from bot.domain.directory import Directory
from bot.domain.each_child import child_words
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.events import Action
from bot.domain.ids import PersonId
from bot.domain.offers import Choice
from bot.domain.permissions import Verb, may_record
from bot.domain.policy import Milestone, Policy
from bot.domain.wording import full_moment
from bot.ports import UnitOfWork
from bot.services.acts import begin, check_listed, once
from bot.services.changes import Change
from bot.services.flags import put_in_force, take_out_of_force
from bot.services.inputs import audited, chosen, wrong_inputs
from bot.services.naming import name_owners
from bot.services.passages import PROTECTIVE_ACT, pass_gates, settle_gates
from bot.services.risks import put_facts
from bot.services.tools import Tools

LINKS = ("https://", "http://")
MOST_LINK = 500
SAME = {"social_care": {"social_care", "other_council"}, "police": {"police", "other_force"}}
"""Kinds of agency that stand for one another where an act names somebody: the council responsible may be another one."""


def record_act(on: OnCase, code: str, note: str, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Record something done just now, by whoever says so."""
    return record(RecordAct(on.case_id, code, note), actor, key, tools=tools)


def record(command: RecordAct, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Record something done. A protective act meets the first-action deadline; an attempt is kept and meets nothing.

    What it starts is counted from when it was done. A step that gates watch is refused while it may wait; what has happened is
    recorded at once, flagged, and what is missing is due now. FormRefusal fields: when, who, link, listed, note,
    count.
    """

    def act(uow: UnitOfWork) -> str:
        change = begin(uow, tools, command.case_id, actor, Verb.ACT)
        found = _offered(change, command.code)
        no = may_record(actor, found, tools.rules.directory)
        if no is not None:
            raise Refusal(no)
        _check_child(change, found, command.child)
        kept = _kept(change, found, command, actor, tools)
        return _take(change, found, kept, tools, about=audited(found, command))

    return once(act, key, tools=tools)


def _check_child(change: Change, act: Act, child: int | None) -> None:
    """Refusal when the act is not one of each child, or the case has no child of that number."""
    if child is not None and not (act.each_child and 1 <= child <= change.uow.cases.children(change.case.id)):
        raise Refusal("Select one of the actions in the list.")


def act_form(on: OnCase, code: str, actor: Actor, *, tools: Tools) -> ActForm:
    """What the form of an act asks; Refusal when this person may not record it."""
    with tools.store.read() as uow:
        change = begin(uow, tools, on.case_id, actor, Verb.ACT)
        directory = tools.rules.directory
        found = _offered(change, code)
        no = may_record(actor, found, directory)
        if no is not None:
            raise Refusal(no)
        people = [
            Choice(person.id, f"{person.name}, {directory.agencies[person.agency].name}")
            for person in sorted(directory.people.values(), key=lambda each: each.name)
            if _can_be_named(person.id, found, directory) and change.case.admits(person.id)
        ]
        inputs, policy = found.inputs or Inputs(), change.policy
        return ActForm(
            reference=change.case.reference,
            code=found.code,
            label=found.label,
            asks=found.asks,
            people=tuple(people),
            inputs=inputs,
            choices=tuple(Choice(*each) for each in policy.listed.get(inputs.listed, {}).items()),
            least=policy.reasons.least_characters,
        )


def _offered(change: Change, code: str) -> Act:
    found = change.policy.acts.get(code)
    if found is None or found not in change.policy.acts_for(change.case.concern, change.case.known_flags):
        raise Refusal("Select one of the actions in the list.")
    return found


def _can_be_named(person: PersonId, act: Act, directory: Directory) -> bool:
    known = directory.people.get(person)
    return (
        known is not None
        and known.active
        and not known.governance
        and act.names is not None
        and directory.agencies[known.agency].kind in SAME.get(act.names, {act.names})
    )


# ---- what is kept of it


def _kept(change: Change, act: Act, command: RecordAct, actor: Actor, tools: Tools) -> HumanAct:
    """The act as it goes on the record; FormRefusal names everything about it that cannot be."""
    directory, earlier = tools.rules.directory, change.uow.cases.acts(change.case.id)
    named = command.named
    if named is None and _can_be_named(actor.person, act, directory):
        named = actor.person
    wrong = {
        **_wrong_time(change, act, command, earlier),
        **_wrong_person(change, act, command.named, named or actor.person, earlier, directory),
        **_wrong_link(command.link.strip()),
        **wrong_inputs(change, act, command),
    }
    if wrong:
        raise FormRefusal(wrong)
    if named is not None:
        check_listed(change.case, named, directory.name_of(named))
    return HumanAct(
        change.case.id,
        act.code,
        actor.person,
        actor.agency,
        change.now,
        protective=act.protective,
        note="\n".join(
            part for part in (command.link.strip(), chosen(change, act, command), command.note.strip()) if part
        ),
        happened_at=command.done_at,
        named=named,
        count=(command.count or 1) if act.inputs is not None and act.inputs.count else 1,
        child=command.child,
    )


def _wrong_time(change: Change, act: Act, command: RecordAct, earlier: Sequence[HumanAct]) -> dict[str, str]:
    """A time that has not come, or one before what it came after."""
    done_at = command.done_at or change.now
    if done_at > change.now:
        return {ActInput.WHEN: "When it was done must be in the past"}
    acts = change.policy.acts
    bounds = (
        each for each in earlier if each.code in act.after and each.code in acts and _timed(each, acts[each.code])
    )
    before = max(bounds, key=lambda each: each.done_at, default=None)
    if before is None or done_at >= before.done_at:
        return {}
    words = f"When it was done must be after {full_moment(before.done_at)}: {acts[before.code].label.lower()}"
    return {ActInput.WHEN: words}


def _timed(kept: HumanAct, act: Act) -> bool:
    """Whether the time of an act on record is when it was done, and not only when somebody came to record it."""
    return kept.happened_at is not None or ActInput.WHEN in act.asks


def _wrong_person(
    change: Change,
    act: Act,
    given: PersonId | None,
    named: PersonId,
    earlier: Sequence[HumanAct],
    directory: Directory,
) -> dict[str, str]:
    """Somebody who cannot be named, or who is named by an act that has to be somebody else's."""
    if given is not None and not _can_be_named(given, act, directory):
        return {ActInput.WHO: "Select somebody from the list"}
    for code in sorted(act.apart_from):
        last = next((each for each in reversed(earlier) if each.code == code), None)
        if last is not None and last.who == named:
            label = change.policy.acts[code].label
            words = f"{directory.name_of(named)} is on record with “{label}”, so this must be somebody else"
            return {ActInput.WHO: words}
    return {}


def _wrong_link(link: str) -> dict[str, str]:
    if link and (not link.startswith(LINKS) or len(link) > MOST_LINK or len(link.split()) > 1):
        return {ActInput.LINK: "The link must be one address that begins with https://, never the form itself"}
    return {}


# ---- what it does


def _take(change: Change, act: Act, kept: HumanAct, tools: Tools, *, about: str) -> str:
    policy = change.policy
    change.record(kept)
    put_facts(change, act.answers, tools)
    # Stored first, so that an act counts for its own gate; a refusal undoes it with the transaction.
    came_first = pass_gates(change, tools, act.code)
    when = f" on {kept.happened_at.isoformat()}" if kept.happened_at else ""
    whom = f" naming {kept.named}" if kept.named else ""
    of = f" of child {kept.child}" if kept.child else ""
    change.audit(Action.ACTION_RECORDED if act.protective else Action.ATTEMPT_RECORDED, f"{about}{when}{whom}{of}")
    before = {deadline.id for deadline in change.deadlines}
    owed = [change.policy.milestones[d.kind] for d in change.deadlines if d.is_open and d.kind in policy.milestones]
    if act.raises is not None:
        put_in_force(change, act.raises, tools, at=kept.happened_at)
    change.acted()
    met = change.happen(
        [*sorted(policy.records_of(act.code)), *([PROTECTIVE_ACT] if act.protective else [])],
        record=act.code,
        at=kept.happened_at,
    )
    if act.ends is not None:
        take_out_of_force(change, act.ends, tools)
    settle_gates(change, tools)
    name_owners(change)
    started = [d for d in change.deadlines if d.id not in before and d.is_open]
    said = "".join(f" {words}" for words in (*_children(change, act, owed), *_said(change, act, kept, started)))
    label = f"{act.label}{child_words(kept.child, change.uow.cases.children(change.case.id)) if act.each_child else ''}"
    return f"{_recorded(policy, act, label, met, change.save().reference)}{came_first}{said}"


def _recorded(policy: Policy, act: Act, label: str, met: Sequence[Deadline], reference: str) -> str:
    if not met:
        ended = "" if act.protective else " It is kept, and does not count as a protective action."
        return f"Recorded on {reference}: {label}.{ended}"
    events = {*policy.records_of(act.code), *([PROTECTIVE_ACT] if act.protective else [])}
    rows = [policy.milestones[kind] for kind in dict.fromkeys(deadline.kind for deadline in met)]
    done = [row.title.lower() for row in rows if row.done_by(events)]
    moot = [row.title.lower() for row in rows if not row.done_by(events)]
    said = [
        f"{words}: {', '.join(each)}." for words, each in (("Done with it", done), ("No longer owed", moot)) if each
    ]
    return f"Recorded on {reference}: {label}. {' '.join(said)}"


def _children(change: Change, act: Act, owed: Sequence[Milestone]) -> Iterator[str]:
    """For which children something that the act is a record of is still to be done."""
    records = change.policy.records_of(act.code)
    for row in owed:
        left = change.children_left(row.met_by) if row.met_by & records else ()
        if left:
            yield f"{row.title}: still owed for child {', '.join(map(str, left))}."


def _said(change: Change, act: Act, kept: HumanAct, started: Sequence[Deadline]) -> Iterator[str]:
    """What else to say: what is owed from when it was done, and what is odd about the day."""
    begins = {*change.policy.records_of(act.code), act.raises}
    for deadline in sorted(started, key=_due):
        row = change.policy.milestones[deadline.kind]
        if ActInput.WHEN in act.asks and deadline.pings and row.trigger in begins:
            yield f"{row.title}: due {full_moment(deadline.due_at)}."
    yield from _doubts(change.policy, act.code, change.policy.calendar.day_of(kept.done_at))


def _due(deadline: Deadline) -> tuple[object, str]:
    return deadline.due_at, deadline.kind


def _doubts(policy: Policy, code: str, held_on: date) -> list[str]:
    """What to ask about the day on which something was done: a conference on a weekend is most likely a slip."""
    records = policy.records_of(code)
    asked = (row.doubt(held_on) for row in policy.milestones.values() if row.met_by & records)
    return list(dict.fromkeys(words for words in asked if words is not None))
