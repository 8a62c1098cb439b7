"""The policy file: a force states what it changes, every fault is told at once, and the law is not loosened."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.domain.calendar import Clock, Span
from bot.domain.concerns import Band, Basis
from bot.domain.policy import Jurisdiction
from bot.policy_file import DEFAULT_POLICY, PolicyProblems, load_policy
from bot.policy_format import Problems

Write = Callable[[str], Path]
LEADERS = 'to = ["chief_officer", "partner_executive"]'


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        path = tmp_path / "force.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def problems(path: Path) -> list[str]:
    """Each fault as "key: sentence mend"."""
    with pytest.raises(PolicyProblems) as caught:
        load_policy(path)
    return [f"{problem.key}: {problem.sentence} {problem.mend}" for problem in caught.value.problems]


def test_the_default_policy_has_no_fault_and_always_the_same_version() -> None:
    assert load_policy().version == load_policy().version
    assert load_policy().jurisdiction is Jurisdiction.ENGLAND


def test_a_force_states_only_what_it_changes(write: Write) -> None:
    own = load_policy(write('name = "Example force"\n[milestones.first_action]\ndue.P2 = "6h"\n'))
    default = load_policy()
    row = own.milestones["first_action"]
    assert own.name == "Example force"
    assert row.clocks == {**default.milestones["first_action"].clocks, Band.P2: Span(Clock.ELAPSED, timedelta(hours=6))}
    assert own.milestones["stall"] == default.milestones["stall"]
    assert own.version != default.version


def test_a_file_that_changes_nothing_has_the_version_of_the_default(write: Write) -> None:
    assert load_policy(write("")).version == load_policy().version
    assert load_policy(write('[milestones.return_interview]\ndue = "72h"\n')).version == load_policy().version


def test_a_ladder_may_climb_in_seconds(write: Write) -> None:
    steps = f"""
[ladders.P1]
repeat = "10s"
steps = [
  {{ number = 1, name = "due", to = ["owner"] }},
  {{ number = 2, name = "team leaders", after = "20s", to = ["team_leaders"] }},
  {{ number = 3, name = "leaders", after = "1m30s", {LEADERS} }},
]
"""
    ladder = load_policy(write(steps)).ladders[Band.P1]
    assert [step.after for step in ladder.steps[1:]] == [
        (Span(Clock.ELAPSED, timedelta(seconds=20)),),
        (Span(Clock.ELAPSED, timedelta(seconds=90)),),
    ]
    assert ladder.repeat.every == timedelta(seconds=10)


def test_a_limit_may_change_its_clock(write: Write) -> None:
    policy = load_policy(write('[milestones.graded]\ndue.P3 = "8h"\n'))
    assert policy.milestones["graded"].clocks[Band.P3] == Span(Clock.ELAPSED, timedelta(hours=8))


def test_a_force_may_add_a_row_and_adopt_one(write: Write) -> None:
    text = """
[milestones.kirat]
adopted = true
climbs_to = 3
[milestones.own_check]
title = "Own check"
trigger = "referral"
met_by = ["child_seen"]
owed_by = "health"
basis = "local_practice"
source = "Example procedure"
due = { clock = "hub_hours", amount = "2h" }
concerns = ["neglect"]
"""
    policy = load_policy(write(text))
    assert policy.milestones["kirat"].adopted
    assert policy.milestones["own_check"].basis is Basis.LOCAL_PRACTICE
    assert set(policy.milestones["own_check"].clocks) == set(Band)


def test_bank_holidays_are_added_and_taken_away(write: Write) -> None:
    text = """
