"""What agencies see differently on a case: raised, taken from stage to stage in both, and ended once both say the same."""

from collections.abc import Iterable
from functools import partial

from bot.domain.answers import Said
from bot.domain.cases import HumanAct
from bot.domain.commands import Actor, Differ
from bot.domain.deadlines import Deadline, Due, Ending, EndingKind, end
from bot.domain.disagreements import (
    KIND,
    SETTLED,
    WITHDRAWN,
    Disagreement,
    Word,
    about_words,
    agencies_to_differ_with,
    deadline_of,
    last_stage,
    next_stage,
    outcome_words,
    owed_by_both,
    stage_at,
    taken_up,
)
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.escalation import seats_of
from bot.domain.events import Action
from bot.domain.ids import AgencyId, DisagreementId, PersonId
from bot.domain.notices import NoticeKind
from bot.domain.permissions import Verb
from bot.domain.wording import full_moment
from bot.ports import UnitOfWork
from bot.services.acts import begin, once
from bot.services.changes import Change
from bot.services.flags import put_in_force, take_out_of_force
from bot.services.receiving import tell_people
from bot.services.steps import take_step
from bot.services.tools import Tools

RAISED, ANSWERED = "disagreed", "disagreement_answered"
"""What stands in the record of acts."""
NOT_THEIRS = "This is between {agencies}. Only their own people can answer it."


