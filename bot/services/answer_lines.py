"""Messages that ask their reader something, or say what somebody answered: the words, and the buttons under them."""

from collections.abc import Callable, Mapping

from bot.domain.handovers import HandoverState
from bot.domain.ids import AgencyId, DeadlineId, HandoverId, PersonId, RequestId
from bot.domain.letters import LineLetter
from bot.domain.notices import DestinationKind, Notice, NoticeKind
from bot.domain.offers import Choice
from bot.domain.redaction import ShareableCase
from bot.domain.requests import BASIS, REFUSED, WHAT, RequestState
from bot.domain.rules import RulesInForce
from bot.domain.wording import full_moment
from bot.ports import UnitOfWork
from bot.services.disagreement_lines import disagreement_letter
from bot.services.matter_lines import matter_letter
from bot.services.school_lines import school_letter
from bot.services.seconding import proposal_letter

Worded = Callable[[Notice, UnitOfWork, ShareableCase, RulesInForce], LineLetter | None]


def _handover(notice: Notice, uow: UnitOfWork, shown: ShareableCase, rules: RulesInForce) -> LineLetter | None:
    """The offer to somebody who may accept it; None once it has ended, or they have declined."""
    offered = uow.handovers.get(HandoverId(str(notice.payload["handover"])))
    if not offered.waits or notice.destination.id not in offered.to:
        return None
    directory, case = rules.directory, uow.cases.get(offered.case_id)
    party = case.party(offered.agency)
    owner = directory.name_of(party.owner) if party and party.owner else ""
    stays = f"{owner} stays its owner until you accept" if owner else "Nobody owns it until you accept"
    text = (
        f"{case.reference}: {directory.name_of(offered.by)} asks you to take this over for "
        f"{directory.agencies[offered.agency].name}. {stays}, and what is owed runs on.{_next_due(shown, offered.agency)}"
    )
    choices = (Choice(f"accept:{offered.id}", "Accept"), Choice(f"decline:{offered.id}", "Decline"))
    return LineLetter(shown, text, choices)


def _next_due(shown: ShareableCase, agency: AgencyId | None = None) -> str:
    """What is owed soonest, by the agency itself when it owes anything; its acknowledgement counts too."""
    answers = [
        ("Acknowledgement", line.name, line.due_at)
        for line in shown.agencies
        if line.due_at is not None and agency in {None, line.agency}
    ]
    owed = [(line.title, line.agency_name, line.due_at) for line in shown.owed if line.main and not line.met]
    name = next((line.name for line in shown.agencies if line.agency == agency), "")
    own = [*answers, *(line for line in owed if line[1] == name)]
    found = own or [*answers, *owed]
    if not found:
        return ""
    title, agency_name, due_at = min(found, key=lambda line: line[2])
    return f" Owed next: {title}, {agency_name}, {full_moment(due_at)}."


def _handed_over(notice: Notice, uow: UnitOfWork, shown: ShareableCase, rules: RulesInForce) -> LineLetter:
    offered = uow.handovers.get(HandoverId(str(notice.payload["handover"])))
    who = rules.directory.name_of(offered.ended_by or offered.by)
    agency = rules.directory.agencies[offered.agency].name
    if offered.state is HandoverState.ACCEPTED:
        return LineLetter(shown, f"{shown.reference}: {who} has taken this over and owns it for {agency}.")
    return LineLetter(shown, f"{shown.reference}: {who} did not take this over. Its owner stays as before.")


def _direction(notice: Notice, uow: UnitOfWork, shown: ShareableCase, rules: RulesInForce) -> LineLetter | None:
    deadline = uow.deadlines.get(DeadlineId(str(notice.payload["deadline"])))
    if not deadline.is_open:
        return None
    by = rules.directory.name_of(PersonId(str(notice.payload["by"])))
    listed = rules.policy.listed.get("direction", {}).get(str(notice.payload["listed"]), "")
    what = f": {listed}" if listed else ". What is to be done stands in the case: press Open on its card"
    text = f"{shown.reference}: {by} directs you{what}. Due {full_moment(deadline.due_at)}; it climbs if it is late."
    return LineLetter(shown, text, (Choice(f"directed:{deadline.id}", "Done"),))


def _mismatch(notice: Notice, uow: UnitOfWork, shown: ShareableCase, rules: RulesInForce) -> LineLetter:
    del uow
    agency = rules.directory.agencies[AgencyId(str(notice.payload["agency"]))].name
    read = rules.policy.asks.get(str(notice.payload["read"]))
    label = read.label if read else str(notice.payload["read"])
    return LineLetter(
        shown,
        f"{shown.reference}: asked for “{shown.asks_for}”, and {agency} reads it as “{label}”. "
        "Agree between you which it is.",
    )


def _cannot_help(notice: Notice, uow: UnitOfWork, shown: ShareableCase, rules: RulesInForce) -> LineLetter:
    del uow
    who = rules.directory.name_of(PersonId(str(notice.payload["by"])))
    words = rules.policy.cannot_help.get(str(notice.payload["code"]), "no reason of today's list")
    return LineLetter(
        shown,
        f"{shown.reference}: {who} cannot help: {words}. What is owed runs on: name somebody else.{_next_due(shown)}",
    )


