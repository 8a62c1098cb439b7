"""Who may do what, cell by cell and both ways, asked of the use cases themselves: each of the Desk's by each role."""

from dataclasses import replace
from typing import get_args, get_type_hints

import pytest

from bot.binding import build_desk
from bot.domain.authorisation import Grave
from bot.domain.commands import Actor, Decide, Propose
from bot.domain.errors import NotFound, Refusal
from bot.domain.ids import PersonId
from bot.services import decisions
from bot.services.case_desk import CaseDesk
from bot.services.desk import Desk
from bot.services.leaders_desk import LeadersDesk
from tests import builders as b
from tests.services.leaders_use_cases import LEADER_ROWS
from tests.services.office import Office
from tests.services.use_cases import ROLES, ROWS, UNSEEN, WHY, Row, Try

EVERY = {**ROWS, **LEADER_ROWS}


def asked_by_somebody(desk: type, prefix: str) -> set[str]:
    """The use cases that are told who asks."""
    hints = {name: get_args(hint) for name, hint in get_type_hints(desk).items()}
    return {prefix + name for name, hint in hints.items() if hint and isinstance(hint[0], list) and Actor in hint[0]}


def test_every_use_case_that_somebody_asks_for_has_its_row() -> None:
    assert set(EVERY) == asked_by_somebody(Desk, "") | asked_by_somebody(CaseDesk, "case.") | asked_by_somebody(
        LeadersDesk, "leaders."
    )


def check(row: Row, role: str) -> None:
    """The use case answers the roles that it is open to; for every other nothing at all has changed but the audit."""
    office = Office()
    case_id = office.refer()
    first = Try(office, build_desk(office.tools), case_id, ROLES[role])
    try_it = replace(first, given=row.first(first))
    if role in row.open_to:
        assert row.ask(try_it)
        return
    before = office.store.state.copied()
    try:
        answer = row.ask(try_it)
    except (Refusal, NotFound):
        answer = None
    assert not answer
    before.entries = office.store.state.entries
    assert office.store.state == before


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", EVERY)
def test_each_use_case_is_open_to_the_roles_of_the_page_and_to_no_other(name: str, role: str) -> None:
    check(EVERY[name], role)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", UNSEEN)
def test_a_case_that_is_restricted_to_somebody_else_is_there_for_nobody(name: str, role: str) -> None:
    check(UNSEEN[name], role)


def test_nobody_acknowledges_for_another_agency_or_their_own_referral() -> None:
    office = Office()
    case_id = office.refer()
    with pytest.raises(Refusal, match="You referred"):
        office.acknowledge(case_id, b.OFFICER)
    office.acknowledge(case_id, b.OTHER_OFFICER)
    care = office.case(case_id).party(b.CARE)
    assert care is not None
    assert care.acknowledged is None


@pytest.mark.parametrize("second", [b.SERGEANT, b.INSPECTOR], ids=["owner", "author"])
def test_nobody_agrees_to_their_own_proposal_or_to_one_on_what_they_own(second: PersonId) -> None:
    office = Office()
    case_id = office.refer()
    office.acknowledge(case_id, b.SERGEANT)
    put = Propose(case_id, Grave.LOWER_GRADE, WHY, "standard")
    found = decisions.propose(put, b.actor(b.INSPECTOR), "put", tools=office.tools)
    with pytest.raises(Refusal, match=r"second person|The person who proposed it"):
        decisions.decide(Decide(found.decision, found.version, agree=True), b.actor(second), "d", tools=office.tools)
