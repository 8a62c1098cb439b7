"""A person's own drafts: begun from a message, listed, taken up, thrown away; nobody else's business."""

from dataclasses import replace

import pytest

from bot.domain.commands import Send
from bot.domain.errors import FormRefusal, NotFound
from bot.domain.ids import DraftId
from bot.services import drafts, referrals
from tests.builders import CARE, OFFICER, OTHER_OFFICER, RESPONSE_CHANNEL, actor, referral
from tests.services.office import Office

WORDS = "Seen at the door."


def begun(office: Office, key: str = "message:1") -> DraftId:
    return drafts.begin(WORDS, RESPONSE_CHANNEL, actor(OFFICER), key, tools=office.tools)


def test_a_messages_words_become_the_narrative_of_a_draft_of_whoever_raised_it() -> None:
    office = Office()
    draft_id = begun(office)
    found = drafts.take_up(draft_id, actor(OFFICER), tools=office.tools)
    assert (found.narrative, found.channel, found.concern) == (WORDS, RESPONSE_CHANNEL, "")
    assert drafts.listed(actor(OFFICER), tools=office.tools) == [(draft_id, office.clock.now())]
    assert drafts.listed(actor(OTHER_OFFICER), tools=office.tools) == []


def test_a_second_delivery_of_the_shortcut_begins_no_second_draft() -> None:
    office = Office()
    assert begun(office) == begun(office)
    assert begun(office, "message:2") != begun(office)


def test_nobody_takes_up_replaces_or_discards_somebody_elses_draft() -> None:
    office = Office()
    draft_id, other = begun(office), actor(OTHER_OFFICER)
    with pytest.raises(NotFound, match="somebody else"):
        drafts.take_up(draft_id, other, tools=office.tools)
    with pytest.raises(NotFound, match="somebody else"):
        drafts.discard(draft_id, other, "k1", tools=office.tools)
    with pytest.raises(NotFound, match="somebody else"):
        referrals.draft(referral(), other, draft_id, tools=office.tools)
    assert drafts.take_up(draft_id, actor(OFFICER), tools=office.tools).narrative == WORDS


def test_the_form_sent_again_replaces_its_draft_and_sending_it_leaves_none() -> None:
    office = Office()
    draft_id, me = begun(office), actor(OFFICER)
    first = referrals.draft(referral(narrative=WORDS), me, draft_id, tools=office.tools)
    second = referrals.draft(replace(referral(), narrative="Seen again."), me, draft_id, tools=office.tools)
    assert (first.draft, second.draft) == (draft_id, draft_id)
    referrals.refer(Send(draft_id, (CARE,)), me, "view:1", tools=office.tools)
    assert drafts.listed(me, tools=office.tools) == []


def test_a_draft_without_a_concern_cannot_be_sent_whatever_a_view_says() -> None:
    office = Office()
    with pytest.raises(FormRefusal, match="Select what kind of concern this is"):
        referrals.refer(Send(begun(office), (CARE,)), actor(OFFICER), "view:1", tools=office.tools)


def test_a_discarded_draft_is_gone_and_the_second_press_gets_the_first_answer() -> None:
    office = Office()
    draft_id, me = begun(office), actor(OFFICER)
    said = drafts.discard(draft_id, me, "k1", tools=office.tools)
    assert said.text == "The draft is gone, and what was typed into it with it. Nobody was told."
    assert drafts.discard(draft_id, me, "k1", tools=office.tools) == said
    with pytest.raises(NotFound):
        drafts.take_up(draft_id, me, tools=office.tools)


def test_beginning_opening_and_discarding_are_on_the_audit_by_id_alone() -> None:
    office = Office()
    draft_id, me = begun(office), actor(OFFICER)
    drafts.take_up(draft_id, me, tools=office.tools)
    drafts.discard(draft_id, me, "k1", tools=office.tools)
    for action in ("drafted", "draft_opened", "draft_discarded"):
        assert office.audit(action) == [f"draft {draft_id}"]
    assert WORDS not in str(office.store.state.entries)