def differ(command: Differ, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Say that one's agency sees it differently: the other is told, and its stages run. FormRefusal fields: about, agency."""

    def act(uow: UnitOfWork) -> str:
        change = begin(uow, tools, command.case_id, actor, Verb.ACT)
        directory = tools.rules.directory
        other = _other(command, change, actor, tools)
        if command.about not in change.policy.listed.get(KIND, {}):
            raise FormRefusal({"about": "Select what you see differently"})
        own = actor.agency or directory.police.id
        raised = Disagreement(
            DisagreementId(tools.new_id()), change.case.id, own, other, actor.person, change.now, command.about
        )
        names = _names(raised, tools)
        open_now = [each for each in uow.disagreements.of_case(change.case.id) if each.waits]
        if any(set(each.agencies) == set(raised.agencies) for each in open_now):
            return f"What {names} see differently on {change.case.reference} is on the record, and is not settled yet."
        clocks = put_on_record(change, raised, command.words.strip(), tools)
        if command.at_once:
            told = _take_up(change, raised, last_stage(change.policy.stages[KIND]), actor, tools)
            return f"On the record of {change.save().reference} as an immediate risk. Told now: {told}."
        case = change.save()
        until = (
            f" They settle it by {full_moment(clocks[0].due_at)}, else it goes to the next level in both."
            if clocks
            else ""
        )
        return f"On the record of {case.reference}: {names} see it differently.{until} The case does not close before."

    return once(act, key, tools=tools)


def put_on_record(change: Change, raised: Disagreement, words: str, tools: Tools) -> tuple[Deadline, ...]:
    """Let a disagreement stand: its clocks run in both agencies, whose practitioners are told, and the case does not close."""
    change.uow.disagreements.add(raised)
    clocks = owed_by_both(raised, change.case, change.policy, tools.rules.directory, change.now)
    for clock in clocks:
        change.add(clock)
        change.audit(Action.DEADLINE_OPENED, f"{clock.kind} {clock.agency} due {clock.due_at.isoformat()}")
    about = about_words(raised, change.policy.listed)
    note = "\n".join(part for part in (about, words) if part)
    change.record(
        HumanAct(change.case.id, RAISED, raised.by, raised.raised_by, change.now, protective=False, note=note)
    )
    change.audit(Action.DISAGREED, f"{raised.id} {raised.raised_by} with {raised.with_agency} about {raised.about}")
    put_in_force(change, KIND, tools)
    change.acted()
    _tell(change, raised, "raised", _practitioners(change, raised, tools))
    return tuple(clocks)


def _other(command: Differ, change: Change, actor: Actor, tools: Tools) -> AgencyId:
    """The agency with whom; the usual one when none is named."""
    possible = agencies_to_differ_with(change.case, actor.agency, tools.rules.directory)
    if not possible:
        raise Refusal("No other agency is on this case yet. Share it first.")
    if command.agency is None:
        return possible[0]
    if command.agency not in possible:
        raise FormRefusal({"agency": "Select another agency on this case"})
    return command.agency


def take_up(disagreement_id: DisagreementId, stage: int, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Take it to a stage now, in both agencies; every later stage is counted from now. The same stage is taken once."""

    def act(uow: UnitOfWork) -> str:
        held, change = _own(uow, disagreement_id, actor, tools)
        if not held.waits:
            return _settled_words(held, change, tools)
        told = _take_up(change, held, stage, actor, tools)
        if told is None:
            clock = next((each for each in change.deadlines if each.id == deadline_of(held, held.raised_by)), None)
            here = stage_at(clock, change.policy.stages[KIND]) if clock else "the people above"
            return f"{change.case.reference}: it is with {here} already. Nobody was told twice."
        change.acted()
        return f"{change.save().reference}: taken to the next level in both agencies. Told now: {told}."

    return once(act, key, tools=tools)


def _take_up(change: Change, held: Disagreement, stage: int, actor: Actor, tools: Tools) -> str | None:
    """The names of those told; None when both clocks are at that stage or above it already."""
    steps: list[tuple[Deadline, Due]] = []
    for clock in _clocks(change, held):
        above = next_stage(clock)
        if above is not None and above.number <= stage <= clock.plan.last.number:
            steps.append(taken_up(clock, stage, change.policy_of(clock), change.now))
    if not steps:
        return None
    change.audit(Action.DISAGREEMENT_TAKEN_UP, f"{held.id} {actor.agency} to stage {stage + 1}")
    told = take_step(change, steps, tools=tools)
    return ", ".join(tools.rules.directory.name_of(person) for person in told) or "nobody, and the control channel"


def settle(disagreement_id: DisagreementId, outcome: str, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Say how it was settled. It ends once both agencies say the same; withdrawing is for the one that raised it."""

    def act(uow: UnitOfWork) -> str:
        held, change = _own(uow, disagreement_id, actor, tools)
        if not held.waits:
            return _settled_words(held, change, tools)
        listed = change.policy.listed
        if outcome not in {WITHDRAWN, *listed.get(SETTLED, {})}:
            raise Refusal("Select how it was settled in the list.")
        if outcome == WITHDRAWN and actor.agency != held.raised_by:
            raiser = tools.rules.directory.agencies[held.raised_by].name
            raise Refusal(f"{raiser} raised it, and withdraws it. Say how it was settled, and they are asked to agree.")
        said = held.said(actor.agency or held.with_agency, Word(outcome, actor.person, change.now))
        uow.disagreements.save(said)
        words = outcome_words(outcome, listed)
        change.record(
            HumanAct(change.case.id, ANSWERED, actor.person, actor.agency, change.now, protective=False, note=words)
        )
        change.audit(Action.DISAGREEMENT_ANSWERED, f"{held.id} {actor.agency} {outcome}")
        people = [*_practitioners(change, held, tools), *_reached(change, held, tools), held.by]
        if said.waits:
            change.acted()
            _tell(change, said, f"said:{actor.agency}", people)
            other = next(each for each in held.agencies if each != actor.agency)
            name = tools.rules.directory.agencies[other].name
            return f"Recorded on {change.save().reference}. It ends once {name} says the same; they are asked now."
        _end(change, said, tools)
        change.acted()
        _tell(change, said, "ended", people)
        return _settled_words(said, change, tools, reference=change.save().reference)

    return once(act, key, tools=tools)


def _own(uow: UnitOfWork, disagreement_id: DisagreementId, actor: Actor, tools: Tools) -> tuple[Disagreement, Change]:
    """The disagreement and its case, for somebody of one of its two agencies; Refusal for anybody else."""
    held = uow.disagreements.get(disagreement_id)
    change = begin(uow, tools, held.case_id, actor, Verb.ACT)
    if actor.agency not in held.agencies:
        raise Refusal(NOT_THEIRS.format(agencies=_names(held, tools)))
    return held, change


def _end(change: Change, held: Disagreement, tools: Tools) -> None:
    """Both clocks stop, and the flag goes with the last disagreement of the case."""
    for clock in _clocks(change, held):
        change.put(end(clock, Ending(EndingKind.MET, change.now, change.actor, held.outcome or WITHDRAWN)))
        change.audit(Action.DEADLINE_MET, f"{clock.kind} {clock.agency}")
    words = " ".join(f"{word.by} {word.outcome}" for word in (held.own, held.other) if word is not None)
    change.audit(Action.DISAGREEMENT_ENDED, f"{held.id} {words}")
    if not any(each.waits and each.id != held.id for each in change.uow.disagreements.of_case(change.case.id)):
        take_out_of_force(change, KIND, tools)


def _clocks(change: Change, held: Disagreement) -> list[Deadline]:
    ids = {deadline_of(held, agency) for agency in held.agencies}
    return [each for each in change.deadlines if each.id in ids and each.is_open]


def _practitioners(change: Change, held: Disagreement, tools: Tools) -> list[PersonId]:
    """In both agencies, whoever owns its part; whoever is on duty while nobody does."""
    directory = tools.rules.directory
    found: list[PersonId] = []
    for agency in held.agencies:
        party = change.case.party(agency)
        if party is not None:
            found += [party.owner] if party.owner else directory.on_duty(party.team, change.now)
    return found


def _reached(change: Change, held: Disagreement, tools: Tools) -> list[PersonId]:
    """Whoever was told at the stages so far."""
    directory = tools.rules.directory
    found: list[PersonId] = []
    for clock in change.deadlines:
        if clock.id in {deadline_of(held, agency) for agency in held.agencies}:
            resolve = partial(directory.resolve, seats=seats_of(change.case, clock, directory), at=change.now)
            roles = [role for step in clock.plan.steps if 0 < step.number <= clock.done for role in step.to]
            found += [person for role in roles for person in resolve(role)]
    return found


def _tell(change: Change, held: Disagreement, what: str, people: Iterable[PersonId]) -> None:
    payload: dict[str, object] = {"disagreement": held.id, "what": what}
    about = f"{held.id}:{what}:v{change.case.version}"
    tell_people(change, NoticeKind.DISAGREEMENT, people, payload, about=about)
    change.line(NoticeKind.DISAGREEMENT, payload, about=about)


def _names(held: Disagreement, tools: Tools) -> str:
    return " and ".join(tools.rules.directory.agencies[agency].name for agency in held.agencies)


def _settled_words(held: Disagreement, change: Change, tools: Tools, *, reference: str = "") -> str:
    people = " and ".join(tools.rules.directory.name_of(each.by) for each in (held.own, held.other) if each is not None)
    how = outcome_words(held.outcome or WITHDRAWN, change.policy.listed)
    where = reference or change.case.reference
    return f"{where}: {_names(held, tools)} have settled it. {how}, recorded by {people}. Its clocks have stopped."
