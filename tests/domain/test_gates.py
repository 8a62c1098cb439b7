"""Gates: a child's safety on record before closing, and nothing that has happened ever refused."""

import pytest

from bot.domain.gates import REFUSABLE, Gate, Need, Situation, State, Transition, Verdict, check
from bot.policy_file import load_policy

POLICY = load_policy()

# Each gate: the steps before which it stands (in brackets: flagged, never refused), of which cases, and what it asks for.
GATES = """
g1_children_first
    before: close no_further_action submit_forensics (planned_arrest) (release_suspect) (search) (voluntary_attendance)
    of: indecent_images_adult_suspect
    needs: child_access_checked
    needs: checks_listed+no_child_identified / protective_act
    needs: social_care_acknowledged / social_care_not_told / social_care_told
g2_close
    before: close no_further_action
    of: every case
    needs: share_decision
    needs: referrer_told
    needs: child_not_seen / child_seen
    needs: record_system_ref
    needs: second_person
g3_returned
    before: close
    of: missing missing_from_care
    needs: child_returned
    needs: prevention_interview / prevention_not_done
    needs: interview_offered+named_owner
g4_care_grade
    before: lower_grade
    of: missing_from_care, below medium, never exploitation_marker
    needs: supervisor
    needs: reason
g5_exploited_child
    before: no_further_action (charge_child)
    of: cce_county_lines, fact drugs_or_weapon_offence
    needs: nrm_not_submitted / nrm_submitted
    needs: section_45_considered
    needs: first_responder_named
g6_school_and_voice
    before: close
    of: domestic_abuse
    needs: not_of_school_age / school_not_told / school_told
    needs: child_voice
g7_child_as_suspect
    before: child_as_suspect
    of: youth_produced_images, only aggravated
    needs: supervisor
g8_release
    before: (release_suspect)
    of: every case
    needs: suspect_home_checked
    needs: family_told
g9_end_of_protection
    before: (end_police_protection)
    of: flag police_protection
    needs: protection_handed_over / return_authorised
g10_lower_grade
    before: lower_grade
    of: every case
    needs: reason
    needs: second_person
    needs: partner_told
g11_disagreement
    before: close no_further_action
    of: every case
    needs: no_open_disagreement
g12_eighteen
    before: (turn_eighteen)
    of: every case
    needs: transition_planned
g12_eighteen_exploited
    before: (turn_eighteen)
    of: cce_county_lines cse
    needs: nrm_consent_asked
"""
IMAGES = "indecent_images_adult_suspect"
G1 = {"child_access_checked", "protective_act", "social_care_told"}
G2 = {"share_decision", "referrer_told", "child_seen", "record_system_ref", "second_person"}
G3 = {"child_returned", "prevention_interview", "interview_offered", "named_owner"}
G5 = {"nrm_submitted", "section_45_considered", "first_responder_named"}
G6 = {"school_told", "child_voice"}
G10 = {"reason", "second_person", "partner_told"}
AGREED = {State.NO_OPEN_DISAGREEMENT.value}


def said(transition: Transition, concern: str, recorded: set[str], **case: object) -> Verdict:
    """What the gates say when this much is on record."""
    facts, flags = (frozenset(_strings(case.get(name))) for name in ("facts", "flags"))
    grade = case.get("grade")
    above = frozenset(_strings(case.get("grades_above")))
    situation = Situation(concern, flags, facts, frozenset(recorded), str(grade) if grade else None, above)
    return check(POLICY.gates.values(), transition, situation)


