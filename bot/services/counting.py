"""Units count each day what they came upon, none too; what is missing or differs from the record climbs from the lead."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from bot.domain.answers import Said
from bot.domain.cases import HumanAct
from bot.domain.commands import Actor
from bot.domain.counts import DAY, MOST_COUNTED, CountsImport, CountTaken, UnitCount, UnitDay, days_wanted, unit_days
from bot.domain.errors import FormRefusal, Refusal
from bot.domain.events import Action, Entry
from bot.domain.ids import BOT, CaseId, DepartmentId, TeamId
from bot.domain.incidents import NotTaken
from bot.domain.matters import Matter, MatterKind, MatterState
from bot.domain.permissions import may_answer_for, may_count
from bot.domain.wording import LONDON, full_moment
from bot.ports import UnitOfWork
from bot.services.acts import once
from bot.services.matters import COUNTS, change_on, may_or_refuse, open_matter, reference_of, settle
from bot.services.reviewing import phone_words
from bot.services.tools import Tools

EXPLAINED, BEGUN = "counts_explained", "counts_begun"
"""Marks: when a department's lead last said what they found; when the first count of all was given."""


def give(unit: TeamId, day: date, number: int, actor: Actor, key: str, *, tools: Tools) -> Said:
    """Give a unit's count for a day; the newest word stands. FormRefusal fields: unit, day, number."""

    def act(uow: UnitOfWork) -> str:
        now, directory = tools.clock.now(), tools.rules.directory
        may_or_refuse(may_count(actor, unit, directory, phone=phone_words(tools.rules.policy)))
        wrong = _wrong(day, number, now)
        if wrong:
            raise FormRefusal(wrong)
        _put(uow, UnitCount(unit, day, number, actor.person, now))
        reconcile(uow, tools, now)
        found = next(one for one in unit_table(uow, tools, [day]) if one.unit == unit)
        name = directory.teams[unit].name
        return f"{name}, {_said(day)}: {_number(number)} counted, {_number(found.held)} on the record. {_after(found)}"

    return once(act, key, tools=tools)


def _wrong(day: date, number: int, now: datetime) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if day > now.astimezone(LONDON).date():
        wrong["day"] = "The day must be today or earlier"
    if not 0 <= number <= MOST_COUNTED:
        wrong["number"] = f"How many must be a number from 0 to {MOST_COUNTED:,}"
    return wrong


def _put(uow: UnitOfWork, count: UnitCount) -> bool:
    if uow.marks.instant(BEGUN) is None:
        uow.marks.set_instant(BEGUN, count.at)
    new = uow.unit_counts.put(count)
    if new:
        subject = f"{count.unit} {count.day.isoformat()} {count.number}"
        uow.audit.append([Entry(count.at, count.by, Action.COUNT_GIVEN, subject)])
    return new


def _number(number: int) -> str:
    return "none" if number == 0 else str(number)


def _after(found: UnitDay) -> str:
    if found.in_order:
        return "They agree."
    return "They differ: refer whoever is missing from the record, or correct the count."


