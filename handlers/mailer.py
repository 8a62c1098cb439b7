"""The second road: letters as e-mail over SMTP, every failure told apart, and the same Message-ID for the same notice."""

import contextlib
import hashlib
import re
import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from ipaddress import ip_address

import structlog

from bot.domain.ids import ChannelId
from bot.domain.letters import Outgoing
from bot.domain.notices import NO_MAIL_SERVER, FailureKind, Posted, SendFailed
from bot.mail_server import MailServer
from handlers.failures import NETWORK
from handlers.views.mail import compose

TIMEOUT = 10
"""Seconds for one answer of the mail server."""
BEGUN_WITHIN = 20.0
"""Seconds from the first connection until the message is handed in: what is left of the lease is for the answer."""
MAILBOX = ChannelId("mail")
"""Where an e-mail "lies", beside its Message-ID."""
GO_AHEAD, BAD, PERMANENT = 354, 300, 500
TOO_BUSY = 421
"""The server closes the line, whatever was said before."""
AUTH_REFUSED = frozenset({530, 534, 535, 538})
"""RFC 4954: authentication required, too weak, refused, or only with encryption."""

_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)

log = structlog.get_logger()


class NoMailer:
    """The second road where no mail server is set: every message on it is a dead route."""

    usable = False

    def send(self, outgoing: Outgoing, *, to: tuple[str, ...]) -> Posted:
        """SendFailed: the next people are told by another road."""
        _ = outgoing, to
        raise SendFailed(FailureKind.ROUTE_DEAD, NO_MAIL_SERVER)


class SmtpMailer:
    """The Mailer port on one mail server; a connection for each message, so that a broken one holds up nothing."""

    usable = True

    def __init__(self, server: MailServer, *, context: ssl.SSLContext | None = None, timeout: float = TIMEOUT) -> None:
        self._server = server
        self._context = context or ssl.create_default_context()
        self._timeout = timeout

    def send(self, outgoing: Outgoing, *, to: tuple[str, ...]) -> Posted:
        """Send one message, the same Message-ID whenever its key is the same. One address taken is a success."""
        mail = compose(outgoing)
        message = self._message(mail.subject, mail.text, outgoing.key, format_datetime(outgoing.sent_at), to)
        if mail.thread:
            message["References"] = self._id(mail.thread)
        self._hand_in(message, to)
        return Posted(MAILBOX, str(message["Message-ID"]))

    def say(self, subject: str, text: str, *, key: str, at: datetime, to: tuple[str, ...]) -> None:
        """Send a line of the bot's own, read from no record: for when there is none to be read."""
        self._hand_in(self._message(subject, text, key, format_datetime(at), to), to)

    def _id(self, key: str) -> str:
        """A name that says nothing of the key to whoever reads the headers."""
        return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{self._server.sender.partition('@')[2]}>"

    def _message(self, subject: str, text: str, key: str, at: str, to: tuple[str, ...]) -> EmailMessage:
        message = EmailMessage()
        message["From"] = f"Vigil <{self._server.sender}>"
        message["To"] = to[0] if len(to) == 1 else "undisclosed-recipients:;"
        message["Subject"] = subject
        message["Date"] = at
        message["Message-ID"] = self._id(key)
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        message.set_content(text, cte="quoted-printable")
        return message

    def _hand_in(self, message: EmailMessage, to: tuple[str, ...]) -> None:
        """Hand a message in; SendFailed with its class when the server does not take it for anybody."""
        began = time.monotonic()
        with _told_apart(), self._connected() as smtp:
            refused = self._addressed(smtp, to)
            if len(refused) == len(to):
                code = min(refused.values())
                kind = FailureKind.ROUTE_DEAD if code >= PERMANENT else FailureKind.REFUSED
                raise SendFailed(kind, f"recipient_{code}")
            if refused:
                log.warning("mail_address_refused", codes=sorted(refused.values()))
            if time.monotonic() - began > BEGUN_WITHIN:
                raise SendFailed(FailureKind.REFUSED, "slow_answers")
            _handed_over(smtp, message)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server, context = self._server, self._context
        if server.tls:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=self._timeout, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=self._timeout)
        try:
            smtp.ehlo_or_helo_if_needed()
            if not server.tls and smtp.has_extn("starttls"):
                smtp.starttls(context=context)
                smtp.ehlo_or_helo_if_needed()
            if server.user:
                self._log_in(smtp)
            yield smtp
        finally:
            smtp.close()

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        """A password goes over an encrypted line, or to this machine, and nowhere else."""
        if not isinstance(smtp.sock, ssl.SSLSocket) and not _is_here(self._server.host):
            raise SendFailed(FailureKind.CREDENTIAL_DEAD, "no_encryption")
        ways = {"PLAIN": smtp.auth_plain, "LOGIN": smtp.auth_login}
        offered = smtp.esmtp_features.get("auth", "").upper().split()
        way = next((name for name in ways if name in offered), None)
        if way is None:
            raise SendFailed(FailureKind.CREDENTIAL_DEAD, "no_login_offered")
        smtp.user, smtp.password = self._server.user, self._server.password
        smtp.auth(way, ways[way])  # one way only: after a refusal many servers hang up, and the next would hide it

    def _addressed(self, smtp: smtplib.SMTP, to: tuple[str, ...]) -> dict[str, int]:
        """Begin a message; the code for each address that the server refuses."""
        code, said = smtp.mail(self._server.sender)
        if code >= BAD:
            raise smtplib.SMTPSenderRefused(code, said, self._server.sender)
        refused = {}
        for address in to:
            code, said = smtp.rcpt(address)
            if code == TOO_BUSY:
                raise smtplib.SMTPResponseException(code, said)
            if code >= BAD:
                refused[address] = code
        return refused


