"""Every view inside Slack's limits with the longest data, nothing that a person typed at work in it, and the words themselves."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.answers import AgencyChoice, CaseChoices, GradeChange, ProposalForm, ProposalRead, Question
from bot.domain.authorisation import Grave
from bot.domain.cases import Child, ChildReference, HumanAct, Particulars
from bot.domain.commands import OnCase
from bot.domain.ids import AgencyId, DecisionId, PersonId, Reference
from bot.domain.letters import (
    CardLetter,
    ControlLetter,
    DigestLetter,
    LateItem,
    Letter,
    LineLetter,
    Outgoing,
    StepLetter,
)
from bot.domain.offers import Choice, Group
from bot.domain.redaction import AgencyLine, Tag
from bot.domain.risk import Answer
from bot.practice.blocks import message_breaches, view_breaches
from handlers.views import case_forms, limits
from handlers.views.blocks import Drawn
from handlers.views.card import card, owed_line
from handlers.views.confirmation import confirmation, message, redrawn
from handlers.views.detail import detail
from handlers.views.digest import digest
from handlers.views.forms import FormView, as_message, as_modal, proposal, proposal_read
from handlers.views.letters import REPEAT, draw
from handlers.views.phone import phone_told
from handlers.views.referral import form
from handlers.views.reminder import reminder
from handlers.views.review import not_sent, review
from handlers.views.text import clean, escape, lateness, listed, time_left
from tests.handlers.desks import (
    CASE_ID,
    DUE,
    NOW,
    a_case,
    a_confirmation,
    a_detail,
    a_reminder,
    a_review,
    longest_case,
    questions,
    rules,
)

HOSTILE = "<!channel> <@U0FORCE01> *b* & <https://example.org|x> "


def hostile(length: int) -> str:
    return (HOSTILE * (length // len(HOSTILE) + 1))[:length]


def digits(length: int) -> str:
    return "9" * length


def letters(words: Callable[[int], str]) -> list[Letter]:
    case = longest_case(words)
    items = tuple(LateItem(words(200), words(200), NOW, late=True, step_name=words(200)) for _ in range(60))
    names = (words(200),) * 40
    rows = tuple((words(200), words(200)) for _ in range(60))
    return [
        CardLetter(case),
        StepLetter(case, items, words(200), names, names, may_acknowledge=True, still_owed=True, note=words(900)),
        StepLetter(case, items, "", (), names, may_acknowledge=False, still_owed=True),
        LineLetter(case, words(3500)),
        LineLetter(case, words(3500), tuple(Choice(f"verb{n}:{words(60)}", words(200)) for n in range(5))),
        ControlLetter(words(6000)),
        DigestLetter(words(300), NOW, DUE, words(3000), rows),
    ]


def views(words: Callable[[int], str]) -> list[dict[str, Any]]:
    choice = AgencyChoice(AgencyId("a" * 40), words(300), ticked=True, acknowledge_by=DUE, on_duty=(words(200),) * 30)
    choices = tuple(replace(choice, agency=AgencyId(f"{number}")) for number in range(9))
    many = tuple(Question(f"fact{number}", words(3000), Answer.UNKNOWN) for number in range(8))
    children = tuple(Child(n, tuple(ChildReference("police", words(40)) for _ in range(10))) for n in range(1, 11))
    act = HumanAct(CASE_ID, words(60), PersonId("p"), None, NOW, protective=False, note=words(1000))
    sealed = Particulars(children, words(2000), words(300), words(1000))
    case = longest_case(words)
    told = tuple((words(200), DUE) for _ in range(30))
    shown = replace(
        a_detail(),
        case=case,
        particulars=sealed,
        acts=(act,) * 200,
        questions=many,
        agencies_to_phone=tuple((AgencyId("b" * 60), words(200)) for _ in range(20)),
    )
    return [
        form(rules().policy, place="C0FRONTDR1:d1"),
        *(form(rules().policy, concern=code) for code in rules().policy.concerns),
        review(
            replace(a_review(), concern=words(300), agencies=choices, always_told=(choice,), notes=(words(900),) * 20)
        ),
        confirmation(replace(a_confirmation(), told=told, questions=many, floors=(words(900),) * 20), NOW),
        not_sent(words(300), words(9000)),
        message(words(100), words(5000)),
        phone_told("c" * 32, [(f"agency{n}", words(200)) for n in range(20)]),
        detail(shown, reader=words(300)),
        *forms(words),
    ]


def forms(words: Callable[[int], str]) -> list[dict[str, Any]]:
    """Every form of an act on a case, at its longest."""
    on, choices = OnCase(CASE_ID, 3), tuple(Choice(f"{n}", words(300)) for n in range(120))
    owed = longest_case(words).owed
    wanted = [
        ProposalForm(CASE_ID, Reference("SG-26-00042"), act, words(80), words(30), choices, (words(900),) * 3, owed, 20)
        for act in Grave
    ]
    read = ProposalRead(
        DecisionId("d" * 32),
        CASE_ID,
        3,
        Reference("SG-26-00042"),
        1,
        words(90),
        words(200),
        words(90),
        NOW,
        words(3000),
    )
    return [
        *(as_modal(proposal(each), on, "propose", each.act) for each in wanted),
        as_modal(proposal(replace(wanted[0], act=Grave.CLOSE, subjects=())), on, "propose", "close"),
        proposal_read(replace(read, owed=owed)),
        *(as_modal(view(offered(words)), on, "form", "") for view in CASE_FORMS),
    ]


def test_grades_given_are_listed_once_there_was_more_than_one() -> None:
    first, second = (GradeChange(NOW, PersonId("priya-fernsby"), label) for label in ("Medium", "High"))
    several = str(detail(replace(a_detail(), grades=(first, second)), reader="X"))
    assert "Friday 6 March 2026 at 4:00pm, Priya Fernsby: Medium\\nFriday 6 March" in several
    assert "Grades given" not in str(detail(replace(a_detail(), grades=(first,)), reader="X"))


CASE_FORMS = (
    case_forms.hand_over,
    case_forms.direct,
    case_forms.number,
    case_forms.fact,
    case_forms.held,
    case_forms.share,
)


def offered(words: Callable[[int], str]) -> CaseChoices:
    """What a form lets somebody choose from, at its longest."""
    choices = tuple(Choice(f"{n}", words(300)) for n in range(120))
    many = tuple(Question(f"fact{n}", words(3000), Answer.UNKNOWN) for n in range(8))
    groups = tuple(Group(words(200), choices[:40]) for _ in range(4))
    return CaseChoices(Reference("SG-26-00042"), choices, choices, many, groups, choices, choices)


@pytest.mark.parametrize("view", CASE_FORMS)
def test_every_form_of_a_case_says_what_it_does_in_its_button_and_is_a_message_too(
    view: Callable[[CaseChoices], FormView],
) -> None:
    form_view = view(offered(digits))
    assert form_view.submit not in {None, "Submit", "OK"}
    drawn = as_message(form_view, OnCase(CASE_ID, 3), "form", "")
    assert message_breaches(list(drawn.blocks)) == []
    assert drawn.blocks[-1]["block_id"] == f"case:{CASE_ID}:3"
    nothing = CaseChoices(Reference("SG-26-00042"), (), (), (), (), (), ())
    if view not in {case_forms.number, case_forms.held}:
        empty = view(nothing)
        assert empty.submit is None, "there is nothing to choose from, so there is nothing to send"
        assert view_breaches(as_modal(empty, OnCase(CASE_ID, 3), "form", ""), kind="modal") == []


@pytest.mark.parametrize("words", [hostile, digits])
def test_every_form_is_a_message_too_for_people_who_can_open_no_modal(words: Callable[[int], str]) -> None:
    form_view = proposal(
        ProposalForm(CASE_ID, Reference("SG-26-00042"), Grave.MERGE, words(80), words(30), (), (), (), 20)
    )
    drawn = as_message(replace(form_view, submit="Put forward"), OnCase(CASE_ID, 3), "propose", "merge")
    assert message_breaches(list(drawn.blocks)) == []
    assert drawn.text == "SG-26-00042: Merge two cases, a form for you alone."


@pytest.mark.parametrize("words", [hostile, digits])
def test_every_message_with_the_longest_data_stays_inside_slacks_limits(words: Callable[[int], str]) -> None:
    for letter in letters(words):
        for plain in (False, True):
            drawn = draw(Outgoing(letter, "key", NOW, repeat=True, plain=plain))
            assert message_breaches(list(drawn.blocks)) == []
            assert 0 < len(drawn.text) <= limits.MESSAGE_TEXT
            assert bool(drawn.blocks) is not plain


@pytest.mark.parametrize("words", [hostile, digits])
def test_every_modal_with_the_longest_data_stays_inside_slacks_limits(words: Callable[[int], str]) -> None:
    for view in views(words):
        assert view_breaches(view, kind="modal") == []


def mrkdwn(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            assert value["verbatim"] is True
            yield value["text"]
        for part in value.values():
            yield from mrkdwn(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from mrkdwn(part)


def test_nothing_typed_can_mention_or_link() -> None:
    said = [text for view in views(hostile) for text in mrkdwn(view)]
    for letter in letters(hostile):
        drawn = draw(Outgoing(letter, "key", NOW))
        said += [drawn.text, *mrkdwn(list(drawn.blocks))]
        said.append(draw(Outgoing(letter, "key", NOW, plain=True)).text)
    assert len(said) > 50
    for text in said:
        assert "<" not in text
        assert ">" not in text
        assert re.search(r"&(?!amp;|lt;|gt;)", text) is None, text


def test_the_detail_never_puts_what_was_typed_into_markup() -> None:
    sealed = Particulars((Child(1, (ChildReference("nhs", "canary 1"),)),), "canary 2", "canary 3", "canary 4")
    view = detail(replace(a_detail(), particulars=sealed), reader="Priya Fernsby")
    assert not [text for text in mrkdwn(view) if "canary" in text]
    whole = json.dumps(view)
    assert [f"canary {n}" in whole for n in (1, 2, 3, 4)] == [True] * 4


def test_a_long_account_is_shown_whole() -> None:
    account = " ".join(f"word{number}" for number in range(1200))
    texts = [block["text"]["text"] for block in not_sent("101", account)["blocks"]]
    assert " ".join(texts[-3:]).split()[-1] == "word1199"
    assert all(f"word{number}" in " ".join(texts) for number in range(1200))


def said(drawn: Drawn) -> str:
    return "\n".join(mrkdwn(list(drawn.blocks)))


def test_a_card_says_word_first_who_waits_until_when_on_what_basis_and_who_is_told_next() -> None:
    drawn = card(a_case(), NOW)
    assert drawn.text == (
        "SG-26-00042 waits for Northmere Children's Social Care to acknowledge it by Friday 6 March 2026 at 4:20pm."
    )
    text = said(drawn)
    assert text.startswith("*Waiting* · *SG-26-00042* · Domestic abuse with children · *High*")
    assert "*Northmere Children's Social Care*: Waiting until Friday 6 March 2026 at 4:20pm" in text
    assert (
        "*Northmere Police*: Acknowledged by Priya Fernsby on Friday 6 March 2026 at 4:00pm · their record 44-0001"
        in text
    )
    assert "First protective action (Northmere Police): due Friday 6 March 2026 at 4:20pm · force default" in text
    assert (
        "Next, if nobody acts: on Friday 6 March 2026 at 4:20pm the ladder's step “supervisor” tells "
        "Harriet Willowmarsh and Orla Pebblebrook."
    ) in text


def test_a_card_shows_a_phone_call_as_unconfirmed_and_lateness_as_overdue() -> None:
    social = AgencyId("childrens-services")
    phoned = AgencyLine(social, "Social care", Tag.TOLD_BY_PHONE, DUE, "Priya Fernsby", NOW)
    late = AgencyLine(social, "Social care", Tag.OVERDUE, NOW - timedelta(hours=1))
    assert (
        "Told by phone (recorded by Priya Fernsby on Friday 6 March 2026 at 4:00pm), own confirmation outstanding"
    ) in said(card(replace(a_case(), agencies=(phoned,), tag=Tag.TOLD_BY_PHONE), NOW))
    drawn = card(replace(a_case(), agencies=(late,), tag=Tag.OVERDUE), NOW)
    assert "*Overdue* since Friday 6 March 2026 at 3:00pm" in said(drawn)
    assert drawn.text == "SG-26-00042 is overdue: Social care has not acknowledged it."


def test_a_card_on_which_only_a_milestone_is_late_names_it_on_the_lock_screen() -> None:
    late = replace(a_case().owed[0], due_at=NOW - timedelta(hours=1), late=True)
    done = replace(a_case().owed[0], met=True, met_by="Priya Fernsby", met_at=NOW)
    case = replace(a_case(), tag=Tag.OVERDUE, agencies=a_case().agencies[:1], owed=(late, done))
    drawn = card(case, NOW)
    assert drawn.text == "SG-26-00042 is overdue: First protective action, Northmere Police."
    assert "*Overdue* since Friday 6 March 2026 at 3:00pm · force default" in said(drawn)
    assert "First protective action (Northmere Police): Done by Priya Fernsby on Friday 6 March 2026 at 4:00pm" in said(
        drawn
    )


def test_what_pings_nobody_is_never_called_overdue() -> None:
    (owed,) = a_case().owed
    assert "*Overdue* since" in owed_line(replace(owed, late=True))
    shown = owed_line(replace(owed, late=True, main=False))
    assert "verdue" not in shown
    assert "its time passed on" in shown
    assert "shown only, nobody is reminded" in shown


def test_a_card_without_a_child_says_that_it_is_incomplete_and_the_agency_that_raised_it_owes_nothing() -> None:
    raised = AgencyLine(AgencyId("health"), "Northmere Health", Tag.ACKNOWLEDGED, None, raised_it=True)
    text = said(
        card(replace(a_case(), agencies=(raised,), children=0, incomplete=True, floors=("Floor: infant",)), NOW)
    )
    assert "Incomplete: no record number of a child yet." in text
    assert "*Northmere Health*: Raised this case, owes no acknowledgement" in text
    assert "• Floor: infant" in text


def test_a_closed_card_does_not_say_that_anybody_is_waited_for() -> None:
    agencies = tuple(replace(line, due_at=None) for line in a_case().agencies)
    shown = json.dumps(card(replace(a_case(), tag=Tag.CLOSED, agencies=agencies), NOW).blocks)
    assert "*Northmere Children's Social Care*: Not acknowledged" in shown
    assert "Waiting" not in shown


def test_a_cards_line_for_the_lock_screen_holds_neither_concern_nor_grade() -> None:
    for tag in Tag:
        text = card(replace(a_case(), tag=tag), NOW).text
        assert text.startswith("SG-26-00042 ")
        assert text.endswith(".")
        assert "abuse" not in text
        assert "High" not in text


def controls(drawn: Drawn) -> dict[str, Any]:
    return {
        element["action_id"]: element
        for block in drawn.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    }


def test_a_cards_controls_carry_ids_and_the_version_only_and_name_the_case_to_a_screen_reader() -> None:
    drawn = card(a_case(), NOW)
    assert list(controls(drawn)) == [
        "acknowledge",
        "escalate",
        "open_case",
        "verb:form",
        "grade",
        "record_act",
        "put_forward",
        "tell_by_phone",
    ]
    assert drawn.blocks[-1]["block_id"] == f"case:{CASE_ID}:3"
    buttons = [element for element in controls(drawn).values() if element["type"] == "button"]
    assert all(element["accessibility_label"].count("SG-26-00042") == 1 for element in buttons)
    assert {element["value"] for element in buttons} == {f"{CASE_ID}:3", "form:differ"}
    assert "confirm" in controls(drawn)["escalate"]
    assert controls(drawn)["tell_by_phone"]["options"][0]["value"] == "childrens-services"


def test_a_closed_card_offers_to_look_at_it_and_to_put_forward_that_it_is_opened_again() -> None:
    assert list(controls(card(replace(a_case(), tag=Tag.CLOSED), NOW))) == ["open_case", "put_forward"]
    merged = replace(a_case(), tag=Tag.CLOSED, proposals=())
    assert list(controls(card(merged, NOW))) == ["open_case"]


def test_what_is_put_forward_is_asked_about_once_more_and_says_that_nothing_changes_yet() -> None:
    asked = controls(card(a_case(), NOW))["put_forward"]["confirm"]["text"]["text"]
    assert asked == "Nothing on SG-26-00042 changes before somebody senior who does not own it agrees."


def test_a_card_that_everybody_acknowledged_asks_nobody_to_acknowledge() -> None:
    done = AgencyLine(AgencyId("police"), "Northmere Police", Tag.ACKNOWLEDGED, None, "Priya Fernsby", NOW)
    offered = controls(card(replace(a_case(), tag=Tag.ACKNOWLEDGED, agencies=(done,)), NOW))
    assert {"acknowledge", "tell_by_phone"}.isdisjoint(offered)


def test_a_reminder_says_grade_reference_who_has_not_done_what_how_late_and_who_is_next() -> None:
    drawn = reminder(a_reminder(), NOW)
    assert drawn.text == (
        "SG-26-00042, High: Acknowledgement owed by Northmere Children's Social Care is 20 minutes late; "
        "it was due on Friday 6 March 2026 at 3:40pm."
    )
    text = said(drawn)
    assert "was due on Friday 6 March 2026 at 3:40pm and is not done: *20 minutes late*." in text
    assert "Harriet Willowmarsh, you are told as supervisor and as team leader." in text
    assert "the ladder's step “supervisor” tells Harriet Willowmarsh and Orla Pebblebrook." in text
    assert "Steps not sent in their time: due." in text
    assert list(controls(drawn)) == ["acknowledge", "open_case"]


def test_a_reminder_before_the_due_instant_says_how_much_time_is_left() -> None:
    item = replace(a_reminder().items[0], due_at=DUE, late=False, missed=())
    drawn = reminder(replace(a_reminder(), items=(item,)), NOW)
    assert "is due on Friday 6 March 2026 at 4:20pm, in 20 minutes, and is not done yet." in said(drawn)
    assert drawn.text.endswith("is not done yet; it is due on Friday 6 March 2026 at 4:20pm.")


def test_whoever_is_on_duty_reads_of_a_new_referral_first() -> None:
    item = replace(a_reminder().items[0], due_at=DUE, late=False, step_name="new referral")
    assert reminder(replace(a_reminder(), items=(item, item)), NOW).text == (
        "SG-26-00042, High: new referral. Northmere Children's Social Care must acknowledge it by "
        "Friday 6 March 2026 at 4:20pm. 1 more owed."
    )


def test_a_reminder_in_a_thread_names_who_was_told_and_has_no_buttons() -> None:
    drawn = reminder(replace(a_reminder(), to="", roles=(), told=("Harriet Willowmarsh", "Orla Pebblebrook")), NOW)
    assert "Told now: Harriet Willowmarsh and Orla Pebblebrook." in said(drawn)
    assert controls(drawn) == {}


def test_somebody_who_may_not_acknowledge_has_no_button_for_it() -> None:
    assert list(controls(reminder(replace(a_reminder(), may_acknowledge=False), NOW))) == ["open_case"]


def test_a_repeat_is_marked_and_plain_wording_keeps_every_fact() -> None:
    outgoing = Outgoing(a_reminder(), "key", NOW, repeat=True, plain=True)
    drawn = draw(outgoing)
    assert drawn.blocks == ()
    assert drawn.text.startswith(REPEAT)
    for fact in ("SG-26-00042", "20 minutes late", "Harriet Willowmarsh", "supervisor", "Orla Pebblebrook"):
        assert fact in drawn.text
    assert draw(replace(outgoing, plain=False)).blocks[0]["elements"][0]["text"] == REPEAT


def test_a_digest_answers_first_and_says_the_same_as_text() -> None:
    letter = DigestLetter("Week of the front door", NOW, DUE, "2 cases need a leader today.", (("Late now", "2 of 7"),))
    drawn = digest(letter)
    assert drawn.text == "Week of the front door. 2 cases need a leader today. Late now: 2 of 7."
    assert drawn.blocks[1]["text"]["text"] == "*2 cases need a leader today.*"


def test_grades_are_the_concerns_own_highest_first_and_none_is_chosen() -> None:
    policy = rules().policy
    for concern in policy.concerns.values():
        view = form(policy, concern=concern.code)
        grade = next(block for block in view["blocks"] if block.get("block_id") == f"grade:{concern.code}")
        labels = [option["text"]["text"] for option in grade["element"]["options"]]
        assert labels == [*(one.label for one in concern.offered), "Not graded yet"]
        assert "initial_option" not in grade["element"]


def test_a_form_has_six_inputs_and_keeps_no_more_than_ids_of_channel_and_draft() -> None:
    view = form(rules().policy, place="C0FRONTDR1:d1")
    assert sum(block["type"] == "input" for block in view["blocks"]) == 6
    assert view["private_metadata"] == "C0FRONTDR1:d1"


def test_an_answer_is_drawn_into_the_view_and_everything_else_stays() -> None:
    view = confirmation(a_confirmation(), NOW) | {"id": "V1", "hash": "h", "state": {}, "submit": None}
    fresh = redrawn(view, CASE_ID, questions(Answer.YES))
    assert "The card shows the grade and the limits that hold since your answers." in str(fresh)
    assert "since your answers" not in str(view)
    changed = [new for old, new in zip(view["blocks"], fresh["blocks"], strict=True) if old != new]
    assert [block["block_id"] for block in changed] == [
        "question:",
        "question:strangulation",
        f"fact:{CASE_ID}:strangulation",
    ]
    assert [element.get("style") for element in changed[2]["elements"]] == ["primary", None, None]
    assert set(fresh) == {"type", "callback_id", "title", "close", "private_metadata", "clear_on_close", "blocks"}


def test_typed_text_loses_control_direction_and_zero_width_characters_and_keeps_its_lines() -> None:
    assert clean(" a\u202eb\u200bc\x00\r\nd\n\n\n\ne\t") == "abc\nd\n\ne"


def test_escaping_leaves_nothing_that_slack_acts_on() -> None:
    assert escape("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


def test_times_and_names_in_words() -> None:
    assert time_left(NOW + timedelta(minutes=20), NOW) == "in 20 minutes"
    assert time_left(NOW - timedelta(hours=2), NOW) == "2 hours ago"
    drawn_at = NOW + timedelta(seconds=1.7)  # a moment after it was decided, and an hour is still an hour
    assert time_left(NOW + timedelta(hours=1), drawn_at) == "in 1 hour"
    assert time_left(NOW + timedelta(minutes=1), drawn_at) == "in 58 seconds"
    assert lateness(NOW, drawn_at) == "late from now on"
    assert lateness(NOW - timedelta(seconds=3), NOW) == "3 seconds late"
    assert lateness(NOW - timedelta(minutes=125), NOW) == "2 hours 5 minutes late"
    assert lateness(NOW, NOW) == "late from now on"
    assert [listed([]), listed("a"), listed("ab"), listed("abc")] == ["nobody", "a", "a and b", "a, b and c"]
