"""A mail server on this machine: the second road of a scenario, and every letter that went by it."""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.policy import default

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.scenarios.accounts import Said

SENDER = "vigil@force.example.org"


@dataclass(slots=True)
class PostOffice:
    """What was handed in, one entry for each address. `says` answers the next messages instead of taking them."""

    names: Mapping[str, str]
    url: str = ""
    letters: list[Said] = field(default_factory=list)
    says: list[str] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Take one message."""
        with self.guard:
            if self.says:
                return self.says.pop(0)
            assert isinstance(envelope.content, bytes)
            letter = message_from_bytes(envelope.content, policy=default)
            words = " ".join(f"{letter['Subject']} {letter.get_content()}".split())
            at = datetime.strptime(letter["Date"], "%a, %d %b %Y %H:%M:%S %z").timestamp()
            for address in envelope.rcpt_tos:
                place = f"e-mail to {self.names.get(address, address)}"
                self.letters.append(Said((f"{place} {len(self.letters)}", f"{at:.6f}"), place, words))
        return "250 taken"

    def sent(self) -> list[Said]:
        """Every letter so far, the oldest first."""
        with self.guard:
            return list(self.letters)


@contextmanager
def post_office(names: Mapping[str, str]) -> Iterator[PostOffice]:
    """An open mail server; `names` are people's by their address."""
    office = PostOffice(names)
    loop = asyncio.new_event_loop()
    opening = loop.create_server(lambda: SMTP(office, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", 0)
    server = loop.run_until_complete(opening)
    thread = threading.Thread(target=loop.run_forever, name="post-office", daemon=True)
    thread.start()
    office.url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}?from={SENDER}"
    try:
        yield office
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.run_until_complete(server.wait_closed())
        loop.close()
