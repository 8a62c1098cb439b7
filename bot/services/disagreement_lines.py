"""How a disagreement between agencies is put to people: raised, answered by one of them, settled; with what they can press."""

from bot.domain.disagreement_offers import differing, settle_choices, take_up_choices
from bot.domain.disagreements import KIND, SETTLED, Disagreement, deadline_of, ends_at, outcome_words, stage_at
from bot.domain.ids import AgencyId, DisagreementId, PersonId
from bot.domain.letters import LineLetter
from bot.domain.notices import DestinationKind, Notice
from bot.domain.offers import Choice
from bot.domain.redaction import ShareableCase
from bot.domain.rules import RulesInForce
from bot.domain.wording import full_moment
from bot.ports import UnitOfWork


def disagreement_letter(
    notice: Notice, uow: UnitOfWork, shown: ShareableCase, rules: RulesInForce
) -> LineLetter | None:
    """The words for a person or a thread; None when it has moved on since. Buttons go to people alone."""
    held = uow.disagreements.get(DisagreementId(str(notice.payload["disagreement"])))
    what, _, agency = str(notice.payload["what"]).partition(":")
    to_person = notice.destination.kind is DestinationKind.PERSON
    if what == "ended":
        return LineLetter(shown, _ended(held, shown, rules))
    if not held.waits:
        return None
    if what == "said":
        return _said(
            held, AgencyId(agency), shown, rules, answers=to_person and _is_of_the_other(notice, agency, rules)
        )
    return _raised(held, uow, shown, rules, answers=to_person)


def _is_of_the_other(notice: Notice, agency: str, rules: RulesInForce) -> bool:
    person = rules.directory.people.get(PersonId(notice.destination.id))
    return person is not None and person.agency != agency


def _raised(
    held: Disagreement, uow: UnitOfWork, shown: ShareableCase, rules: RulesInForce, *, answers: bool
) -> LineLetter:
    clock = next(
        (each for each in uow.deadlines.of_case(shown.id) if each.id == deadline_of(held, held.raised_by)), None
    )
    until, now_with = "", ""
    if clock is not None:
        ends = ends_at(clock)
        until = f" by {full_moment(ends)}, else the next level in both agencies is told" if ends else ""
        now_with = f" It is with {stage_at(clock, rules.policy.stages[KIND])}."
    text = (
        f"{shown.reference}: {differing(held, rules.policy.listed, rules.directory)}. "
        f"Talk to one another and record how it is settled{until}.{now_with} The case does not close before."
    )
    settled = [each for each in settle_choices(held, None, rules.policy) if not each.code.endswith(":withdrawn")]
    choices = (*settled, *take_up_choices(held, clock, rules.policy)) if answers else ()
    return LineLetter(shown, text, choices)


def _said(
    held: Disagreement, agency: AgencyId, shown: ShareableCase, rules: RulesInForce, *, answers: bool
) -> LineLetter | None:
    word = held.word_of(agency)
    if word is None:
        return None
    said, asked = (rules.directory.agencies[each].name for each in (agency, _other(held, agency)))
    how = outcome_words(word.outcome, rules.policy.listed)
    text = (
        f"{shown.reference}: {said} says how what they and {asked} saw differently was settled: {how}. "
        f"It ends once {asked} says the same; until then its clocks run on."
    )
    agrees = word.outcome in rules.policy.listed.get(SETTLED, {})
    choices = (Choice(f"settled:{held.id}:{word.outcome}", "We say the same"),) if agrees and answers else ()
    return LineLetter(shown, text, choices)


def _other(held: Disagreement, agency: AgencyId) -> AgencyId:
    return held.with_agency if agency == held.raised_by else held.raised_by


def _ended(held: Disagreement, shown: ShareableCase, rules: RulesInForce) -> str:
    names = " and ".join(rules.directory.agencies[agency].name for agency in held.agencies)
    people = " and ".join(rules.directory.name_of(word.by) for word in (held.own, held.other) if word is not None)
    how = outcome_words(held.outcome, rules.policy.listed)
    return f"{shown.reference}: settled between {names}. {how}. Recorded by {people}."
