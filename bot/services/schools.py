"""Operation Encompass: the school of a child is told before the next school day, and its own lead says that they have it.

The notice holds a reference and a number to ring, nothing of the child. Only a confirmation of the school, or a call that
somebody records, meets what is owed: a message that was sent is not a school that was told.
"""

from collections.abc import Sequence

from bot.domain.answers import Said
from bot.domain.cases import HumanAct
from bot.domain.commands import Actor, OnCase, TellSchool
from bot.domain.directory import Directory, School
from bot.domain.each_child import child_words
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.events import Action
from bot.domain.ids import PersonId
from bot.domain.notices import Destination, NoticeKind
from bot.domain.permissions import Verb
from bot.ports import UnitOfWork
from bot.services.acts import begin, once, own_party
from bot.services.changes import Change
from bot.services.passages import settle_gates
from bot.services.receiving import tell_people
from bot.services.tools import Tools

SENT, TOLD = "school_notice_sent", "school_told"
UNKNOWN = (
    "No school of the directory has that name. Look at the spelling; else ring the school and record “School told” under "
    "Record action, and ask your administrators to add it"
)
NOBODY = "Nobody of that school can be reached by a message now. Ring it{phone}, and record “School told” under Record action"


def tell_school(command: TellSchool, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Send the school's leads the notice. FormRefusal fields: school, child. What is owed is met once they confirm it."""

    def act(uow: UnitOfWork) -> str:
        change = begin(uow, tools, command.case_id, actor, Verb.ACT)
        own_party(change.case, actor)
        directory, children = tools.rules.directory, uow.cases.children(change.case.id)
        if change.case.restricted:
            raise Refusal(
                f"{change.case.reference} is restricted, so no notice leaves it. Ring the school and record it."
            )
        school = directory.school_named(command.school)
        if school is None:
            raise FormRefusal({"school": UNKNOWN})
        if command.child is not None and not 1 <= command.child <= children:
            raise FormRefusal({"child": "Select the child, or all of them"})
        people = directory.standing_in(school.leads, change.now)
        if not people:
            raise FormRefusal({"school": NOBODY.format(phone=f" on {school.phone}" if school.phone else "")})
        change.record(
            HumanAct(
                change.case.id,
                SENT,
                actor.person,
                actor.agency,
                change.now,
                protective=False,
                note=school.name,
                named=school.leads[0],
                child=command.child,
            )
        )
        change.audit(Action.SCHOOL_NOTICE_SENT, f"{school.id} child {command.child or 'all'}")
        change.acted()
        for person in people:
            change.notify(
                NoticeKind.SCHOOL,
                f"school:{change.case.id}:{school.id}:{command.child or 0}:v{change.case.version}:{person}",
                Destination.person(person),
                {"school": school.id, "child": command.child or 0},
            )
        names = ", ".join(map(directory.name_of, people))
        whom = child_words(command.child, children).removeprefix(": ")
        about = f" about {whom}" if whom else ""
        case = change.save()
        return f"{names} is sent the notice{about} on {case.reference}. It counts once they confirm it."

    return once(act, key, tools=tools)


def confirm(on: OnCase, child: int, actor: Actor, key: str, *, tools: Tools) -> Said:
    """The school's lead says that they have been told, of one child or (0) of all of them; nobody else can."""

    def act(uow: UnitOfWork) -> str:
        change = Change.on(uow, tools, on.case_id, actor=actor.person, now=tools.clock.now())
        acts = uow.cases.acts(change.case.id)
        number = child or None
        school = _sent_to(actor.person, acts, number, change, tools.rules.directory)
        if school is None:
            raise Refusal("Only the leads of the school that was sent this notice can confirm it.")
        if is_confirmed(acts, school, number):
            return f"{change.case.reference}: your school has confirmed this already. Nothing more is needed."
        sender = next(each.by for each in reversed(acts) if each.code == SENT and each.named == school.leads[0])
        change.record(
            HumanAct(
                change.case.id,
                TOLD,
                actor.person,
                actor.agency,
                change.now,
                protective=False,
                named=school.leads[0],
                child=number,
            )
        )
        change.audit(Action.SCHOOL_CONFIRMED, f"{school.id} child {number or 'all'}")
        change.acted()
        change.happen(sorted(change.policy.records_of(TOLD)), record=TOLD)
        settle_gates(change, tools)
        payload: dict[str, object] = {"school": school.id, "child": child, "confirmed": True}
        about = f"{school.id}:{child}:confirmed"
        tell_people(change, NoticeKind.SCHOOL, [sender], payload, about=about)
        change.line(NoticeKind.SCHOOL, payload, about=about)
        return f"{change.save().reference}: recorded that your school has been told.."

    return once(act, key, tools=tools)


def _sent_to(
    person: PersonId, acts: Sequence[HumanAct], child: int | None, change: Change, directory: Directory
) -> School | None:
    """The school for which somebody answers and that was sent this notice."""
    for school in directory.schools.values():
        answers = person in {*school.leads, *directory.standing_in(school.leads, change.now)}
        sent = any(each.code == SENT and each.named == school.leads[0] and each.child == child for each in acts)
        if answers and sent:
            return school
    return None


def is_confirmed(acts: Sequence[HumanAct], school: School, child: int | None) -> bool:
    """Whether the school has said that it was told of this child."""
    return any(each.code == TOLD and each.named == school.leads[0] and each.child == child for each in acts)