@contextmanager
def _told_apart() -> Iterator[None]:
    """Everything that goes wrong before the message is handed over: certainly not accepted."""
    try:
        yield
    except smtplib.SMTPSenderRefused as error:
        raise _refused(error.smtp_code, "sender", FailureKind.CREDENTIAL_DEAD) from None
    except smtplib.SMTPAuthenticationError as error:
        raise _refused(error.smtp_code, "login", FailureKind.CREDENTIAL_DEAD) from None
    except smtplib.SMTPResponseException as error:
        kind = FailureKind.CREDENTIAL_DEAD if error.smtp_code in AUTH_REFUSED else FailureKind.REFUSED
        raise SendFailed(kind, f"smtp_{error.smtp_code}") from None
    except (smtplib.SMTPException, *NETWORK) as error:
        raise SendFailed(FailureKind.REFUSED, type(error).__name__) from None


def _refused(code: int, what: str, lasting: FailureKind) -> SendFailed:
    """A server that says no for good (5xx), or for now (4xx)."""
    return SendFailed(lasting if code >= PERMANENT else FailureKind.REFUSED, f"{what}_{code}")


def _handed_over(smtp: smtplib.SMTP, message: EmailMessage) -> None:
    """Send the message itself. Once its last line is out, silence leaves it in doubt."""
    code, _ = smtp.docmd("DATA")
    if code != GO_AHEAD:
        raise _refused(code, "data", FailureKind.CONTENT_BAD)
    body = _LEADING_DOT.sub(b"..", message.as_bytes(policy=SMTP))
    try:
        smtp.send(body + b".\r\n")
        code, _ = smtp.getreply()
    except (smtplib.SMTPException, *NETWORK) as error:
        raise SendFailed(FailureKind.UNKNOWN, type(error).__name__) from None
    if code >= BAD:
        raise _refused(code, "data", FailureKind.CONTENT_BAD)
    with contextlib.suppress(smtplib.SMTPException, *NETWORK):  # it has the message: how it takes its leave is all one
        smtp.putcmd("QUIT")


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
