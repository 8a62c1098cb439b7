"""The shipped policy, row by row, and the questions that a policy answers."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.domain.calendar import Clock, Span
from bot.domain.concerns import LEADERS, Act, ActKind, Band, Basis, Floor, Role
from bot.domain.policy import Jurisdiction, Milestone, Owed
from bot.policy_file import load_policy

POLICY = load_policy()

GRADES = {
    "missing": "high P1, medium P2, low P3, very_low P4",
    "missing_from_care": "high P1, medium P2, low P3, very_low P4",
    "cse": "significant P2, moderate P3, emerging P4",
    "cce_county_lines": "significant P2, moderate P3, emerging P4",
    "domestic_abuse": "high P2, medium P3, standard P4",
    "indecent_images_adult_suspect": "very_high P1, high P2, medium P3, low P4",
    "youth_produced_images": "aggravated P2, repeated P3, non_aggravated P4",
    "sexual_abuse": "critical P1, high P2, medium P3",
    "physical": "immediate_danger P1, red P2, amber P3",
    "neglect": "red P2, amber P3, green P4",
    "emotional": "red P2, amber P3, green P4",
    "other": "red P2, amber P3, green P4",
}

# Code, limit (P1 | P2 | P3 | P4 where they differ), basis, highest step pinged (0: only shown), concerns (*: all).
ROWS = """
acknowledgement               15m | 1h | 4h hub 12:00 | 1 wd    D   5  *
graded                        1h | 4h | 1 wd | 1 wd             D   2  *
first_action                  2h | 12h | 2 wd | 5 wd            D   5  *
stall                         2h | 12h | 2 wd | 5 wd            D   5  *
override_review               24h                               D   3  *
safety_steps                  1m                                D   5  *
social_care_decision          1 wd                              SG  2  *
written_confirmation          24h                               SG  0  *
referrer_told                 1 wd                              SG  2  *
direction                     30d                               D   5  *
disagreement                  1 wd | 1 wd | 2 wd | 2 wd         L   4  *
second_person_answer          1h | 1h | 4h hub | 4h hub         D   3  *
school_referrer_told          1 school 15:30                    L   0  *
referrer_asked                3 wd                              D   0  *
referrer_asked_wales          7 wd                              SG  0  *
share_decision                1 wd                              D   0  *
strategy_discussion           4h | 12h | 1 wd | 3 wd            D   5  *
full_strategy_meeting         5 wd                              L   0  *
partner_answer                1h | 2h | 6h hub | 1 wd           D   5  *
designated_officer_told       1 wd                              SG  2  *
designated_officer_told_wales 24h                               SG  0  *
endorsement                   5 wd                              D   3  *
unit_counts                   1 wd                              D   3  *
recommendation_met            6 mo                              D   3  *
recommendation                1 mo                              D   3  *
conference                    15 wd                             SG  2  *
assessment                    45 wd                             SG  0  *
assessment_wales              42 wd                             SG  0  *
core_group                    10 wd                             SG  2  *
core_group_next               42d                               L   2  *
core_group_next_wales         1 mo                              SG  0  *
review_conference             3 mo                              SG  2  *
review_conference_next        6 mo                              SG  2  *
serious_incident_notified     5 wd                              SG  0  *
rapid_review                  15 wd                             SG  0  *
missing_first_action          30m | 1h | - | -                  D   5  missing missing_from_care
supervisor_review             2h | 4h | 8h | -                  D   5  missing missing_from_care
supervisor_review_next        4h | 8h | 12h | -                 D   5  missing missing_from_care
missing_social_care_told      1h | 1h | - | -                   D   5  missing missing_from_care
superintendent_review         24h | 48h | - | -                 D   5  missing missing_from_care
missing_strategy              24h                               D   5  missing missing_from_care
rescue_alert                  1h | - | - | -                    N   2  missing missing_from_care
prevention_interview          24h                               D   2  missing missing_from_care
return_interview              72h                               SG  5  missing missing_from_care
repeat_missing_meeting        1 wd                              L   5  missing missing_from_care
recorded_missing              30m                               D   2  missing_from_care
philomena                     1h                                L   2  missing_from_care
authorities_told              1h                                D   5  missing_from_care
both_forces_told              1h                                D   5  missing_from_care
provider_debrief              1 wd                              D   0  missing_from_care
placement_review              5 wd                              D   0  missing_from_care
exploitation_tool             2 wd                              D   0  cce_county_lines cse
victim_contact                24h                               D   0  cce_county_lines cse youth_produced_images
disruption_plan               3 wd                              D   0  cce_county_lines cse
panel_listing                 5 wd                              D   0  cce_county_lines cse
exploitation_review           84d                               L   0  cce_county_lines cse
nrm_considered                1 wd                              D   0  cce_county_lines cse
nrm_submitted                 2 wd                              D   3  cce_county_lines cse
section_45_flag               2 wd                              D   0  cce_county_lines
home_area_told                4h                                D   5  cce_county_lines
found_area_told               4h                                D   5  cce_county_lines
guardian_offered              2 wd                              D   0  cce_county_lines
background_pack               15m                               D   0  domestic_abuse
children_seen                 12h                               D   0  domestic_abuse
school_notice                 1 school 08:30                    SG  3  domestic_abuse
marac_referral                2 wd | 2 wd | - | -               D   0  domestic_abuse
idva_offer                    1 wd                              D   0  domestic_abuse
notice_supervised             24h                               D   0  domestic_abuse
kirat                         4h                                D   0  indecent_images_adult_suspect
child_access_check            4h                                D   5  indecent_images_adult_suspect
images_social_care_told       2h | 4h | 1 wd | 1 wd             D   5  indecent_images_adult_suspect
enforcement                   24h | 72h | 14d | 30d             D   0  indecent_images_adult_suspect
release_address_check         1h                                D   5  indecent_images_adult_suspect sexual_abuse
suicide_assessment            48h                               N   2  indecent_images_adult_suspect
suspect_support               24h                               N   0  indecent_images_adult_suspect
device_submission             2 wd                              D   0  indecent_images_adult_suspect
device_triage                 5 wd                              D   0  indecent_images_adult_suspect
device_examination            30d | 30d | 60d | 90d             D   0  indecent_images_adult_suspect
victim_review                 1 mo                              D   0  indecent_images_adult_suspect
victim_review_next            1 mo                              D   0  indecent_images_adult_suspect
school_and_parents            1 wd                              D   0  youth_produced_images
police_role                   4h | 4h | 1 wd | 1 wd             D   0  youth_produced_images
pictured_child_plan           2 wd                              D   3  youth_produced_images
sharing_child_plan            2 wd                              D   3  youth_produced_images
takedown                      1 wd                              D   0  youth_produced_images
outcome_21                    20 wd                             D   0  youth_produced_images
sexual_abuse_strategy         4h                                D   5  sexual_abuse
forensic_window               2h                                D   0  sexual_abuse
suspect_contact_control       4h                                D   0  sexual_abuse
interview_plan                3 wd                              D   0  sexual_abuse
medical_decision              2h                                D   0  physical
child_seen                    12h | 12h | 24h | -               L   2  physical
siblings_listed               4h                                D   0  physical
infant_strategy               12h                               D   5  *
chronology                    3 wd                              D   0  emotional neglect
neglect_tool                  10 wd                             D   0  emotional neglect
home_visit                    5 wd                              L   2  emotional neglect
drift_check                   84d                               D   0  emotional neglect
domestic_abuse_check          1 wd                              D   0  emotional
place_mapping                 5 wd                              D   0  other
specialist_told               1h                                D   0  other
protection_officer            1h                                D   2  *
protection_council_told       2h                                D   5  *
protection_parents_told       4h                                D   2  *
protection_decision           60h                               D   0  *
protection_expiry             72h                               S   5  *
appropriate_adult             1h                                D   2  *
custody_review                6h                                S   2  *
custody_review_next           9h                                S   2  *
custody_council_told          2h                                D   2  *
custody_limit                 24h                               S   5  *
council_bed                   1h                                D   2  *
custody_certificate           12h                               D   2  *
"""
# Code | what must hold (/: one of them) | what it gives | what else it does | concerns.
FLOORS = """
missing | - | medium | - | both missing
missing_exploited | exploitation_marker | high | - | both missing
exploited_missing | missing_now | significant | - | cce_county_lines cse
exploited_looked_after | looked_after | significant | - | cse
missing_looked_after | looked_after & exploitation_marker / self_harm_or_substances | high | - | missing
missing_from_care_vulnerable | self_harm_or_substances | high | - | missing_from_care
missing_under_13 | under_13 | high | - | both missing
missing_in_danger | danger_while_missing | high | - | both missing
missing_three_times | 3 missing_episodes in 30 days | +1 | repeat_missing_meeting placement_review tells lead | both missing
found_out_of_area | found_out_of_area | significant | nrm_submitted | cce_county_lines
unexplained_adult | unexplained_adult | significant | - | cse
suspect_household | child_in_household | high | - | images
suspect_works_with_children | suspect_works_with_children | high | - | images
suspect_released_to_child | released_to_child | P1 | release_address_check | images
child_present_aggravated | child_present & strangulation_weapon_pregnancy / three_incidents | high | - | domestic_abuse
dash_14 | dash_14 | high | - | domestic_abuse
high_child_present | at high & child_present | P1 | - | domestic_abuse
image_aggravated | adult_or_coercion / shared_widely / under_13 | aggravated | - | youth_produced_images
infant_injured | under_1_injury | P1 | - | neglect physical
open_plan | open_plan | +1 | - | all but both missing
police_protection | flag police_protection | P1 | - | *
child_in_custody | flag child_in_custody | P2 | - | *
third_referral | 3 referrals in 12 months | P3 | tells lead | *
two_agencies | 2 agencies in 7 days | P3 | tells lead | *
recent_no_further_action | 1 no_further_actions in 30 days | P3 | tells lead | *
subject_is_employee | subject_is_employee | P2 | restricted | emotional images neglect other physical sexual_abuse
"""
BASES = {
    "D": Basis.OUR_DEFAULT,
    "L": Basis.LOCAL_PRACTICE,
    "N": Basis.NATIONAL_PRACTICE,
    "S": Basis.STATUTE,
    "SG": Basis.STATUTORY_GUIDANCE,
}
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
CLOCKS = {"wd": Clock.WORKING_DAY, "mo": Clock.MONTHS, "hub": Clock.HUB_HOURS, "school": Clock.NEXT_SCHOOL_DAY}


def span(text: str) -> Span | None:
    """A limit as the table above writes it."""
    if text == "-":
        return None
    amount, *rest = text.split()
    clock = CLOCKS[rest[0]] if rest else Clock.ELAPSED
    latest = time.fromisoformat(rest[1]) if len(rest) > 1 else None
    if clock.counts_time:
        return Span(clock, timedelta(**{UNITS[amount[-1]]: int(amount[:-1])}), latest)
    return Span(clock, int(amount), latest)


def limits(text: str) -> list[Span | None]:
    parts = text.split(" | ")
    return [span(part) for part in (parts if len(parts) > 1 else parts * 4)]


EXPECTED = {line.split()[0]: (line[30:64].strip(), *line[64:].split(maxsplit=2)) for line in ROWS.strip().splitlines()}


def test_the_policy_has_these_milestones_and_no_others() -> None:
    assert list(POLICY.milestones) == list(EXPECTED)


@pytest.mark.parametrize("code", EXPECTED)
def test_a_milestone_has_its_limit_basis_reach_and_concerns(code: str) -> None:
    row = POLICY.milestones[code]
    due, basis, reach, concerns = EXPECTED[code]
    assert [row.clocks.get(band) for band in Band] == limits(due)
    assert row.basis is BASES[basis]
    assert (row.climbs_to if row.adopted else 0) == int(reach)
    assert row.concerns == (None if concerns == "*" else frozenset(concerns.split()))
    assert row.title
    assert row.source


def test_the_twelve_concerns_have_their_own_grades_and_bands() -> None:
    found = {
        concern.code: ", ".join(f"{grade.code} {grade.band.label}" for grade in concern.grades)
        for concern in POLICY.concerns.values()
    }
    assert found == GRADES


def test_the_lowest_missing_grade_is_not_offered_for_children() -> None:
    assert [grade.code for grade in POLICY.concern("missing").offered] == ["high", "medium", "low"]
    assert POLICY.concern("missing").lowest.code == "very_low"
    assert len(POLICY.concern("cse").offered) == 3


def test_each_concern_asks_three_to_five_questions() -> None:
    assert all(3 <= len(concern.facts) <= 5 for concern in POLICY.concerns.values())
    assert all(fact.question.endswith("?") for fact in POLICY.facts.values())


@pytest.mark.parametrize(
    ("band", "share", "offsets", "repeat"),
    [
        (Band.P1, 0.5, ["15m", "30m", "1h", "2h"], timedelta(hours=1)),
        (Band.P2, 0.5, ["1h", "3h", "6h", "24h"], timedelta(hours=1)),
        (Band.P3, 0.75, ["4h hub", "1 wd", "2 wd", "5 wd"], None),
        (Band.P4, 0.75, ["1 wd", "3 wd", "5 wd", "10 wd"], None),
    ],
)
def test_a_ladder_climbs_from_the_owner_to_both_chiefs(
    band: Band, share: float, offsets: list[str], repeat: timedelta | None
) -> None:
    ladder = POLICY.ladders[band]
    assert [step.number for step in ladder.steps] == [0, 1, 2, 3, 4, 5]
    assert ladder.steps[0].share == share
    assert [step.after for step in ladder.steps] == [(), (), *((span(text),) for text in offsets)]
    assert [step.to for step in ladder.steps] == [
        (Role.OWNER,),
        (Role.OWNER, Role.OWNER_SUPERVISOR, Role.REFERRER),
        (Role.TEAM_LEADERS,),
        (Role.DEPARTMENT_LEAD, Role.PARTNER_LEAD),
        (Role.SUPERINTENDENT, Role.HEAD_OF_SERVICE),
        (Role.CHIEF_OFFICER, Role.PARTNER_EXECUTIVE),
    ]
    assert set(ladder.steps[-1].to) == LEADERS
    assert ladder.repeat.every == repeat
    assert ladder.repeat.each_hub_morning is (repeat is None)


def test_nothing_that_is_our_default_is_called_statutory() -> None:
    sources = [(row.basis, row.source) for row in POLICY.milestones.values()]
    sources += [(floor.basis, floor.source) for floor in POLICY.floors.values()]
    ours = [source for basis, source in sources if not basis.binding]
    assert not [source for source in ours if "statutory" in source.lower()]
    assert Basis.OUR_DEFAULT.words == "force default"
    assert Basis.STATUTORY_GUIDANCE.words == "statutory guidance"


def test_the_acknowledgement_of_social_care_is_never_later_than_a_working_day() -> None:
    row = POLICY.milestones["acknowledgement"]
    assert row.per_agency
    assert not POLICY.milestones["graded"].per_agency
    assert (row.ceiling, row.ceiling_for) == (Span(Clock.WORKING_DAY, 1), Owed.SOCIAL_CARE)
    day = row.clocks[Band.P4]
    assert row.rests_on(day, "social_care")[0] is Basis.STATUTORY_GUIDANCE
    assert row.rests_on(day)[1].startswith("Working Together 2023")
    assert row.rests_on(day, "police")[0] is Basis.OUR_DEFAULT
    assert row.rests_on(row.clocks[Band.P1], "social_care")[0] is Basis.OUR_DEFAULT


def test_a_rule_without_a_ceiling_rests_on_its_own_basis() -> None:
    row = POLICY.milestones["return_interview"]
    assert row.rests_on(row.clocks[Band.P1])[0] is Basis.STATUTORY_GUIDANCE


def test_holidays_do_not_put_off_the_notice_to_a_school() -> None:
    assert POLICY.milestones["school_notice"].ceiling == Span(Clock.WORKING_DAY, 1)


def test_a_second_strategy_discussion_does_not_restart_the_conference_clock() -> None:
    conference = POLICY.milestones["conference"]
    assert (conference.trigger, conference.once) == ("s47_started", True)
    assert conference.weekend_warning
    assert "strategy_held" in POLICY.records_of("s47_started")


def test_the_first_action_runs_from_the_referral_and_only_a_protective_act_meets_it() -> None:
    row = POLICY.milestones["first_action"]
    assert (row.trigger, row.met_by) == ("referral", frozenset({"protective_act"}))


def test_silence_is_broken_and_rearmed_by_human_acts_alone() -> None:
    row = POLICY.milestones["stall"]
    assert (row.trigger, row.met_by) == ("human_act", frozenset({"human_act"}))


def test_reviews_of_a_missing_child_go_on_until_the_child_is_back() -> None:
    row = POLICY.milestones["supervisor_review_next"]
    assert row.trigger == "supervisor_review"
    assert row.met_by == {"supervisor_review", "child_returned"}


def test_police_protection_reminds_before_the_power_expires() -> None:
    hours = (1, 2, 24, 48, 60, 68, 71)
    assert POLICY.milestones["protection_expiry"].reminders == tuple(timedelta(hours=hour) for hour in hours)


def codes(rows: tuple[Milestone, ...]) -> set[str]:
    return {row.code for row in rows}


def test_flags_facts_and_triggers_narrow_what_a_case_owes() -> None:
    owed = codes(POLICY.milestones_for("neglect"))
    assert {"acknowledgement", "chronology", "home_visit"} <= owed
    assert not owed & {"kirat", "protection_expiry", "school_referrer_told", "infant_strategy"}
    assert "protection_expiry" in codes(POLICY.milestones_for("neglect", flags=["police_protection"]))
    protected = POLICY.milestones_for("neglect", ["police_protection"], triggers=["police_protection"])
    assert "protection_expiry" in codes(protected)
    assert "school_referrer_told" in codes(POLICY.milestones_for("neglect", flags=["school_referral"]))
    assert "infant_strategy" in codes(POLICY.milestones_for("neglect", facts=["under_1_injury"]))
    assert codes(POLICY.milestones_for("missing", triggers=["child_returned"])) == {
        "prevention_interview",
        "return_interview",
    }
    assert codes(POLICY.milestones_for("neglect", triggers=["human_act"])) == {"stall"}


def test_wales_has_limits_of_its_own() -> None:
    welsh = replace(POLICY, jurisdiction=Jurisdiction.WALES)
    only_wales = codes(welsh.milestones_for("neglect")) - codes(POLICY.milestones_for("neglect"))
    assert only_wales == {"written_confirmation", "referrer_asked_wales", "assessment_wales", "core_group_next_wales"}
    only_england = codes(POLICY.milestones_for("neglect")) - codes(welsh.milestones_for("neglect"))
    assert {"social_care_decision", "referrer_told", "referrer_asked", "conference", "assessment"} <= only_england


def test_rows_of_wales_are_shown_and_not_pinged() -> None:
    shown = {row.code for row in POLICY.milestones.values() if not row.adopted}
    assert {"marac_referral", "panel_listing"} <= shown
    assert {row.code for row in POLICY.milestones.values() if row.jurisdictions == {Jurisdiction.WALES}} <= shown


@pytest.mark.parametrize("concern", GRADES)
def test_the_acts_offered_fit_one_list_with_protective_acts_first(concern: str) -> None:
    acts = POLICY.acts_for(concern, POLICY.flags)
    assert len(acts) <= 100
    kinds = [act.kind for act in acts]
    assert kinds == sorted(kinds, key=list(ActKind).index)
    assert all(len(act.label) <= 75 for act in acts)


def test_only_acts_that_a_case_can_use_are_offered() -> None:
    offered = {act.code for act in POLICY.acts_for("neglect")}
    assert {"child_seen_safe", "chronology_requested", "record_system_ref", "voicemail_left"} <= offered
    assert not offered & {"kirat_done", "protection_ended", "child_found", "protection_handed_over"}
    assert "protection_handed_over" in {act.code for act in POLICY.acts_for("neglect", ["police_protection"])}


def test_acts_that_pass_a_gate_or_end_a_flag_are_offered_where_it_stands_or_holds() -> None:
    def offered(concern: str, *flags: str) -> set[str]:
        return {act.code for act in POLICY.acts_for(concern, flags)}

    assert "device_submitted" in offered("indecent_images_adult_suspect")
    assert "device_submitted" not in offered("neglect")
    assert "child_charged" in offered("cce_county_lines")
    assert "suspect_released" in offered("neglect")
    assert "custody_ended" in offered("neglect", "child_in_custody")
    assert not offered("neglect") & {"custody_ended", "protection_ended"}


def test_attempts_do_not_protect_anybody() -> None:
    attempts = [act for act in POLICY.acts.values() if act.kind is ActKind.ATTEMPT]
    assert {act.code for act in attempts} == {
        "child_access_unknown",
        "child_sighted",
        "interview_not_independent",
        "message_sent",
        "no_reply",
        "suspect_home_child",
        "visited_no_answer",
        "voicemail_left",
    }
    assert not any(act.protective or act.implies for act in attempts)
    assert POLICY.acts["child_seen_safe"].protective


def test_an_act_is_a_record_of_what_it_implies() -> None:
    assert POLICY.records_of("nrm_submitted") == {"nrm_submitted", "nrm_considered", "first_responder_named"}
    assert POLICY.records_of("acknowledged") == {"acknowledged"}


def test_an_act_of_some_concerns_is_offered_there_alone() -> None:
    own = Act("own", "Own", ActKind.PROTECTIVE, frozenset({"cse"}))
    policy = replace(POLICY, acts={"own": own})
    assert policy.acts_for("cse") == (own,)
    assert policy.acts_for("neglect") == ()


def test_a_grade_gives_its_band_and_no_grade_the_fastest() -> None:
    assert POLICY.band_for("cse", "moderate") is Band.P3
    assert POLICY.band_for("cse", None) is Band.P1
    assert POLICY.grade("cse", "moderate").label == "Moderate"
    with pytest.raises(KeyError):
        POLICY.grade("cse", "red")


def test_bands_are_ordered_by_urgency() -> None:
    assert Band.P1.more_urgent_than(Band.P2)
    assert not Band.P2.more_urgent_than(Band.P2)
    assert Band.P3.most_urgent(Band.P4, Band.P2) is Band.P2
    assert Band.P4.most_urgent() is Band.P4


def test_the_numbers_of_the_engine_are_those_of_its_design() -> None:
    notices = POLICY.notices
    assert notices.same_person_within == timedelta(minutes=5)
    assert (notices.quiet_from, notices.quiet_until) == (time(20), time(7))
    assert (notices.group_over, notices.phone_hold) == (5, timedelta(hours=4))
    assert [notices.second_road[band] for band in Band] == [timedelta(minutes=minutes) for minutes in (2, 5, 30, 30)]
    assert (notices.digest_weekday, notices.digest_at) == (0, time(8))
    assert (notices.storm_over, notices.storm_within) == (10, timedelta(minutes=10))
    assert POLICY.reasons.least_characters == 20
    assert POLICY.reasons.floor_holds == timedelta(hours=24)
    assert POLICY.phones.emergency == "999"
    assert list(POLICY.asks) == ["act_now", "assess", "strategy_discussion", "information_only"]


def test_words_that_blame_a_child_have_neutral_ones_instead() -> None:
    words = {phrase.words for phrase in POLICY.phrases}
    assert {"promiscuous", "lifestyle choice", "putting herself at risk", "streetwise", "drug runner"} <= words
    assert not [phrase for phrase in POLICY.phrases if phrase.words in phrase.instead]


def test_a_conference_recorded_on_a_weekend_is_asked_about() -> None:
    conference = POLICY.milestones["conference"]
    assert conference.doubt(date(2026, 11, 28)) == (
        "Saturday 28 November 2026 is a weekend. Check the date of: Initial child protection conference."
    )
    assert conference.doubt(date(2026, 11, 27)) is None
    assert POLICY.milestones["core_group"].doubt(date(2026, 11, 28)) is None


def test_a_disagreement_is_settled_in_four_stages_and_faster_when_urgent() -> None:
    stages = POLICY.stages["disagreement"]
    assert [stage.number for stage in stages] == [1, 2, 3, 4]
    assert [stage.within for stage in stages] == [span(text) for text in ("2 wd", "5 wd", "2 wd", "2 wd")]
    assert [stage.urgent for stage in stages] == [span(text) for text in ("1 wd", "20h hub", "1 wd", "2h")]


def test_a_ladder_of_stages_counts_each_from_the_end_of_the_one_before_and_ends_at_the_top_of_the_band() -> None:
    ladder = POLICY.ladder_for(POLICY.milestones["disagreement"], Band.P3)
    assert [step.number for step in ladder.steps] == [0, 1, 2, 3, 4]
    assert [step.to for step in ladder.steps] == [
        (Role.OWNER,),
        (Role.OWN_LEADERS,),
        (Role.OWN_LEADS,),
        (Role.OWN_HEADS,),
        (Role.CHIEF_OFFICER, Role.PARTNER_EXECUTIVE),
    ]
    each = [(), (span("5 wd"),), (span("5 wd"), span("2 wd")), (span("5 wd"), span("2 wd"), span("2 wd"))]
    assert [step.after for step in ladder.steps[1:]] == each
    assert ladder.repeat == POLICY.ladders[Band.P3].repeat


def test_administrators_are_warned_ninety_days_before_the_bank_holidays_run_out() -> None:
    last = datetime(2028, 12, 31, 12, tzinfo=UTC)
    assert POLICY.calendar_warning(last - timedelta(days=90)) is None
    assert str(POLICY.calendar_warning(last - timedelta(days=89))).startswith(
        "Bank holidays are known until 2028-12-31."
    )
    assert "Check those that follow" in str(POLICY.calendar_warning(last))
    assert "are not skipped now" in str(POLICY.calendar_warning(last + timedelta(days=1)))


def described(floor: Floor) -> str:
    """A floor as the table above writes it."""
    parts = [*sorted(floor.all_of), *([" / ".join(sorted(floor.any_of))] if floor.any_of else [])]
    parts += [f"flag {flag}" for flag in sorted(floor.flags)]
    if floor.history:
        parts.append(f"{floor.history.at_least} {floor.history.what} in {floor.history.within.words}")
    if floor.at_grade:
        parts.insert(0, f"at {floor.at_grade}")
    level = floor.grade or (floor.band.label if floor.band else f"+{floor.raise_by}")
    also = [
        *floor.opens,
        *(f"tells {role.removeprefix('department_')}" for role in floor.tells),
        *(["restricted"] if floor.restricts else []),
    ]
    concerns = "*" if floor.concerns is None else " ".join(sorted(floor.concerns))
    if floor.concerns is not None and len(floor.concerns) > 6:
        concerns = f"all but {' '.join(sorted(POLICY.concerns.keys() - floor.concerns))}"
    concerns = concerns.replace("missing missing_from_care", "both missing").replace(
        "indecent_images_adult_suspect", "images"
    )
    return " | ".join((floor.code, " & ".join(parts) or "-", level, " ".join(also) or "-", concerns))


def test_the_policy_has_these_floors_and_no_others() -> None:
    assert [described(floor) for floor in POLICY.floors.values()] == FLOORS.strip().splitlines()
