"""What a card's selects offer, in groups: what is still owed first, then everything else; pure, from codes alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.authorisation import Grave
from bot.domain.cases import Case, CaseStatus
from bot.domain.concerns import Act, ActKind
from bot.domain.deadlines import Deadline
from bot.domain.directions import DIRECTION
from bot.domain.directory import Directory
from bot.domain.each_child import child_words
from bot.domain.gates import Transition
from bot.domain.handovers import Handover
from bot.domain.policy import Policy
from bot.domain.requests import REFUSED, WHAT, Request

PROPOSE = "propose"
"""The verb under which a grave act is put forward: `propose:close` opens its form, `propose:close:done` names a listed reason."""
ELLIPSIS = "…"
"""Ends the words of what opens a form."""

MOST_OPTIONS = 100
"""What a select holds: as many children are offered one by one as there is room for."""
OWED_FIRST = "Still owed, the soonest first"
OWED_QUIETLY = "Further milestones, shown and not pinged"
KINDS = {
    ActKind.PROTECTIVE: "Protective actions",
    ActKind.RECORD: "Records",
    ActKind.JUSTICE: "Criminal justice: recorded at once, and no child is safer by it",
    ActKind.ATTEMPT: "Attempts: kept, and nothing is met by them",
}
PROTECTIVE_ACT = "protective_act"
"""The event that any protective act is."""
FORMS = {
    Grave.CLOSE: "Close, in your own words",
    Grave.LOWER_GRADE: "Lower the grade",
    Grave.EXTEND: "Extend a deadline",
    Grave.WAIVE: "Waive a deadline",
    Grave.OVERRIDE_FLOOR: "Set a risk floor aside",
    Grave.MERGE: "Merge with another case of the same child",
}
LISTED = {Grave.CLOSE: "Close", Grave.NO_FURTHER_ACTION: "No further action"}


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a select: code and words."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Group:
    """Options of a select under one heading."""

    title: str
    choices: tuple[Choice, ...]


def act_groups(case: Case, deadlines: Sequence[Deadline], policy: Policy, children: int = 1) -> tuple[Group, ...]:
    """What may be recorded: whatever ends something owed comes first, the soonest due at the top, then by kind."""
    acts = policy.acts_for(case.concern, case.known_flags)
    apart = (MOST_OPTIONS - len(acts)) // max(1, sum(act.each_child for act in acts))
    soonest = _soonest(deadlines, policy)
    places = {act.code: [soonest[each] for each in policy.records_of(act.code) if each in soonest] for act in acts}
    rank = {code: min(found) for code, found in places.items() if found}
    owed = sorted((act for act in acts if act.code in rank), key=lambda act: rank[act.code])
    rest = [
        (title, [act for act in acts if act.kind is kind and act.code not in rank]) for kind, title in KINDS.items()
    ]
    pinged = [act for act in owed if not rank[act.code][0]]
    quiet = [act for act in owed if rank[act.code][0]]
    return tuple(
        Group(title, tuple(choice for act in found for choice in act_choices(act, children, apart)))
        for title, found in ((OWED_FIRST, pinged), *_owed_protective(rest, deadlines, policy), (OWED_QUIETLY, quiet))
        if found
    )


def act_choices(act: Act, children: int, apart: int) -> Iterator[Choice]:
    """An act as it is offered, an ellipsis at the end of what asks for more than a press.

    What is recorded of each child is offered for so many of them `apart` too, where there are several.
    """
    end = ELLIPSIS if act.has_form else ""
    yield Choice(act.code, f"{act.label}{end}")
    if act.each_child and children > 1:
        for number in range(1, min(children, apart) + 1):
            yield Choice(f"{act.code}:{number}", f"{act.label}{child_words(number, children)}{end}")


def _owed_protective(
    rest: list[tuple[str, list[Act]]], deadlines: Sequence[Deadline], policy: Policy
) -> list[tuple[str, list[Act]]]:
    """The other kinds; while a protective action is owed, its heading says so."""
    owes = any(
        deadline.is_open and (row := policy.milestones.get(deadline.kind)) and PROTECTIVE_ACT in row.met_by
        for deadline in deadlines
    )
    words = KINDS[ActKind.PROTECTIVE]
    return [(f"{title}: one is owed" if owes and title == words else title, acts) for title, acts in rest]


def _soonest(deadlines: Sequence[Deadline], policy: Policy) -> dict[str, tuple[bool, float]]:
    """How soon what each record ends is due, what pings nobody after everything else; only records that end something."""
    found: dict[str, tuple[bool, float]] = {}
    for deadline in deadlines:
        row = policy.milestones.get(deadline.kind) if deadline.is_open else None
        place = (not deadline.pings, deadline.due_at.timestamp())
        for code in row.met_by if row else ():
            found[code] = min(found.get(code, place), place)
    return found


def proposal_groups(case: Case, policy: Policy) -> tuple[Group, ...]:
    """The grave acts that may be put forward to a second person; none on a case that was merged away."""
    if case.status is CaseStatus.MERGED:
        return ()
    if case.status is CaseStatus.CLOSED:
        again = Choice(f"{PROPOSE}:{Grave.REOPEN}", f"Open the case again{ELLIPSIS}")
        return (Group("After closing", (again,)),)
    return tuple(_proposals(case, policy))


def _proposals(case: Case, policy: Policy) -> Iterator[Group]:
    for act, words in LISTED.items():
        reasons = policy.listed.get(act, {})
        if reasons:
            choices = (Choice(f"{PROPOSE}:{act}:{code}", f"{words}: {reason}") for code, reason in reasons.items())
            yield Group(f"{words}, a second person agreeing", tuple(choices))
    yield Group(
        "With a reason of your own, a second person agreeing",
        tuple(Choice(f"{PROPOSE}:{act}", f"{words}{ELLIPSIS}") for act, words in FORMS.items()),
    )
    if _may_name_suspect(case, policy):
        words = f"Record a child as a suspect{ELLIPSIS}"
        yield Group("Children are persons involved", (Choice(f"{PROPOSE}:{Grave.CHILD_AS_SUSPECT}", words),))


def _may_name_suspect(case: Case, policy: Policy) -> bool:
    """Whether a gate stands before it in this concern, and its grade is the gravest that the gate asks for."""
    step = Transition.CHILD_AS_SUSPECT
    gates = [gate for gate in policy.gates.values() if step in gate.refuses and gate.covers(case.concern, case.flags)]
    return bool(gates) and all(gate.only_grade in {None, case.effective_grade} for gate in gates)


# ---- everything else


def more_groups(
    case: Case,
    deadlines: Sequence[Deadline],
    policy: Policy,
    handovers: Sequence[Handover],
    directory: Directory,
    requests: Sequence[Request] = (),
) -> tuple[Group, ...]:
    """What else can be done from the card, without a form where there is no ellipsis; nothing on a closed case."""
    if case.status is not CaseStatus.OPEN:
        return ()
    asked = Group("Asked of an agency", tuple(_asked(requests, policy, directory)))
    groups = (asked, *_more(deadlines, policy, handovers, directory), _schools(case, policy), _need_to_know(case))
    return tuple(group for group in groups if group.choices)


def _schools(case: Case, policy: Policy) -> Group:
    """Telling a school, where the case can owe it."""
    owed = any(act.code == "school_told" for act in policy.acts_for(case.concern, case.known_flags))
    tell = (Choice("form:school", f"Tell a school{ELLIPSIS}"),) if owed else ()
    return Group("Operation Encompass", tell)


def _need_to_know(case: Case) -> Group:
    """What leads do about who may know of the case at all."""
    listed = Choice("form:listed", f"Who is on its list{ELLIPSIS}")
    restrict = Choice("form:restrict", f"Restrict it to a named list{ELLIPSIS}")
    return Group("Who may know of it", (listed if case.restricted else restrict,))


def _asked(requests: Sequence[Request], policy: Policy, directory: Directory) -> Iterator[Choice]:
    """What the people of an asked agency can answer without a form; who may is judged when it is pressed."""
    for request in requests:
        if request.waits:
            name = directory.agencies[request.asked].name
            what = policy.listed.get(WHAT, {}).get(request.what, "the request")
            yield Choice(f"answered:{request.id}", f"{name} has answered: {what}")
            yield Choice(f"nothing_held:{request.id}", f"{name} holds nothing: {what}")
            for code, words in policy.listed.get(REFUSED, {}).items():
                yield Choice(f"refused:{request.id}:{code}", f"{name} refuses: {words}")


def _more(
    deadlines: Sequence[Deadline], policy: Policy, handovers: Sequence[Handover], directory: Directory
) -> Iterator[Group]:
    yield Group("Waiting for an answer", tuple(_waiting(deadlines, handovers, directory)))
    yield Group(
        "Your own reminders",
        (
            Choice("chase", "I am chasing it"),
            *(Choice(f"snooze:{each.code}", f"Put off {each.label}") for each in policy.snoozes.values()),
        ),
    )
    yield Group(
        "Who works it",
        (
            Choice("hand_over", "Hand over to whoever is on duty"),
            Choice("form:hand_over", f"Hand over to somebody by name{ELLIPSIS}"),
            Choice("form:direct", f"Direct somebody to do something{ELLIPSIS}"),
            *(Choice(f"cannot_help:{code}", f"Cannot help: {words}") for code, words in policy.cannot_help.items()),
        ),
    )
    asks = policy.asks.values()
    yield Group(
        "What is asked of us", tuple(Choice(f"read_as:{ask.code}", f"We read it as: {ask.label}") for ask in asks)
    )
    told = policy.listed.get("told_referrer", {}).items()
    yield Group("Tell the referrer", tuple(Choice(f"told:{code}", f"Tell them: {words}") for code, words in told))
    yield Group(
        "Record and share",
        (
            Choice("form:number", f"Our record number{ELLIPSIS}"),
            Choice("form:fact", f"Answer or correct a question{ELLIPSIS}"),
            Choice("form:held", f"Record something done earlier{ELLIPSIS}"),
            Choice("form:share", f"Share with another agency, or not{ELLIPSIS}"),
            Choice("form:ask", f"Ask an agency for what it holds{ELLIPSIS}"),
        ),
    )


def _waiting(deadlines: Sequence[Deadline], handovers: Sequence[Handover], directory: Directory) -> Iterator[Choice]:
    for offered in handovers:
        if offered.waits:
            to = " or ".join(map(directory.name_of, offered.to))
            yield Choice(f"accept:{offered.id}", f"Accept the hand-over to {to}")
            yield Choice(f"decline:{offered.id}", f"Decline the hand-over to {to}")
            yield Choice(f"withdraw:{offered.id}", f"Withdraw the hand-over to {to}")
    for deadline in deadlines:
        if deadline.is_open and deadline.kind == DIRECTION:
            who = directory.name_of(deadline.owner) if deadline.owner else "somebody"
            yield Choice(f"directed:{deadline.id}", f"Done: what {who} was directed to do")