def _said(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"


def import_counts(rows: Sequence[object], actor: Actor, *, dry: bool, tools: Tools) -> CountsImport:
    """Take counts in, row by row: unit, day, number. A row that is none comes back; the same count again changes nothing."""
    now = tools.clock.now()
    taken: list[CountTaken] = []
    returned: list[NotTaken] = []
    with tools.store.write() as uow:
        for number, row in enumerate(rows, 1):
            try:
                count = _row(row, actor, now, tools)
            except Refusal as refusal:
                returned.append(NotTaken(number, refusal.sentence))
            else:
                taken.append(CountTaken(number, count.unit, count.day, count.number, already=not _put(uow, count)))
        if not dry:
            reconcile(uow, tools, now)
            uow.commit()
    if not dry:
        tools.alarm.ring()
    return CountsImport(tuple(taken), tuple(returned), dry)


def _row(row: object, actor: Actor, now: datetime, tools: Tools) -> UnitCount:
    if not isinstance(row, Mapping):
        raise Refusal("The row must have unit, day and number.")
    unit = TeamId(str(row.get("unit", "")).strip())
    may_or_refuse(may_count(actor, unit, tools.rules.directory, phone=phone_words(tools.rules.policy)))
    try:
        day, number = date.fromisoformat(str(row.get("day", "")).strip()), int(str(row.get("number", "")).strip())
    except ValueError:
        raise Refusal("day must be a date such as 2026-11-23, number a whole number; 0 is a count too.") from None
    wrong = _wrong(day, number, now)
    if wrong:
        raise Refusal(f"{'. '.join(wrong.values())}.")
    return UnitCount(unit, day, number, actor.person, now)


# ---- against the record


def table(days: int, *, tools: Tools) -> Sequence[UnitDay]:
    """Every unit on each of the last days, today left out: counted, not reported, and what the record holds."""
    today = tools.clock.now().astimezone(LONDON).date()
    with tools.store.read() as uow:
        return unit_table(uow, tools, [today - number * DAY for number in range(days, 0, -1)])


def unit_table(uow: UnitOfWork, tools: Tools, days: Sequence[date]) -> tuple[UnitDay, ...]:
    """Every unit on every one of these days."""
    if not days:
        return ()
    first, last = min(days), max(days)
    from_at, until_at = (datetime.combine(day, time(), LONDON) for day in (first, last + DAY))
    directory = tools.rules.directory
    raised = uow.unit_counts.raised(directory.police.id, from_at, until_at)
    return unit_days(uow.unit_counts.between(first, last), raised, directory, days)


def reconcile(uow: UnitOfWork, tools: Tools, now: datetime) -> None:
    """Open what a department's lead owes when a unit's day is missing or differs, and end it once all are in order.

    Counts are wanted from the first day that anybody counted: before that nothing is.
    """
    first = uow.unit_counts.first_day()
    if first is None:
        return
    open_now = {each.post: each for each in uow.matters.listed() if each.kind is MatterKind.COUNTS and each.is_open}
    for department in tools.rules.directory.departments.values():
        if department.agency != tools.rules.directory.police.id or not department.leads:
            continue
        amiss = [one for one in _wanted(uow, tools, department.id, first, now) if not one.in_order]
        there = open_now.get(department.id)
        if amiss and there is None:
            _ask(uow, tools, department.id, now)
        elif there is not None and not amiss:
            _end(uow, tools, there, now)


def _wanted(uow: UnitOfWork, tools: Tools, department: DepartmentId, first: date, now: datetime) -> list[UnitDay]:
    """The days of a department's units that are looked at now: from the first counted, or from its lead's last explanation.

    Nobody owes a count of a day before the one on which the first of all was given.
    """
    local = now.astimezone(LONDON)
    explained_at = uow.marks.instant(f"{EXPLAINED}:{department}")
    begin = max(first, explained_at.astimezone(LONDON).date()) if explained_at is not None else first
    in_time = local.time() >= tools.rules.policy.leadership.counts_at
    days = days_wanted(begin, local.date(), yesterday_too=in_time)
    begun_on = (uow.marks.instant(BEGUN) or now).astimezone(LONDON).date()
    found = (one for one in unit_table(uow, tools, days) if one.department == department)
    return [one for one in found if one.counted is not None or one.day >= begun_on]


def _ask(uow: UnitOfWork, tools: Tools, department: DepartmentId, now: datetime) -> None:
    lead = tools.rules.directory.departments[department].leads[0]
    wanted = Matter(
        id=CaseId(tools.new_id()),
        reference=reference_of(uow, MatterKind.COUNTS),
        kind=MatterKind.COUNTS,
        code=department,
        post=department,
        owner=lead,
        opened_at=now,
        due_at=now,
        words="",
    )
    open_matter(uow, tools, wanted, {COUNTS: None}, by=BOT)


def _end(uow: UnitOfWork, tools: Tools, matter: Matter, now: datetime) -> None:
    change = change_on(uow, tools, matter.id, BOT, now)
    settle(change, MatterState.DONE)
    change.audit(Action.COUNTS_IN_ORDER, matter.post)
    change.save()


def amiss(matter_id: CaseId, *, tools: Tools) -> Sequence[UnitDay]:
    """What is missing or differs in the department of a matter now."""
    now = tools.clock.now()
    with tools.store.read() as uow:
        matter, first = uow.matters.get(matter_id), uow.unit_counts.first_day()
        wanted = _wanted(uow, tools, DepartmentId(matter.post), first, now) if first else []
    return [one for one in wanted if not one.in_order]


def explain(matter_id: CaseId, reason: str, actor: Actor, key: str, *, tools: Tools) -> Said:
    """The lead says what was found: the days until today are looked at, and asked for no more. FormRefusal field: reason."""

    def act(uow: UnitOfWork) -> str:
        policy, directory, now = tools.rules.policy, tools.rules.directory, tools.clock.now()
        matter = uow.matters.get(matter_id)
        may_or_refuse(may_answer_for(actor, matter.owner, directory, phone=phone_words(policy)))
        if matter.kind is not MatterKind.COUNTS or not matter.is_open:
            return f"{matter.reference} was answered already, {full_moment(matter.ended_at or now)}. Nothing more is needed."
        words, least = " ".join(reason.split()), policy.reasons.least_characters
        if len(words) < least:
            raise FormRefusal({"reason": f"Enter what you found, in {least} characters or more"})
        change = change_on(uow, tools, matter.id, actor.person, now)
        change.record(HumanAct(matter.id, EXPLAINED, actor.person, actor.agency, now, protective=False, note=words))
        settle(change, MatterState.DONE, reason=words)
        change.audit(Action.COUNTS_IN_ORDER, f"{matter.post} explained")
        change.save()
        uow.marks.set_instant(f"{EXPLAINED}:{matter.post}", now)
        return "Recorded: what you found. The days before today are asked for no more; each day from today is."

    return once(act, key, tools=tools)
