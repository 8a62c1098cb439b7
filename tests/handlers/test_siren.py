"""When the engine or the database stands still the operators hear of it by e-mail, and no record is needed for it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from bot.mail_server import mail_server
from bot.ports import StorageDown
from handlers.mailer import SmtpMailer
from handlers.siren import Siren
from tests.handlers.desks import StillClock
from tests.handlers.mailbox import Inbox, inbox
from tests.handlers.pulse import FINDING, a_pulse, beat

OPERATOR = "duty-engineer@police.example.org"


@dataclass
class Directory:
    """Who the operators are; it cannot be read while the database is down."""

    readable: bool = True
    operators: tuple[str, ...] = (OPERATOR,)

    def __call__(self) -> tuple[str, ...]:
        if not self.readable:
            raise StorageDown("locked")
        return self.operators


@dataclass
class Watched:
    """A bot in good health with its siren; `still` lets time pass without a beat."""

    box: Inbox
    directory: Directory = field(default_factory=Directory)

    def __post_init__(self) -> None:
        self.vitals, self.watch, self.ear = a_pulse()
        mailer = SmtpMailer(mail_server(self.box.url), timeout=2)
        self.siren = Siren(mailer, self.directory, self.vitals, StillClock(), monotonic=self.watch)
        self.siren.look()

    def still(self, seconds: int) -> None:
        for _ in range(seconds):
            self.watch.move(1)
            self.ear.silent = 0.0
            self.siren.look()


@pytest.fixture
def watched() -> Iterator[Watched]:
    with inbox() as box:
        yield Watched(box)


def test_a_minute_after_everything_stands_still_the_operators_have_a_letter_though_nothing_can_be_read(
    watched: Watched,
) -> None:
    watched.directory.readable = False
    watched.still(69)
    assert not watched.box.arrived
    watched.still(3)
    assert watched.box.subjects(OPERATOR) == ["Vigil stands still"]
    (words,) = watched.box.words(OPERATOR)
    assert "The database has taken no write of the engine" in words
    assert "vigil outbox --undeliverable" in words.replace("\n", " ")


def test_it_sounds_once_an_hour_while_it_lasts_and_anew_when_it_comes_again(watched: Watched) -> None:
    watched.still(75)
    watched.still(3590)
    assert len(watched.box.arrived) == 1
    watched.still(30)
    assert len(watched.box.arrived) == 2
    beat(watched.vitals)
    watched.siren.look()
    watched.still(60)
    assert len(watched.box.arrived) == 2
    watched.still(15)
    assert len(watched.box.arrived) == 3


def test_a_letter_that_is_not_taken_is_tried_again_in_a_minute(watched: Watched) -> None:
    watched.box.answers.append("452 Full")
    watched.still(75)
    assert not watched.box.arrived
    watched.still(62)
    assert len(watched.box.arrived) == 1


def test_what_the_record_can_tell_is_not_told_here(watched: Watched) -> None:
    watched.vitals.audited([FINDING])
    for _ in range(200):
        beat(watched.vitals)
        watched.still(1)
    assert not watched.box.arrived


def test_without_operators_it_is_silent(watched: Watched) -> None:
    watched.directory.operators = ()
    watched.siren.look()
    watched.still(200)
    assert not watched.box.arrived
