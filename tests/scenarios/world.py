"""The whole bot in a practice workspace over its real transport, with the clock moved by hand."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.bootstrap import RunningBot, start_bot
from bot.cli.practice import slack_manifest
from bot.domain.ids import Reference
from bot.practice.driver import Driver
from bot.practice.sample import SAMPLE_DIRECTORY, sample_cast
from bot.practice.server import PracticeServer
from bot.practice.wire import Json
from bot.settings import load
from storage.encryption import create_keyring

# People of the sample directory, by what they are to these scenarios.
OFFICER = "Priya Fernsby"  # response, refers; on duty too
POLICE_DUTY = "Dafydd Larkmoor"  # response, on duty
POLICE_LEADER = "Callum Thistlewood"
DEPARTMENT_LEAD = "Imani Oakhollow"
SUPERINTENDENT = "Victor Hawkstone-Lea"
CHIEF = "Marguerite Stormvale"
CARE_DUTY = "Nadia Elderflower"  # children's social care, front door, another Slack organisation
CARE_LEADER = "Harriet Willowmarsh"
CARE_LEAD = "Chidi Lavenham"
CARE_HEAD = "Anselm Rookwood-Dale"
CARE_EXECUTIVE = "Philippa Moorhen"

REFERENCE = re.compile(r"SG-\d\d-\d{5}")
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@dataclass(slots=True)
class World:
    """A practice workspace with the bot in it. `place` holds the bot's database and keys."""

    server: PracticeServer
    driver: Driver
    place: Path
    environment: dict[str, str]
    bot: RunningBot
    running: bool = True

    def down(self) -> None:
        """Stop the bot."""
        self.bot.stop()
        self.running = False

    def up(self) -> None:
        """Start the bot again on the same record."""
        self.running = True
        self.bot = start_bot(load(self.environment, dotenv=None), lost=lambda: None)

    def refer(
        self,
        seat: str = OFFICER,
        channel: str = "response-duty",
        *,
        concern: str = "Domestic abuse",
        grade: str = "Medium",
        ask: str = "Act now",
        children: str = "police 44-0001",
        happened: str = "Seen at the door.",
        review: Json | None = None,
        place: str = "",
    ) -> Reference:
        """Refer through the form and the review step; the reference."""
        opened = self.driver.command(seat, channel, "/refer")
        values = {
            "Concern type": concern,
            "Risk grade": grade,
            "What are you asking for?": ask,
            "Child or children": children,
            "What has happened": happened,
            **({"Address or place": place} if place else {}),
        }
        answer = self.driver.submit(seat, opened["view_id"], values)
        assert "errors" not in answer, answer
        answer = self.driver.submit(seat, answer["view_id"], review or {})
        assert "errors" not in answer, answer
        found = REFERENCE.search(str(self.driver.views(seat)[-1]["texts"]))
        assert found, self.driver.views(seat)[-1]["texts"]
        return Reference(found.group())

    def card(self, reference: str, channel: str = "front-door") -> Json:
        """The card of a case in a channel."""
        cards = [
            m for m in self.driver.messages(channel) if not m["thread_ts"] and reference in m["text"] and m["buttons"]
        ]
        assert len(cards) == 1, [m["text"] for m in cards]
        return cards[0]

    def words(self, reference: str, channel: str = "front-door") -> str:
        """Everything that the card says, blocks and all."""
        card = self.card(reference, channel)
        return f"{card['text']} {card['blocks']}"

    def thread(self, reference: str, channel: str = "front-door") -> list[str]:
        """The sentences in the thread of a card, oldest first."""
        ts = self.card(reference, channel)["ts"]
        return [m["text"] for m in self.driver.messages(channel) if m["thread_ts"] == ts and m["ts"] != ts]

    def press(
        self, seat: str, reference: str, action: str, value: str | None = None, channel: str = "front-door"
    ) -> str:
        """Press a control of a card; what the person is told."""
        answer = self.driver.click(seat, channel, self.card(reference, channel)["ts"], action, value)
        return str(answer["reply"])

    def told(self, seat: str, reference: str = "") -> list[str]:
        """The direct messages to a person, oldest first, about one case or all."""
        return [m["text"] for m in self.driver.messages(f"@{seat}") if reference in m["text"]]

    def now(self) -> datetime:
        """The practice time."""
        return datetime.fromisoformat(self.driver.get("clock")["now"])

    def errors(self) -> list[Json]:
        """Everything that went wrong between bot and workspace."""
        return [row for row in self.driver.get("log")["log"] if not row["ok"]]


@contextmanager
def world(place: Path, *, start: datetime = MONDAY, template: Path | None = None, **settings: str) -> Iterator[World]:
    """A world that begins at an instant; `template` is a migrated empty database to start from."""
    keys = place / "vigil.keys"
    create_keyring(keys)
    database = place / "vigil.db"
    if template is not None:
        shutil.copy(template, database)
    with PracticeServer(sample_cast(SAMPLE_DIRECTORY, manifest=slack_manifest()), port=0, start=start) as server:
        environment = {
            "PATH": os.defpath,
            "DATABASE_URL": f"sqlite:///{database}",
            "VIGIL_MASTER_KEY_FILE": str(keys),
            "VIGIL_DIRECTORY": str(SAMPLE_DIRECTORY),
            "VIGIL_LISTEN": "127.0.0.1:0",
            **server.bot_environment,
            **settings,
        }
        bot = start_bot(load(environment, dotenv=None), lost=lambda: None)
        here = World(server, Driver(server.url), place, environment, bot)
        try:
            yield here
        finally:
            if here.running:
                here.down()
