"""The words of a message that a referral is raised from."""

from types import SimpleNamespace
from typing import cast

import pytest

from bot.domain.errors import Refusal
from handlers import commands, messages
from handlers.middleware import Asked


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Seen at the door &amp; &lt;upset&gt;.", "Seen at the door & <upset>."),
        ("<@U0FORCE08> saw it, <!channel>", "somebody saw it, channel"),
        ("<https://example.org|the log> in <#C0RESPONSE|response-duty>", "the log in response-duty"),
        ("<https://example.org>", "https://example.org"),
        ("&lt;!channel&gt;", "<!channel>"),
        ("a\u202eb\u200bc", "abc"),
        ("", ""),
    ],
)
def test_markup_becomes_plain_words(text: str, words: str) -> None:
    assert messages.words({"text": text}, most=100) == (words, False)


def test_a_message_without_words_gives_none_and_its_files_are_not_looked_at() -> None:
    assert messages.words({"files": [{"name": "canary.png"}]}, most=100) == ("", False)


def test_a_message_longer_than_the_field_is_cut_and_says_so() -> None:
    words, cut = messages.words({"text": "x" * 40_000}, most=2000)
    assert (len(words), cut) == (2000, True)


@pytest.mark.parametrize(
    "hanging",
    [
        {"files": [{"id": "F1"}]},
        {"upload": True},
        {"blocks": [{"type": "image", "image_url": "https://example.org/canary.png"}]},
        {"attachments": [{"image_url": "https://example.org/canary.png"}]},
    ],
)
def test_a_message_with_a_file_is_refused_before_anything_of_it_is_kept(hanging: dict[str, object]) -> None:
    body = {"channel": {"id": "C1"}, "message": {"text": "CANARY words", **hanging}}
    asked = SimpleNamespace(body=body)  # no desk at all: a listener that kept anything would fall over
    with pytest.raises(Refusal) as caught:
        commands.from_message(cast("Asked", asked))
    assert str(caught.value).startswith("This message has a file, and the bot takes none: nothing was kept")
    assert "canary" not in str(caught.value).lower()


def test_words_with_a_link_are_no_file() -> None:
    assert not messages.has_file(
        {"text": "Seen.", "attachments": [{"title": "a page"}], "blocks": [{"type": "rich_text"}]}
    )
