"""Every surface judged a second time by Slack's own models; words for who hears it; ids that stay the same."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from bot.domain.letters import Outgoing
from handlers.views.blocks import Json, button, section
from handlers.views.concern_card import concern_card, fingerprint
from handlers.views.letters import draw
from tests.gallery.surfaces import surfaces
from tests.handlers.desks import NOW, a_case, rules
from tests.handlers.slack_models import elements, objections, unlabelled, unnamed, view_objections
from tests.handlers.test_views import digits, hostile, letters, views

OF_A_CASE = re.compile(r"(SG-26|EN|CO)-\d{4}|AP-R\d")
WORDS = pytest.mark.parametrize("words", [hostile, digits])


def gallery() -> Iterator[tuple[str, list[Json]]]:
    """The blocks of every surface, by its name."""
    for surface in surfaces().values():
        if surface.view is not None:
            yield surface.name, surface.view["blocks"]
        elif surface.page is not None:
            yield surface.name, list(surface.page.blocks)
        else:
            yield surface.name, list(draw(surface.outgoing).blocks)


def longest(words: Callable[[int], str]) -> Iterator[list[Json]]:
    """The blocks of every message and modal with the longest data."""
    yield from (view["blocks"] for view in views(words))
    yield from (list(draw(Outgoing(letter, "key", NOW, repeat=True)).blocks) for letter in letters(words))


def test_slacks_own_models_know_every_part_of_the_gallery_and_object_to_none() -> None:
    for name, blocks in gallery():
        assert objections(blocks) == [], name
    for surface in surfaces().values():
        if surface.view is not None:
            assert view_objections(surface.view) == [], surface.name


@WORDS
def test_slacks_own_models_object_to_nothing_with_the_longest_data(words: Callable[[int], str]) -> None:
    for view in views(words):
        assert view_objections(view) == []
    for blocks in longest(words):
        assert objections(blocks) == []


def test_the_second_opinion_sees_what_is_too_long_and_what_slack_does_not_know() -> None:
    words = {"type": "plain_text", "text": "x" * 76}
    too_long = button("Go", action_id="a", value="v", label="l") | {"text": words}
    assert objections([{"type": "actions", "block_id": "b", "elements": [too_long]}])
    assert objections([section("Words") | {"colour": "red"}]) == ["section: /colour is unknown"]
    assert objections([{"type": "no_such_block", "text": "Words"}])
    assert view_objections({"type": "modal", "title": {"type": "plain_text", "text": "x" * 25}, "blocks": []})


@WORDS
def test_every_button_has_words_for_a_screen_reader_and_every_picture_a_text(words: Callable[[int], str]) -> None:
    for blocks in (*(blocks for _, blocks in gallery()), *longest(words)):
        assert unlabelled(blocks) == []


@WORDS
def test_a_button_that_acts_on_a_case_names_the_case_however_long_its_own_words_are(
    words: Callable[[int], str],
) -> None:
    heard = [
        element["accessibility_label"]
        for blocks in (*(blocks for _, blocks in gallery()), *longest(words))
        for block in blocks
        if str(block.get("block_id", "")).startswith("case:")
        for element in elements(block)
        if element["type"] == "button"
    ]
    assert len(heard) > 30
    assert [label for label in heard if not OF_A_CASE.search(label)] == []


def test_whatever_can_be_pressed_or_filled_in_has_an_id_of_ours_that_is_the_same_in_the_next_drawing() -> None:
    first, second = dict(gallery()), dict(gallery())
    for name, blocks in first.items():
        assert unnamed(blocks) == [], name
        ids = [block.get("block_id") for block in blocks]
        assert ids == [block.get("block_id") for block in second[name]], name
        assert len({each for each in ids if each}) == len([each for each in ids if each]), name


def test_the_checks_for_ears_and_ids_see_what_is_missing() -> None:
    silent = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Go"}}
    assert unlabelled([{"type": "actions", "elements": [silent]}]) == ["button a"]
    assert unlabelled([{"type": "image", "image_url": "x"}]) == ["image"]
    assert unnamed([{"type": "actions", "elements": [silent]}]) == ["actions"]


def test_the_card_for_a_concern_is_another_one_when_the_policys_concerns_or_an_agencys_name_change() -> None:
    policy, directory = rules().policy, rules().directory
    fewer = replace(policy, concerns=dict(list(policy.concerns.items())[:-1]))
    drawn = {fingerprint(concern_card(each, directory)) for each in (policy, fewer, policy)}
    assert len(drawn) == 2
    assert all(0 <= each < 2**31 for each in drawn)


def test_a_form_in_place_says_of_which_case_it_is() -> None:
    page = surfaces()["case-number-in-place"].page
    assert page is not None
    assert page.text == f"{a_case().reference}: Our record number, a form for you alone."
