"""A mail server on this machine, for tests: it keeps what arrives, and answers as it is told to."""

import ssl
from asyncio import Server, Transport
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

PASSWORD = "open sesame"


@dataclass
class Inbox:
    """What arrived, oldest first, and what the server answers instead of taking a message.

    `refusing` has an answer ("450 Later") by address; `answers` are given to the next messages instead of taking them.
    """

    host: str = ""
    port: int = 0
    arrived: list[tuple[tuple[str, ...], EmailMessage]] = field(default_factory=list)
    refusing: dict[str, str] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)
    drops: int = 0
    """How many of the next messages are taken and then answered by a broken line."""
    logins: list[str] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's own name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refusing:
            return self.refusing[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - same
        if self.answers:
            return self.answers.pop(0)
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
        self.arrived.append((tuple(envelope.rcpt_tos), message))
        if self.drops:
            self.drops -= 1
            if isinstance(server.transport, Transport):
                server.transport.abort()
        return "250 Taken"

    def to(self, address: str) -> list[EmailMessage]:
        """What arrived for an address, oldest first."""
        return [message for addresses, message in self.arrived if address in addresses]

    def subjects(self, address: str) -> list[str]:
        """The subjects of what arrived for an address."""
        return [str(message["Subject"]) for message in self.to(address)]

    def words(self, address: str) -> list[str]:
        """The text of what arrived for an address."""
        return [str(message.get_content()) for message in self.to(address)]

    @property
    def url(self) -> str:
        """What VIGIL_SMTP_URL is set to."""
        return f"smtp://{self.host}:{self.port}?from=vigil@police.example.org"


def encrypted(place: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A certificate for this machine made for the test: the server's context, and one of a client that trusts it."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")]),
    )
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = place / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem.write_bytes(private + signed.public_bytes(Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cadata=signed.public_bytes(Encoding.PEM).decode())


class _Server(Controller):
    """A controller that finds its own free port."""

    def _trigger_server(self) -> None:
        if isinstance(self.server, Server):
            self.hostname, self.port = self.server.sockets[0].getsockname()[:2]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd is typed in part


@contextmanager
def inbox(*, tls: ssl.SSLContext | None = None, user: str = "") -> Iterator[Inbox]:
    """A mail server at work; with a context it offers STARTTLS, with a user it asks for them and PASSWORD."""
    box = Inbox()

    def check(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object) -> AuthResult:
        given = data if isinstance(data, LoginPassword) else LoginPassword(b"", b"")
        box.logins.append(given.login.decode())
        return AuthResult(success=given == LoginPassword(user.encode(), PASSWORD.encode()), handled=False)

    controller = _Server(
        box,
        hostname="127.0.0.1",
        port=0,
        tls_context=tls,
        authenticator=check if user else None,
        auth_required=bool(user),
        auth_require_tls=tls is not None,
    )
    controller.start()
    try:
        box.host, box.port = controller.hostname, controller.port
        yield box
    finally:
        controller.stop()
