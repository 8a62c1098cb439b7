"""E-mail against a real mail server on this machine: neutral words, one Message-ID for one notice, every failure told apart."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.letters import ControlLetter, LateItem, Outgoing, StepLetter
from bot.domain.notices import FailureKind, SendFailed
from bot.mail_server import MailServer, MailServerRefused, mail_server
from handlers.mailer import NoMailer, SmtpMailer
from tests.handlers.desks import a_case
from tests.handlers.mailbox import PASSWORD, Inbox, encrypted, inbox

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
DUTY = "duty@council.example.org"
OTHER = "other@council.example.org"


@pytest.fixture
def box() -> Iterator[Inbox]:
    with inbox() as here:
        yield here


def mailer(
    box: Inbox, *, user: str = "", password: str = PASSWORD, context: ssl.SSLContext | None = None
) -> SmtpMailer:
    url = box.url.replace("smtp://", f"smtp://{user}:{password.replace(' ', '%20')}@" if user else "smtp://")
    return SmtpMailer(mail_server(url), timeout=2, context=context)


def step(**changes: object) -> Outgoing:
    item = LateItem(
        "Acknowledgement",
        "Northmere Children's Social Care",
        NOW + timedelta(hours=4),
        late=False,
        step_name="new referral",
    )
    letter = StepLetter(
        a_case(), (item,), "Nadia Elderflower", ("person on duty or owner",), (), may_acknowledge=True, still_owed=False
    )
    return Outgoing(letter, "d1:-1:nadia", NOW, **changes)  # type: ignore[arg-type]  # the flags of an Outgoing


def failure(box: Inbox) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        mailer(box).send(step(), to=(DUTY,))
    return caught.value


# ---- what arrives


def test_a_reminder_arrives_with_a_neutral_subject_and_plain_text(box: Inbox) -> None:
    mailer(box).send(step(), to=(DUTY,))
    (message,) = box.to(DUTY)
    assert message["Subject"] == f"{a_case().reference} needs your acknowledgement by 14:00"
    assert message["From"] == "Vigil <vigil@police.example.org>"
    assert message["To"] == DUTY
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"] == "Mon, 23 Nov 2026 10:00:00 +0000"
    assert message.get_content_type() == "text/plain"
    words = message.get_content()
    assert "Nadia Elderflower: you are told as person on duty or owner." in words
    assert "call 999" in words


def test_nothing_of_slack_and_no_concern_or_grade_is_in_it(box: Inbox) -> None:
    mailer(box).send(step(), to=(DUTY,))
    (message,) = box.to(DUTY)
    whole = message.as_string()
    assert a_case().concern not in whole
    assert a_case().grade not in whole
    assert "d1:-1" not in whole
    assert not [mark for mark in ("<@", "<!", "*SG", ":red") if mark in whole]


def test_the_same_notice_has_the_same_message_id_and_a_repeat_says_so(box: Inbox) -> None:
    road = mailer(box)
    first = road.send(step(), to=(DUTY,))
    again = road.send(step(repeat=True), to=(DUTY,))
    other = road.send(Outgoing(ControlLetter("Look."), "other", NOW), to=(DUTY,))
    assert first == again
    assert first != other
    assert [words.startswith("Repeat: an earlier copy") for words in box.words(DUTY)] == [False, True, False]


def test_several_addresses_do_not_see_each_other(box: Inbox) -> None:
    mailer(box).send(Outgoing(ControlLetter("Look."), "k", NOW), to=(DUTY, OTHER))
    (message,) = box.to(OTHER)
    assert DUTY not in message.as_string()


def test_one_address_taken_is_a_success(box: Inbox) -> None:
    box.refusing[OTHER] = "550 Nobody here"
    mailer(box).send(Outgoing(ControlLetter("Look."), "k", NOW), to=(DUTY, OTHER))
    assert len(box.to(DUTY)) == 1


def test_a_line_that_begins_with_a_dot_arrives_whole(box: Inbox) -> None:
    mailer(box).send(Outgoing(ControlLetter("One.\n.Two.\n.."), "k", NOW), to=(DUTY,))
    assert box.words(DUTY)[0].rstrip("\r\n").splitlines()[-2:] == [".Two.", ".."]


# ---- what goes wrong


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        ("450 Mailbox busy", FailureKind.REFUSED, "recipient_450"),
        ("550 No such person", FailureKind.ROUTE_DEAD, "recipient_550"),
        ("421 Closing", FailureKind.REFUSED, "smtp_421"),
    ],
)
def test_an_address_that_is_refused_is_tried_again_or_dead(
    box: Inbox, answer: str, kind: FailureKind, code: str
) -> None:
    box.refusing[DUTY] = answer
    found = failure(box)
    assert (found.kind, found.code) == (kind, code)


@pytest.mark.parametrize(
    ("answer", "kind"), [("452 Full", FailureKind.REFUSED), ("554 Looks like spam", FailureKind.CONTENT_BAD)]
)
def test_a_message_that_is_refused_is_tried_again_or_sent_plainly(box: Inbox, answer: str, kind: FailureKind) -> None:
    box.answers.append(answer)
    assert failure(box).kind is kind


def test_a_line_that_breaks_after_the_message_leaves_it_in_doubt(box: Inbox) -> None:
    box.drops = 1
    assert failure(box).kind is FailureKind.UNKNOWN
    assert len(box.to(DUTY)) == 1


def test_no_server_at_all_is_certainly_not_accepted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    road = SmtpMailer(mail_server(f"smtp://127.0.0.1:{port}?from=vigil@police.example.org"), timeout=1)
    with pytest.raises(SendFailed) as caught:
        road.send(step(), to=(DUTY,))
    assert caught.value.kind is FailureKind.REFUSED


def test_a_server_that_says_nothing_is_given_up_before_anything_was_handed_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        road = SmtpMailer(mail_server(f"smtp://127.0.0.1:{port}?from=vigil@police.example.org"), timeout=0.2)
        with pytest.raises(SendFailed) as caught:
            road.send(step(), to=(DUTY,))
    assert caught.value.kind is FailureKind.REFUSED


def test_a_login_goes_over_an_encrypted_line_and_a_refused_one_is_a_dead_credential(tmp_path: Path) -> None:
    of_server, trusting = encrypted(tmp_path)
    with inbox(tls=of_server, user="vigil") as box:
        mailer(box, user="vigil", context=trusting).send(step(), to=(DUTY,))
        assert box.logins == ["vigil"]
        assert box.to(DUTY)
        with pytest.raises(SendFailed) as wrong:
            mailer(box, user="vigil", password="wrong", context=trusting).send(step(), to=(DUTY,))
        with pytest.raises(SendFailed) as missing:
            mailer(box, context=trusting).send(step(), to=(DUTY,))
    assert (wrong.value.kind, wrong.value.code) == (FailureKind.CREDENTIAL_DEAD, "login_535")
    assert missing.value.kind is FailureKind.CREDENTIAL_DEAD


def test_a_server_that_cannot_prove_who_it_is_gets_nothing(tmp_path: Path) -> None:
    of_server, _ = encrypted(tmp_path)
    with inbox(tls=of_server) as box:
        found = failure(box)
        assert not box.arrived
    assert (found.kind, found.code) == (FailureKind.REFUSED, "SSLCertVerificationError")


def test_without_a_mail_server_every_message_is_a_dead_route() -> None:
    with pytest.raises(SendFailed, match="no_mail_server"):
        NoMailer().send(step(), to=(DUTY,))


# ---- the setting


def test_a_whole_address_is_taken_apart() -> None:
    assert mail_server("smtps://vigil%40example.org:p%40ss@mail.example.org") == MailServer(
        "mail.example.org", 465, tls=True, sender="vigil@example.org", user="vigil@example.org", password="p@ss"
    )
    assert mail_server("smtp://mail.example.org?from=vigil@example.org").port == 587


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mail.example.org", "it names no mail server"),
        ("http://mail.example.org", "it names no mail server"),
        ("smtp://mail.example.org:port", "it is not an address"),
        ("smtp://mail.example.org", "it does not say from whom e-mail comes"),
        ("smtp://mail.example.org?from=nobody", "it does not say from whom e-mail comes"),
        ("smtp://mail.example.org?from=a@b.example%0d%0aBcc:c@d.example", "it does not say from whom e-mail comes"),
        ("smtp://vigil@mail.example.org?from=a@b.example", "a user or a password without the other"),
        ("smtp://mail.example.org?to=a@b.example", "a part that means nothing here (to)"),
    ],
)
def test_a_wrong_address_is_refused_in_one_sentence(url: str, said: str) -> None:
    with pytest.raises(MailServerRefused) as refused:
        mail_server(url)
    assert said in str(refused.value)
    assert str(refused.value).count("\n") == 0
