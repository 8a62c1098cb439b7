"""The gallery leaves nothing out, and everything in it stays inside Slack's limits with a neutral line for the lock screen."""

from typing import get_args

from bot.domain.letters import Letter
from bot.practice.blocks import message_breaches, view_breaches
from handlers.app import SUBMISSIONS
from handlers.views.letters import draw
from tests.gallery.surfaces import surfaces


def test_every_kind_of_letter_and_every_form_that_is_listened_to_is_in_the_gallery() -> None:
    shown = surfaces().values()
    assert {type(surface.letter) for surface in shown if surface.letter is not None} == set(get_args(Letter))
    assert set(SUBMISSIONS) <= {surface.view["callback_id"] for surface in shown if surface.view is not None}


def test_everything_in_the_gallery_stays_inside_slacks_limits() -> None:
    for surface in surfaces().values():
        if surface.view is not None:
            assert view_breaches(surface.view, kind=surface.view["type"]) == [], surface.name
        elif surface.page is not None:
            assert message_breaches(list(surface.page.blocks)) == [], surface.name
        else:
            assert message_breaches(list(draw(surface.outgoing).blocks)) == [], surface.name


def test_the_line_for_the_lock_screen_is_one_full_sentence_without_concern_or_grade() -> None:
    for surface in surfaces().values():
        if surface.letter is not None and not surface.plain:
            line = draw(surface.outgoing).text
            assert line[0].isupper() or line[0].isdigit() or line.startswith("(")
            assert line.rstrip().endswith((".", "!", "?", "…")), line
            assert "Domestic abuse" not in line