[calendar]
bank_holidays_removed = [2027-05-03]
bank_holidays_extra = { 2027-06-15 = "Jubilee" }
[calendar.school_closures.derbyshire]
periods = [{ from = 2026-12-21, to = 2027-01-01 }]
"""
    calendar = load_policy(write(text)).calendar
    assert calendar.is_working_day(date(2027, 5, 3))
    assert calendar.bank_holidays[date(2027, 6, 15)] == "Jubilee"
    assert not calendar.is_school_day(date(2026, 12, 22), "derbyshire")
    assert calendar.is_school_day(date(2026, 12, 22), "elsewhere")


def test_the_hours_of_the_hub_are_the_forces_own(write: Write) -> None:
    calendar = load_policy(write('[calendar]\nhub_opens = "08:00"\nhub_closes = "18:00"\n')).calendar
    assert (calendar.opens, calendar.closes) == (time(8), time(18))
    four = Span(Clock.HUB_HOURS, timedelta(hours=4))
    assert calendar.due_at(four, datetime(2026, 11, 23, 7, tzinfo=UTC)) == datetime(2026, 11, 23, 12, tzinfo=UTC)


# --- law


@pytest.mark.parametrize(
    ("row", "key"),
    [
        ('[milestones.protection_expiry]\ndue = "73h"', "milestones.protection_expiry.due"),
        ('[milestones.return_interview]\ndue = "72h1s"', "milestones.return_interview.due"),
        ('[milestones.return_interview]\ndue.P4 = "5d"', "milestones.return_interview.due.P4"),
        (
            '[milestones.return_interview]\ndue = { clock = "working_day", amount = 1 }',
            "milestones.return_interview.due",
        ),
        ('[milestones.assessment]\ndue = { clock = "working_day", amount = 46 }', "milestones.assessment.due"),
        ('[milestones.review_conference]\ndue = { clock = "months", amount = 4 }', "milestones.review_conference.due"),
        (
            '[milestones.acknowledgement]\nceiling = { clock = "working_day", amount = 2 }',
            "milestones.acknowledgement.ceiling",
        ),
        ('[milestones.return_interview]\nbasis = "our_default"', "milestones.return_interview.basis"),
        ('[milestones.acknowledgement]\nceiling_for = "police"', "milestones.acknowledgement.ceiling_for"),
        ('[milestones.acknowledgement]\nceiling_basis = "our_default"', "milestones.acknowledgement.ceiling_basis"),
        ("[milestones.acknowledgement]\nadopted = false", "milestones.acknowledgement.adopted"),
        ('[milestones.return_interview]\ntrigger = "referral"', "milestones.return_interview.trigger"),
        ('[milestones.return_interview]\nmet_by = ["child_returned"]', "milestones.return_interview.met_by"),
        ('[milestones.return_interview]\nowed_by = "police"', "milestones.return_interview.owed_by"),
        ("[milestones.return_interview]\nadopted = false", "milestones.return_interview.adopted"),
        ("[milestones.return_interview]\nclimbs_to = 2", "milestones.return_interview.climbs_to"),
        ("[milestones.return_interview]\nonce = true", "milestones.return_interview.once"),
        ('[milestones.return_interview]\nconcerns = ["missing"]', "milestones.return_interview.concerns"),
        ('[milestones.social_care_decision]\nconcerns = ["missing"]', "milestones.social_care_decision.concerns"),
        ('[milestones.return_interview]\nfacts = ["under_13"]', "milestones.return_interview.facts"),
        ('[milestones.return_interview]\nflags = ["school_referral"]', "milestones.return_interview.flags"),
        ('[milestones.return_interview]\njurisdictions = ["wales"]', "milestones.return_interview.jurisdictions"),
    ],
)
def test_statute_and_statutory_guidance_are_never_loosened(write: Write, row: str, key: str) -> None:
    (fault,) = problems(write(row))
    assert fault.startswith(f"{key}: this ")
    assert "statute or statutory guidance" in fault


def test_no_act_becomes_a_record_of_what_the_law_asks_for(write: Write) -> None:
    (fault,) = problems(write('[acts.child_found]\nimplies = ["child_returned", "interview_done"]'))
    assert fault.startswith(
        "acts.child_found.implies: 'interview_done' ends what statute or statutory guidance asks for"
    )
    (own,) = problems(write('[acts.own]\nlabel = "X"\nkind = "record"\nimplies = ["interview_done"]'))
    assert own.startswith("acts.own.implies: ")


@pytest.mark.parametrize(
    "row",
    [
        '[milestones.protection_expiry]\ndue = "71h"',
        '[milestones.return_interview]\ndue = "48h"',
        '[milestones.return_interview]\ndue.P1 = "24h"',
        '[milestones.assessment]\ndue = { clock = "working_day", amount = 40 }\nadopted = true\nclimbs_to = 5',
        '[milestones.acknowledgement]\nceiling = { clock = "hub_hours", amount = "4h" }',
        "[milestones.designated_officer_told]\nfacts = []",
        '[milestones.first_action]\ndue.P2 = "13h"',
    ],
)
def test_law_may_be_tightened_and_a_default_may_be_changed(write: Write, row: str) -> None:
    load_policy(write(row))


def test_half_past_a_working_day_is_not_always_before_its_end(write: Write) -> None:
    (fault,) = problems(write('[milestones.referrer_told]\ndue = "24h"'))
    assert "1 working day or less" in fault


# --- faults


FLOOR_X = '[floors.x]\nsentence = "x"\nbasis = "our_default"\nsource = "x"\n'
FAULTS = [
    ('[milestones.stall]\ndue.P1 = "99999999999d"', "milestones.stall.due.P1: '99999999999d' cannot be used here."),
    ('[milestones.stall]\ndue.P1 = "9999d"', "milestones.stall.due.P1: '9999d' cannot be used here."),
    ('[milestones.stall]\ndue.P1 = "3660d1s"', "milestones.stall.due.P1: '3660d1s' cannot be used here."),
    (
        '[milestones.stall]\ndue.P4 = { clock = "hub_hours", amount = "2001h" }',
        "milestones.stall.due.P4.amount: this is more than a year of hub hours.",
    ),
    ('[concerns.x]\nlabel = "X"', "concerns.x.grades: a concern needs at least one grade."),
    ('nme = "x"', "nme: there is no such key. Did you mean name?"),
    ("zzz = 1", "zzz: there is no such key. Keep to "),
    ('jurisdiction = "scotland"', "jurisdiction: 'scotland' cannot be used here. Write one of england, wales."),
    ('name = ""', "name: '' cannot be used here. Write text in quotes."),
    ("phones = 3", "phones: this must be a table."),
    (
        '[calendar]\nhub_opens = "9"',
        "calendar.hub_opens: '9' cannot be used here. Write a time of day such as \"09:00\".",
    ),
    ('[calendar]\nhub_opens = "18:00"', "calendar.hub_closes: the hub closes before it opens."),
    ('[calendar]\ntimezone = "Europe/Derby"', "calendar.timezone: there is no time zone 'Europe/Derby'."),
    (
        '[calendar]\nknown_until = "2028"',
        "calendar.known_until: '2028' cannot be used here. Write a date without quotes",
    ),
    ("[calendar]\nknown_until = 9999-12-31", "calendar.known_until: "),
    ("[calendar]\nbank_holidays_extra = { 2030-01-01 = 'x' }", "calendar.known_until: it ends before 2030-01-01"),
    ("[calendar]\nbank_holidays_extra = { easter = 'x' }", "calendar.bank_holidays_extra.easter: this is not a date."),
    (
        "[calendar]\nbank_holidays_removed = [2027-05-04]",
        "calendar.bank_holidays_removed: 2027-05-04 is not a bank holiday.",
    ),
    ("[calendar]\nbank_holidays_removed = ['x']", "calendar.bank_holidays_removed: "),
    (
        "[calendar.school_closures.x]\nperiods = [{ from = 2027-01-02, to = 2027-01-01 }]",
        "calendar.school_closures.x.periods[0]: schools are closed from 2027-01-02 to 2027-01-01.",
    ),
    ("[calendar.school_closures.x]\nperiods = 3", "calendar.school_closures.x.periods: 3 cannot be used here."),
    ('[notices]\nsame_person_within = "5 minutes"', "notices.same_person_within: '5 minutes' cannot be used here."),
    ('[notices]\nsame_person_within = ""', "notices.same_person_within: '' cannot be used here."),
    ("[notices]\ngroup_over = 0", "notices.group_over: 0 cannot be used here. Write a whole number from 1"),
    ("[notices]\ngroup_over = true", "notices.group_over: True cannot be used here."),
    ('[notices]\ndigest_day = "mon"', "notices.digest_day: 'mon' is not a day of the week."),
    ("[reasons]\nfloor_holds = 24", "reasons.floor_holds: 24 cannot be used here. Write a length of time"),
    ("[ladders.P1]\nsteps = []", "ladders.P1.steps: this ladder is empty."),
    ("[ladders.P1]\nsteps = 3", "ladders.P1.steps: 3 cannot be used here. Write a list of tables"),
    ('[ladders.P1]\nrepeat = "0s"', "ladders.P1.repeat: the last step must repeat after some time."),
    ('[ladders.P7]\nrepeat = "1h"', "ladders.P7: there is no such key."),
    (
        '[concerns.cse]\nfacts = ["missing_now"]',
        "concerns.cse.facts: this concern asks 1 questions. Ask three to five.",
    ),
    (
        '[concerns.cse]\nfacts = ["missing_now", "looked_after", "unexplained_adult", "open_plan", "dash_14"]',
        "concerns.cse.facts: the answer to 'dash_14' changes nothing for this concern.",
    ),
    (
        '[concerns.cse]\nfacts = ["a", "looked_after", "unexplained_adult", "missing_now"]',
        "concerns.cse.facts: there is no fact 'a'.",
    ),
    (
        "[concerns.cse.grades.emerging]\noffered = 'no'",
        "concerns.cse.grades.emerging.offered: 'no' cannot be used here.",
    ),
    ('[concerns.cse.grades.Extra]\nlabel = "X"\nband = "P1"', "concerns.cse.grades.Extra: this code cannot be used."),
    (
        "[concerns.cse.grades]\nsignificant.offered = false\nmoderate.offered = false\nemerging.offered = false",
        "concerns.cse.grades: none of its grades is offered.",
    ),
    ('[milestones.stall]\ndue.P1 = "15x"', "milestones.stall.due.P1: '15x' cannot be used here. Write \"15m\""),
    ("[milestones.stall]\ndue = 3", "milestones.stall.due: 3 cannot be used here."),
    ('[milestones.stall]\ndue.P5 = "1h"', "milestones.stall.due.P5: there is no such key. Keep to P1, P2, P3, P4."),
    ('[milestones.stall]\ndue.P1 = { amount = "4h" }', "milestones.stall.due.P1.clock: this key is missing."),
    (
        '[milestones.stall]\ndue.P1 = { clock = "hours", amount = "4h" }',
        "milestones.stall.due.P1.clock: 'hours' cannot be used",
    ),
    (
        '[milestones.stall]\ndue.P1 = { clock = "hub_hours", amount = 4 }',
        "milestones.stall.due.P1.amount: 4 cannot be used",
    ),
    (
        '[milestones.stall]\ndue.P1 = { clock = "hub_hours", amount = "1d" }',
        "milestones.stall.due.P1.amount: hub hours are not",
    ),
    (
        '[milestones.stall]\ndue.P4 = { clock = "working_day", amount = "4h" }',
        "milestones.stall.due.P4.amount: '4h' cannot be",
    ),
    (
        '[milestones.stall]\ndue.P4 = { clock = "working_day", amount = 5, latest = "12:00" }',
        "milestones.stall.due.P4: A span on the working_day clock has no latest time of day.",
    ),
    (
        '[milestones.stall]\ndue.P1 = "13h"',
        "milestones.stall.due.P1: P1 is given longer than P2, which is less urgent.",
    ),
    (
        '[milestones.stall]\ntrigger = "humanact"',
        "milestones.stall.trigger: there is no event or act 'humanact'. Did you mean",
    ),
    ("[milestones.stall]\nmet_by = []", "milestones.stall.met_by: nothing ever ends it."),
    ("[milestones.stall]\nmet_by = 3", "milestones.stall.met_by: 3 cannot be used here."),
    (
        "[milestones.stall]\nclimbs_to = 6",
        "milestones.stall.climbs_to: it climbs to step 6, and no ladder goes so far.",
    ),
    (
        '[milestones.stall]\nowed_by = "polic"',
        "milestones.stall.owed_by: 'polic' cannot be used here. Did you mean police?",
    ),
    (
        '[milestones.stall]\nconcerns = ["missin"]',
        "milestones.stall.concerns: there is no concern 'missin'. Did you mean missing?",
    ),
    (
        '[milestones.stall]\nflags = ["qqq"]',
        "milestones.stall.flags: there is no flag 'qqq'. Add the flag, or leave it out.",
    ),
    ('[milestones.stall]\nfacts = ["qqq"]', "milestones.stall.facts: there is no fact 'qqq'."),
    ("[milestones.stall]\njurisdictions = []", "milestones.stall.jurisdictions: it is owed nowhere."),
    ('[milestones.stall]\nreminders = ["soon"]', "milestones.stall.reminders: 'soon' is not a length of time."),
    (
        '[milestones.chronology]\nfacts = ["dash_14"]',
        "milestones.chronology.facts: 'dash_14' is never asked there, so this can never hold.",
    ),
    ('[milestones.x]\ntitle = "x"', "milestones.x.due: a milestone needs a limit."),
    ("milestones = 3", "milestones: this must be a table."),
    ("[milestones]\nstall = 3", "milestones.stall: this must be a table."),
    (
        '[floors.dash_14]\nall_of = ["dash_41"]',
        "floors.dash_14.all_of: there is no fact 'dash_41'. Did you mean dash_14?",
    ),
    ('[floors.dash_14]\nany_of = ["dash_14"]', "floors.dash_14.any_of: 'dash_14' is in all_of as well."),
    ('[floors.dash_14]\nband = "P1"', "floors.dash_14: it names grade and band, which contradict each other."),
    (
        '[floors.dash_14]\ngrade = "red"',
        "floors.dash_14.grade: domestic_abuse has no grade 'red'. Write one of high, medium",
    ),
    ('[floors.dash_14]\nopens = ["x"]', "floors.dash_14.opens: there is no milestone 'x'."),
    ('[floors.dash_14]\nall_of = ["under_13"]', "floors.dash_14.all_of: 'under_13' is never asked there"),
    ('[floors.dash_14]\nany_of = ["under_13"]', "floors.dash_14.any_of: 'under_13' is never asked there"),
    ("[floors.dash_14]\nraise_by = 9", "floors.dash_14.raise_by: 9 cannot be used here."),
    (
        '[floors.third_referral]\nhistory.within = { clock = "working_day", amount = 3 }',
        "floors.third_referral.history.within: a window",
    ),
    (
        '[floors.x]\nsentence = "x"\nbasis = "our_default"\nsource = "x"\nall_of = ["dash_14"]',
        "floors.x: it raises nothing.",
    ),
    (
        '[floors.x]\nsentence = "x"\nbasis = "our_default"\nsource = "x"\nband = "P1"',
        "floors.x: it would hold for every case.",
    ),
    (
        '[floors.x]\nsentence = "x"\nbasis = "our_default"\nsource = "x"\ngrade = "high"\nall_of = ["dash_14"]',
        "floors.x.grade: a grade belongs to concerns, and none is named.",
    ),
    (
        f'{FLOOR_X}grade = "medium"\nall_of = ["dash_14"]\nconcerns = ["domestic_abuse"]',
        "floors.x: it has the conditions of dash_14 and another level.",
    ),
    ('[gates.g8_release]\nrefuses = ["release_suspect"]', "gates.g8_release.refuses: release_suspect has happened"),
    ("[gates.g8_release]\nflags_only = []", "gates.g8_release: it stands before nothing."),
    ('[gates.g8_release]\nfacts = ["qqq"]', "gates.g8_release.facts: there is no fact 'qqq'."),
    (
        '[gates.g8_release]\nneeds.address = { sentence = "x", any_of = ["suspect_home_checkd"] }',
        "gates.g8_release.needs.address.any_of: there is no act or state 'suspect_home_checkd'. Did you mean",
    ),
    (
        '[gates.g8_release]\nneeds.address = { sentence = "x", any_of = [] }',
        "gates.g8_release.needs.address.any_of: a need says",
    ),
    ('[gates.g4_care_grade]\nbelow = "amber"', "gates.g4_care_grade.below: missing_from_care has no grade 'amber'."),
    (
        '[gates.g7_child_as_suspect]\nonly_grade = "red"',
        "gates.g7_child_as_suspect.only_grade: youth_produced_images has",
    ),
    (
        '[acts.x]\nlabel = "x"\nkind = "protectiv"',
        "acts.x.kind: 'protectiv' cannot be used here. Did you mean protective?",
    ),
    (
        '[acts.child_found]\nimplies = ["child_return"]',
        "acts.child_found.implies: there is no act 'child_return'. Did you mean",
    ),
    ('[acts.no_reply]\nimplies = ["home_visited"]', "acts.no_reply.implies: an attempt is no record of anything else."),
    ('[acts.child_found]\nraises = "qqq"', "acts.child_found.raises: there is no flag 'qqq'."),
    ('[acts.child_found]\nends = "qqq"', "acts.child_found.ends: there is no flag 'qqq'."),
    ('[acts.child_found]\nafter = ["qqq"]', "acts.child_found.after: there is no act 'qqq'."),
    ('[acts.child_found]\nowns = ["qqq"]', "acts.child_found.owns: there is no milestone 'qqq'."),
    ('[acts.child_found]\nonly = "qqq"', "acts.child_found.only: there is no kind of agency 'qqq'."),
    ('[acts.child_found]\nleast = "qqq"', "acts.child_found.least: there is no standing 'qqq'."),
    ('[acts.child_found]\nasks = ["who"]', "acts.child_found.asks: asks who and names go together."),
    ('[acts.child_found]\nasks = ["qqq"]', "acts.child_found.asks: "),
    ('[details.age.choices.adult]\nyes = ["qqq"]', "details.age.choices.adult.yes: there is no fact 'qqq'."),
    ('[details.age.choices.adult]\nconcern = "qqq"', "details.age.choices.adult.concern: there is no concern 'qqq'."),
    ('[concerns.cse]\ndetails = ["qqq"]', "concerns.cse.details: there is no detail 'qqq'."),
    ('[concerns.cse]\ndetails = ["age"]', "concerns.cse.opens_with: nothing keeps what the details say."),
    ('[concerns.missing]\nopens_with = "qqq"', "concerns.missing.opens_with: there is no act 'qqq'."),
    (
        '[details.second]\nlabel = "When"\n[concerns.missing]\ndetails = ["last_seen", "second"]',
        "concerns.missing.details: two of them ask for a time.",
    ),
    ("[milestones.protection_expiry]\nalso_told = []", "milestones.protection_expiry.also_told: "),
    ('[acts.child_found]\npasses = "qqq"', "acts.child_found.passes: "),
    ('[acts.child_found]\nconcerns = ["qqq"]', "acts.child_found.concerns: there is no concern 'qqq'."),
    ('[flags]\npolice_protection = { label = "" }', "flags.police_protection.label: '' cannot be used here."),
    ("phrases = [{ words = 'x' }]", "phrases[0].instead: this key is missing. Write text in quotes."),
]


@pytest.mark.parametrize(
    ("text", "fault"), FAULTS, ids=[fault.split(":")[0] + f"_{n}" for n, (_, fault) in enumerate(FAULTS)]
)
def test_a_fault_is_told_once_with_its_key_and_its_mend(write: Write, text: str, fault: str) -> None:
    found = problems(write(text))
    assert [one for one in found if one.startswith(fault)], found


def ladder(*steps: str) -> str:
    return f'[ladders.P2]\nrepeat = "1h"\nsteps = [{", ".join(f"{{ {step} }}" for step in steps)}]\n'


DUE = 'number = 1, name = "due", to = ["owner"]'
LAST = f'number = 3, name = "leaders", after = "3h", {LEADERS}'


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        ((DUE, LAST), "ladders.P2.steps: the steps are numbered 1, 3."),
        ((DUE, f'number = 1, name = "x", after = "1h", {LEADERS}'), "ladders.P2.steps: the steps are numbered 1, 1."),
        ((DUE, f'number = 2, name = "x", {LEADERS}'), "ladders.P2.steps[1]: this step does not say when it is taken."),
        (
            (f'number = 1, name = "due", after = "1h", {LEADERS}',),
            "ladders.P2.steps[0].after: step 1 is taken at the due instant itself.",
        ),
        (('number = 0, name = "x", to = ["owner"]', DUE), "ladders.P2.steps[0]: step 0 is the reminder before"),
        (
            (DUE, f'number = 2, name = "x", at_share = 0.5, {LEADERS}'),
            "ladders.P2.steps[1].at_share: only step 0 comes before something is due.",
        ),
        (
            (DUE, f'number = 2, name = "x", after = "1h", at_share = 0.5, {LEADERS}'),
            "ladders.P2.steps[1]: a step has at_share",
        ),
        (
            (DUE, 'number = 2, name = "x", after = "4h", to = ["team_leaders"]', LAST),
            "ladders.P2.steps[2].after: this step can come no later than the step before it (4 hours).",
        ),
        (
            (
                DUE,
                'number = 2, name = "x", after = { clock = "hub_hours", amount = "1h" }, to = ["team_leaders"]',
                LAST,
            ),
            "ladders.P2.steps[2].after: this step can come no later",
        ),
        (
            (DUE, f'number = 2, name = "x", after = "0s", {LEADERS}'),
            "ladders.P2.steps[1].after: this step does not come after",
        ),
        (
            (DUE, 'number = 2, name = "x", after = "1h", to = ["chief_officer"]'),
            "ladders.P2.steps: the last step does not reach the leaders of both agencies.",
        ),
        (
            ('number = 1, name = "due", to = ["referrer"]', f'number = 2, name = "x", after = "1h", {LEADERS}'),
            "ladders.P2.steps[0].to: nobody who can act is told at this step.",
        ),
        (
            (DUE, 'number = 2, name = "x", after = "1h", to = ["team_leadrs"]'),
            "ladders.P2.steps[1].to: 'team_leadrs' cannot be used here. Did you mean team_leaders?",
        ),
        (
            ('number = 0, name = "x", at_share = 2, to = ["owner"]', DUE),
            "ladders.P2.steps[0].at_share: 2 cannot be used here.",
        ),
        (
            (DUE, 'number = 2, name = "x", after = "1h", to = "owner"'),
            "ladders.P2.steps[1].to: 'owner' cannot be used here.",
        ),
    ],
)
def test_a_ladder_that_cannot_climb_is_refused(write: Write, steps: tuple[str, ...], fault: str) -> None:
    found = problems(write(ladder(*steps)))
    assert [one for one in found if one.startswith(fault)], found


def test_all_faults_are_told_at_once_each_with_the_file_it_stands_in(write: Write) -> None:
    path = write(
        'nme = "x"\n[ladders.P1]\nsteps = []\n[milestones.assessment]\ndue = { clock = "working_day", amount = 46 }\n'
    )
    with pytest.raises(PolicyProblems) as caught:
        load_policy(path)
    found = caught.value.problems
    assert [problem.key for problem in found] == ["nme", "ladders.P1.steps", "milestones.assessment.due"]
    assert {problem.file for problem in found} == {str(path)}
    assert str(caught.value).count("\n") == 2
    assert str(found[0]) == f"{path}: nme: there is no such key. Did you mean name?"


def test_a_row_that_could_not_be_read_is_not_judged_on_top(write: Write) -> None:
    assert problems(write('[ladders.P2]\nrepeat = "soon"\nsteps = []\n')) == [
        'ladders.P2.repeat: \'soon\' cannot be used here. Write a length of time such as "20s", "15m", "4h" or "3d".'
    ]


def test_a_fault_that_a_change_brings_out_in_the_default_names_the_default(write: Write) -> None:
    with pytest.raises(PolicyProblems) as caught:
        load_policy(write('[floors.missing_under_13]\nall_of = ["exploitation_marker"]\n'))
    assert {(problem.file, problem.key) for problem in caught.value.problems} == {
        (DEFAULT_POLICY.name, "concerns.missing.facts"),
        (DEFAULT_POLICY.name, "concerns.missing_from_care.facts"),
    }


def test_without_a_protective_act_no_policy_can_be_used(write: Write) -> None:
    acts = [act.code for act in load_policy().acts.values() if act.protective]
    text = "[acts]\n" + "\n".join(f'{code}.kind = "record"' for code in acts)
    assert any("there is no protective act" in fault for fault in problems(write(text)))


def test_a_file_that_is_not_there_or_not_toml_is_one_sentence(tmp_path: Path, write: Write) -> None:
    assert problems(tmp_path / "none.toml")[0].startswith("file: there is no such file.")
    assert problems(write("= 3"))[0].startswith("file: this is not TOML: ")
    assert problems(tmp_path)[0].startswith("file: the file cannot be read (Is a directory).")
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b'name = "caf\xe9"')
    assert problems(latin)[0].startswith("file: the file is not text in UTF-8.")


def test_a_fault_of_the_default_itself_names_the_default() -> None:
    found = Problems("policy.toml")
    found.note("name", "this key is missing.", "Write text in quotes.")
    assert [str(problem) for problem in found.found] == [
        "policy.toml: name: this key is missing. Write text in quotes."
    ]


def test_the_fast_practice_policy_climbs_to_the_top_within_a_minute() -> None:
    fast = load_policy(DEFAULT_POLICY.parent / "practice" / "fast.toml")
    for band in (Band.P1, Band.P2):
        due = fast.milestones["acknowledgement"].clocks[band].length
        (last,) = fast.ladders[band].steps[-1].after
        assert due + last.length <= timedelta(minutes=1)


def test_the_look_at_everybody_is_at_an_hour_that_each_night_has_once(write: Write) -> None:
    assert load_policy(None).notices.probe_at == time(4)
    assert load_policy(write('[notices]\nprobe_at = "02:00"\n')).notices.probe_at == time(2)
    (problem,) = problems(write('[notices]\nprobe_at = "01:30"\n'))
    assert "notices.probe_at: 01:30 comes twice in one night of the year" in problem
    assert "04:00" in problem
