"""Wording's raw material: a notice and today's record become a letter, or nothing when there is nothing left to say."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.cases import NO_TEAM, Case, CaseStatus
from bot.domain.deadlines import Deadline
from bot.domain.directory import Directory
from bot.domain.ids import AgencyId, PersonId
from bot.domain.letters import (
    NEW,
    CardLetter,
    ControlLetter,
    DigestLetter,
    LateItem,
    Letter,
    LineLetter,
    StepLetter,
    codes,
    items_of,
    numbers,
)
from bot.domain.notices import DestinationKind, Notice, NoticeKind
from bot.domain.offers import Choice
from bot.domain.policy import Policy, Role
from bot.domain.redaction import ACKNOWLEDGE, ShareableCase, milestone_title, shareable
from bot.domain.restriction import kept_from
from bot.domain.roads import reader
from bot.domain.rules import RulesInForce
from bot.domain.wording import full_moment, moment
from bot.ports import Rules, UnitOfWork
from bot.services.answer_lines import ANSWERS
from bot.services.changes import LISTED, OF_RESTRICTED
from bot.services.control_lines import control_line
from bot.services.group_letters import group_letter
from bot.services.lines import LINES, ROLE_WORDS
from bot.services.matter_lines import matter_choices
from bot.services.records import pending_on
from bot.services.restricted_letters import closed_card, word_of_it
from bot.services.roster_lines import duty_note
from bot.services.seconding import waiting_for
from bot.services.synthetic import WORDS as SYNTHETIC_WORDS


def letter_for(notice: Notice, uow: UnitOfWork, rules: Rules, now: datetime) -> Letter | None:
    """The letter as the record stands at `now`; None when everything it would say has been done meanwhile."""
    if notice.kind is NoticeKind.CONTROL:
        return ControlLetter(control_line(notice, uow, rules))
    if notice.kind is NoticeKind.GAP:
        return ControlLetter(str(notice.payload["text"]))
    if notice.kind is NoticeKind.DIGEST:
        return _digest(notice.payload)
    if notice.kind is NoticeKind.SYNTHETIC:
        return ControlLetter(SYNTHETIC_WORDS)
    if notice.kind is NoticeKind.GROUP:
        return group_letter(notice, uow, now, lambda one: letter_for(one, uow, rules, now))
    return _about(uow.cases.get(notice.case_id), notice, uow, rules, now) if notice.case_id else None


def _about(case: Case, notice: Notice, uow: UnitOfWork, rules: Rules, now: datetime) -> Letter | None:
    if notice.kind is NoticeKind.RESTRICTED and notice.payload.get("what") != LISTED:
        return word_of_it(notice, case, rules.directory)
    if kept_from(case, notice.destination):
        return closed_card(notice, case, uow, rules.directory)
    held = RulesInForce(rules.policy_of(case.policy_version, uow), rules.directory)
    deadlines = uow.deadlines.of_case(case.id)
    shown = shareable(
        case,
        deadlines,
        children=uow.cases.children(case.id),
        policy=held.policy,
        directory=held.directory,
        now=now,
        pending=pending_on(uow, case.id, held.policy.shown_times(case.concern)),
    )
    if notice.kind in OF_RESTRICTED:
        return CardLetter(shown)
    if notice.kind in {NoticeKind.STEP, NoticeKind.THREAD_STEP}:
        return _step(notice, case, deadlines, shown, uow=uow, rules=held, now=now)
    if notice.kind in ANSWERS:
        return ANSWERS[notice.kind](notice, uow, shown, held)
    return LineLetter(shown, _line_words(notice, case, deadlines, held, now))


def _step(
    notice: Notice,
    case: Case,
    deadlines: Sequence[Deadline],
    shown: ShareableCase,
    *,
    uow: UnitOfWork,
    rules: RulesInForce,
    now: datetime,
) -> StepLetter | None:
    directory = rules.directory
    by_id: dict[object, Deadline] = {deadline.id: deadline for deadline in deadlines}
    raw = [item for item in items_of(notice.payload) if item[0] in by_id]
    still = [item for item in raw if by_id[item[0]].is_open]
    if not still:
        return None
    items = [_item(item, by_id[item[0]], rules, now) for item in still]
    to, agency = reader(directory, notice.destination)
    named = {item[0] for item in still}
    items += [
        _also(deadline, rules, now)
        for deadline in deadlines
        if deadline.id not in named and deadline.agency == agency and deadline.late_at(now) and deadline.next_at
    ]
    return StepLetter(
        case=shown,
        items=tuple(items),
        to=to,
        roles=tuple(ROLE_WORDS[Role(code)] for code in codes(notice.payload, "roles")),
        told=tuple(directory.name_of(PersonId(code)) for code in codes(notice.payload, "told")),
        may_acknowledge=bool(to) and _may_acknowledge(case, agency, PersonId(notice.destination.id)),
        still_owed=any(item.late for item in items),
        note=_note(notice, directory),
        choices=_choices(notice, case, uow),
        answers=waiting_for(PersonId(notice.destination.id), case, (by_id[item[0]] for item in still), uow, directory)
        if to
        else (),
    )


def _choices(notice: Notice, case: Case, uow: UnitOfWork) -> tuple[Choice, ...]:
    """The buttons of a leader's own matter; a case has those of its card."""
    if case.status is not CaseStatus.MATTER:
        return ()
    return matter_choices(uow.matters.get(case.id), notice.destination.id)