def _strings(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def lacking(verdict: Verdict) -> set[tuple[str, str]]:
    return {(missing.gate, missing.need) for missing in verdict.missing}


@pytest.mark.parametrize(
    ("transition", "concern", "recorded", "case"),
    [
        (Transition.CLOSE, "neglect", G2 | AGREED, {}),
        (Transition.NO_FURTHER_ACTION, "neglect", G2 | AGREED, {}),
        (Transition.CLOSE, IMAGES, G1 | G2 | AGREED, {}),
        (Transition.SUBMIT_FORENSICS, IMAGES, G1, {}),
        (Transition.NO_FURTHER_ACTION, IMAGES, G1 | G2 | AGREED, {}),
        (Transition.CLOSE, "missing", G2 | G3 | AGREED, {}),
        (Transition.CLOSE, "missing_from_care", G2 | G3 | AGREED, {}),
        (Transition.CLOSE, "domestic_abuse", G2 | G6 | AGREED, {}),
        (Transition.LOWER_GRADE, "neglect", G10, {}),
        (Transition.LOWER_GRADE, "missing_from_care", G10 | {"supervisor"}, {"grades_above": ["high", "medium"]}),
        (
            Transition.NO_FURTHER_ACTION,
            "cce_county_lines",
            G2 | G5 | AGREED,
            {"facts": ["drugs_or_weapon_offence"]},
        ),
        (Transition.CHILD_AS_SUSPECT, "youth_produced_images", {"supervisor"}, {"grade": "aggravated"}),
    ],
)
def test_a_gate_opens_when_everything_is_on_record_and_not_before(
    transition: Transition, concern: str, recorded: set[str], case: dict[str, object]
) -> None:
    assert said(transition, concern, recorded, **case) == Verdict(refused=False, missing=())
    for one in recorded:
        short = said(transition, concern, recorded - {one}, **case)
        assert short.refused, f"{transition} passes without {one}"
        assert not short.flagged


@pytest.mark.parametrize(
    ("transition", "concern", "recorded", "case"),
    [
        (Transition.PLANNED_ARREST, IMAGES, G1, {}),
        (Transition.VOLUNTARY_ATTENDANCE, IMAGES, G1, {}),
        (Transition.SEARCH, IMAGES, G1, {}),
        (Transition.RELEASE_SUSPECT, IMAGES, G1 | {"suspect_home_checked", "family_told"}, {}),
        (Transition.CHARGE_CHILD, "cce_county_lines", G5, {"facts": ["drugs_or_weapon_offence"]}),
        (Transition.RELEASE_SUSPECT, "sexual_abuse", {"suspect_home_checked", "family_told"}, {}),
        (Transition.END_POLICE_PROTECTION, "neglect", {"protection_handed_over"}, {"flags": ["police_protection"]}),
        (Transition.TURN_EIGHTEEN, "cse", {"transition_planned", "nrm_consent_asked"}, {}),
        (Transition.TURN_EIGHTEEN, "cce_county_lines", {"transition_planned", "nrm_consent_asked"}, {}),
        (Transition.TURN_EIGHTEEN, "neglect", {"transition_planned"}, {}),
    ],
)
def test_what_has_happened_is_recorded_and_flagged_never_refused(
    transition: Transition, concern: str, recorded: set[str], case: dict[str, object]
) -> None:
    assert said(transition, concern, recorded, **case) == Verdict(refused=False, missing=())
    for one in recorded:
        short = said(transition, concern, recorded - {one}, **case)
        assert short.flagged, f"{transition} is not flagged without {one}"


@pytest.mark.parametrize(
    ("one", "instead"),
    [
        ("social_care_told", {"social_care_not_told"}),
        ("protective_act", {"no_child_identified", "checks_listed"}),
        ("child_seen", {"child_not_seen"}),
    ],
)
def test_an_alternative_on_record_in_full_is_as_good(one: str, instead: set[str]) -> None:
    whole = G1 | G2 | AGREED
    assert not said(Transition.CLOSE, IMAGES, (whole - {one}) | instead).refused
    for part in instead:
        assert said(Transition.CLOSE, IMAGES, (whole - {one}) | (instead - {part})).refused


@pytest.mark.parametrize(
    ("concern", "one", "instead", "also"),
    [
        ("missing", "prevention_interview", "prevention_not_done", G2 | G3),
        ("domestic_abuse", "school_told", "school_not_told", G2 | G6),
    ],
)
def test_a_lawful_reason_is_as_good_as_the_act(concern: str, one: str, instead: str, also: set[str]) -> None:
    assert not said(Transition.CLOSE, concern, (also | AGREED | {instead}) - {one}).refused


def test_a_decision_against_the_mechanism_and_a_return_by_the_designated_officer_will_do() -> None:
    recorded = (G2 | G5 | AGREED | {"nrm_not_submitted"}) - {"nrm_submitted"}
    facts = {"facts": ["drugs_or_weapon_offence"]}
    assert not said(Transition.NO_FURTHER_ACTION, "cce_county_lines", recorded, **facts).refused
    ended = said(Transition.END_POLICE_PROTECTION, "neglect", {"return_authorised"}, flags=["police_protection"])
    assert not ended.missing


def test_a_child_missing_from_care_is_never_graded_below_medium_with_a_sign_of_exploitation() -> None:
    recorded = G10 | {"supervisor"}
    case: dict[str, object] = {"grades_above": ["high", "medium"], "facts": ["exploitation_marker"]}
    verdict = said(Transition.LOWER_GRADE, "missing_from_care", recorded, **case)
    assert verdict.refused
    assert lacking(verdict) == {("g4_care_grade", "never")}
    assert not said(Transition.LOWER_GRADE, "missing_from_care", G10, grades_above=["high"]).refused


def test_a_child_is_recorded_as_a_suspect_only_at_the_gravest_grade() -> None:
    verdict = said(Transition.CHILD_AS_SUSPECT, "youth_produced_images", {"supervisor"}, grade="repeated")
    assert lacking(verdict) == {("g7_child_as_suspect", "grade")}
    assert verdict.missing[0].sentence == "the grade is aggravated"


def test_the_mechanism_is_asked_for_only_when_the_child_is_under_investigation() -> None:
    assert not said(Transition.NO_FURTHER_ACTION, "cce_county_lines", G2 | AGREED).refused


def test_an_end_of_police_protection_means_nothing_without_police_protection() -> None:
    assert not said(Transition.END_POLICE_PROTECTION, "neglect", set()).missing


def test_every_gate_says_what_is_missing_in_words() -> None:
    verdict = said(Transition.CLOSE, IMAGES, set())
    assert "the suspect's access to children is checked" in [missing.sentence for missing in verdict.missing]
    assert {gate for gate, _ in lacking(verdict)} == {"g1_children_first", "g2_close", "g11_disagreement"}


def test_a_gate_with_a_need_that_no_record_meets_stays_shut() -> None:
    gate = Gate("x", "x", "x", REFUSABLE, frozenset(), (Need("n", "n", ()),))
    situation = Situation("neglect", frozenset(), frozenset(), frozenset())
    assert check([gate], Transition.CLOSE, situation).refused
    assert gate.records == ()


def described(gate: Gate) -> list[str]:
    """A gate as the table above writes it."""
    steps = [*sorted(gate.refuses), *(f"({step})" for step in sorted(gate.flagged))]
    cases = [] if gate.concerns is None else [" ".join(sorted(gate.concerns))]
    cases += [f"flag {flag}" for flag in sorted(gate.flags)] + [f"fact {fact}" for fact in sorted(gate.facts)]
    cases += [f"below {gate.below}"] if gate.below else []
    cases += [f"only {gate.only_grade}"] if gate.only_grade else []
    cases += [f"never {fact}" for fact in sorted(gate.never_with)]
    needs = [" / ".join(sorted("+".join(sorted(one)) for one in need.any_of)) for need in gate.needs]
    head = (f"before: {' '.join(steps)}", f"of: {', '.join(cases) or 'every case'}")
    return [gate.code, *head, *(f"needs: {need}" for need in needs)]


def test_the_policy_has_these_gates_and_no_others() -> None:
    expected = [line.strip() for line in GATES.strip().splitlines()]
    assert [line for gate in POLICY.gates.values() for line in described(gate)] == expected
