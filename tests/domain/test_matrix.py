"""The page of permissions says the same as the rules that it is made of, each no with its reason."""

from bot.domain.matrix import ROLES, Cell, matrix
from bot.domain.permissions import Verb

PAGE = {(cell.verb, cell.role): cell for cell in matrix()}


def allowed(verb: str) -> set[str]:
    return {role for role in ROLES if PAGE[verb, role].allowed}


def test_each_verb_is_asked_for_each_role_and_each_no_says_why() -> None:
    assert {verb.value for verb in Verb} <= {verb for verb, _ in PAGE}
    assert len(PAGE) == len({verb for verb, _ in PAGE}) * len(ROLES)
    assert all(cell.allowed is not bool(cell.why_not) for cell in PAGE.values())
    assert all(isinstance(cell, Cell) for cell in PAGE.values())


def test_anybody_refers_and_nobody_but_those_on_the_case_sees_it() -> None:
    assert allowed("refer") == set(ROLES)
    assert not {"stranger", "member of an agency that was not told", "left out of the case"} & allowed("view_detail")
    assert allowed("view_detail_if_restricted") == {"agency or department lead"}


def test_second_people_are_senior_and_information_governance_works_no_case() -> None:
    assert allowed("decide") == {"team leader", "agency or department lead", "chief officer"}
    assert "information governance" in allowed("view_detail")
    assert "information governance" not in allowed("act") | allowed("grade") | allowed("acknowledge")


def test_a_team_leader_sets_duty_and_only_somebody_themselves_endorses() -> None:
    assert {"team leader", "agency or department lead"} <= allowed("set_duty")
    assert allowed("endorse_for_another") == set()