def _item(item: Sequence[object], deadline: Deadline, rules: RulesInForce, now: datetime) -> LateItem:
    number, repeat = _number(item[1]), _number(item[2])
    names = {step.number: step.name for step in deadline.plan.steps}
    by_hand = rules.directory.name_of(PersonId(str(item[4]))) if len(item) > 4 else ""  # noqa: PLR2004 - the fifth
    return LateItem(
        title=milestone_title(rules.policy, deadline.kind),
        agency_name=_owed_by(deadline, rules.directory),
        due_at=deadline.due_at,
        late=deadline.late_at(now),
        step_name="new referral" if number == NEW else names.get(number, ""),
        missed=tuple(names[n] for n in numbers(item[3]) if n in names),
        repeat=repeat,
        by_hand=by_hand,
    )


def _also(deadline: Deadline, rules: RulesInForce, now: datetime) -> LateItem:
    """Something else that the reader's agency owes and is late with on the same case."""
    return LateItem(
        title=milestone_title(rules.policy, deadline.kind),
        agency_name=_owed_by(deadline, rules.directory),
        due_at=deadline.due_at,
        late=deadline.late_at(now),
        step_name="",
    )


def _owed_by(deadline: Deadline, directory: Directory) -> str:
    """Who has not done it: the agency, or the leader who owes it in person and for no team."""
    if deadline.owner is not None and deadline.team == NO_TEAM:
        return directory.name_of(deadline.owner)
    return directory.agencies[deadline.agency].name


def _number(value: object) -> int:
    return value if isinstance(value, int) else int(str(value))


def _may_acknowledge(case: Case, agency: AgencyId | None, person: PersonId) -> bool:
    party = case.party(agency) if agency else None
    owes = party is not None and party.owes_acknowledgement and party.acknowledged is None
    return owes and person not in case.referrers


def _note(notice: Notice, directory: Directory) -> str:
    unconfirmed, instead = notice.payload.get("unconfirmed"), notice.payload.get("instead_of")
    ring = _ring(notice, directory)
    if isinstance(unconfirmed, str):
        name = directory.name_of(PersonId(unconfirmed))
        return f"Sent by e-mail because Slack has not confirmed the message to {name}. {ring}"
    if notice.payload.get("by_mail"):
        return f"Sent by e-mail because you could not be reached in Slack. {ring}"
    if "duty_of" in notice.payload and instead is None:
        return duty_note(notice.payload, directory)
    if not isinstance(instead, str):
        return ring
    known = directory.people.get(PersonId(instead))
    whose = known.name if known else "the team channel"
    return f"Sent to you because {whose} could not be reached in Slack.{ring and f' {ring}'}"


def _ring(notice: Notice, directory: Directory) -> str:
    """By e-mail nobody can answer: the number of the police to ring; empty in Slack."""
    if notice.destination.kind is not DestinationKind.EMAIL or not directory.police.phone:
        return ""
    return f"To answer, ring {directory.police.name} on {directory.police.phone}."


def _line_words(notice: Notice, case: Case, deadlines: Sequence[Deadline], rules: RulesInForce, now: datetime) -> str:
    directory, policy = rules.directory, rules.policy
    if notice.kind in LINES:
        return LINES[notice.kind](notice, case, rules)
    if notice.kind is NoticeKind.RETIMED:
        return _retimed_words(notice, case, deadlines, policy)
    agency = AgencyId(str(notice.payload["agency"]))
    name, party = directory.agencies[agency].name, case.party(agency)
    said = party.acknowledged if party else None
    answered = f"acknowledged for {name} by {directory.name_of(said.by)} {moment(said.at, now)}." if said else ""
    if notice.kind is NoticeKind.PHONE_TOLD and party and party.phone:
        who = directory.name_of(party.phone.recorded_by)
        until = moment(party.phone.holds_until, now)
        after = answered or f"own confirmation outstanding. Reminders to them go on {until}."
        return (
            f"{case.reference}: {name} told by phone (recorded by {who} {moment(party.phone.at, now)}), "
            f"{'now ' if said else ''}{after}"
        )
    return f"{case.reference}: now {answered}" if said else f"{case.reference}: {name} has answered."


def _retimed_words(notice: Notice, case: Case, deadlines: Sequence[Deadline], policy: Policy) -> str:
    moved = {str(item[0]): datetime.fromisoformat(str(item[1])) for item in _pairs(notice.payload)}
    said = [
        f"{milestone_title(policy, deadline.kind).lower()} from {full_moment(moved[deadline.id])} "
        f"to {full_moment(deadline.due_at)}"
        for deadline in deadlines
        if deadline.id in moved and deadline.kind in {ACKNOWLEDGE, "first_action"}
    ]
    words = list(dict.fromkeys(said))  # two agencies' moves alike are one to a reader
    more = len(moved) - len(said)
    rest = f" and {more} more" if more and words else f"{more} deadlines" if more else ""
    return f"{case.reference}: brought forward after a change of risk: {'; '.join(words)}{rest}."


def _pairs(payload: Mapping[str, object]) -> list[Sequence[object]]:
    found = payload.get("deadlines")
    return [item for item in found if isinstance(item, list | tuple)] if isinstance(found, list | tuple) else []


def _digest(payload: Mapping[str, object]) -> DigestLetter:
    rows = payload["rows"]
    pairs = [(str(row[0]), str(row[1])) for row in rows] if isinstance(rows, list | tuple) else []
    return DigestLetter(
        title=str(payload["title"]),
        from_at=datetime.fromisoformat(str(payload["from"])),
        until_at=datetime.fromisoformat(str(payload["until"])),
        headline=str(payload["headline"]),
        rows=tuple(pairs),
    )