def _feedback(notice: Notice, uow: UnitOfWork, shown: ShareableCase, rules: RulesInForce) -> LineLetter:
    del uow
    words = rules.policy.listed.get("told_referrer", {}).get(
        str(notice.payload["code"]), "the outcome is on the record"
    )
    by = rules.directory.name_of(PersonId(str(notice.payload["by"])))
    return LineLetter(
        shown,
        f"{shown.reference}, which you referred: {words}. Told by {by}.",
        (Choice("heard", "I have heard"), Choice("differ:outcome", "We see this differently")),
    )


def _brief(notice: Notice, uow: UnitOfWork, shown: ShareableCase, rules: RulesInForce) -> LineLetter:
    """That a live incident has a brief: how much is held, no detail."""
    del uow, rules
    held = int(str(notice.payload["held"]))
    said = f"{held} more case{'' if held == 1 else 's'} about the same address or children" if held else "nothing more"
    text = (
        f"{shown.reference}: a live incident. The record holds {said}; that is not the same as no concern. "
        "Open the brief before anybody arrives."
    )
    return LineLetter(shown, text, (Choice("brief", "Open the brief"),))


def _request(notice: Notice, uow: UnitOfWork, shown: ShareableCase, rules: RulesInForce) -> LineLetter | None:
    """What an agency is asked, on what basis and by when; None once it has answered. The reason in words stays sealed."""
    asked = uow.requests.get(RequestId(str(notice.payload["request"])))
    deadline = uow.deadlines.get(asked.deadline)
    if not asked.waits:
        return None
    agencies, listed = rules.directory.agencies, rules.policy.listed
    what, basis = (listed.get(name, {}).get(code, code) for name, code in ((WHAT, asked.what), (BASIS, asked.basis)))
    text = (
        f"{shown.reference}: {agencies[asked.asking].name} asks {agencies[asked.asked].name}: {what}. Basis: {basis}. "
        f"Due {full_moment(deadline.due_at)}. Answer by your own secure road, then press what became of it."
    )
    choices = (
        Choice(f"answered:{asked.id}", "We have answered"),
        Choice(f"nothing_held:{asked.id}", "Nothing held"),
    )
    return LineLetter(shown, text, choices if notice.destination.kind is DestinationKind.PERSON else ())


def _request_ended(notice: Notice, uow: UnitOfWork, shown: ShareableCase, rules: RulesInForce) -> LineLetter:
    asked = uow.requests.get(RequestId(str(notice.payload["request"])))
    who = rules.directory.name_of(asked.ended_by) if asked.ended_by else "somebody"
    agency = rules.directory.agencies[asked.asked].name
    reason = rules.policy.listed.get(REFUSED, {}).get(asked.reason, "")
    said = {
        RequestState.ANSWERED: f"{agency} has answered what it was asked",
        RequestState.NOTHING_HELD: f"{agency} holds nothing; that is not the same as no concern",
        RequestState.REFUSED: f"{agency} refuses what it was asked: {reason}",
        RequestState.OPEN: f"{agency} has been asked",
    }[asked.state]
    return LineLetter(shown, f"{shown.reference}: {said}. Recorded by {who}.")


def _grade_read(notice: Notice, uow: UnitOfWork, shown: ShareableCase, rules: RulesInForce) -> LineLetter | None:
    """A grade drawn for a second reader, with the three answers; None once it was read."""
    del rules
    read = uow.grade_reads.get(str(notice.payload["read"]))
    if read.reading is not None:
        return None
    text = (
        f"{shown.reference}: its grade was drawn by lot for a second reading, and you had no hand in it. "
        "Open the case, then say what you find."
    )
    answers = {"right": "It is right", "too_low": "Too low", "too_high": "Too high"}
    choices = tuple(Choice(f"read_{code}:{read.id}", label) for code, label in answers.items())
    return LineLetter(shown, text, (Choice("open", "Open"), *choices))


ANSWERS: Mapping[NoticeKind, Worded] = {
    NoticeKind.GRADE_READ: _grade_read,
    NoticeKind.REQUEST: _request,
    NoticeKind.REQUEST_ENDED: _request_ended,
    NoticeKind.BRIEF: _brief,
    NoticeKind.PROPOSAL: proposal_letter,
    NoticeKind.HANDOVER: _handover,
    NoticeKind.HANDED_OVER: _handed_over,
    NoticeKind.DIRECTION: _direction,
    NoticeKind.MISMATCH: _mismatch,
    NoticeKind.CANNOT_HELP: _cannot_help,
    NoticeKind.FEEDBACK: _feedback,
    NoticeKind.DISAGREEMENT: disagreement_letter,
    NoticeKind.SCHOOL: school_letter,
    NoticeKind.MATTER: matter_letter,
}
"""The kinds of notice that are worded here."""
