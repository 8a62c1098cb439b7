"""The words of a message that a referral is raised from."""

import pytest

from handlers import messages


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
