"""The mail server of the second road: VIGIL_SMTP_URL taken apart, every mistake in it told in one sentence."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

PORTS = {"smtp": 587, "smtps": 465}
MOST_PORT = 65535
EXAMPLE = "smtps://user:password@mail.example.org?from=vigil@example.org"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where e-mail is handed in: `tls` from the first byte, else STARTTLS when offered; `sender` is the From address."""

    host: str
    port: int
    tls: bool
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


class MailServerRefused(ValueError):
    """The address of the mail server is not usable; the text is one sentence with its mend, without the password."""


def mail_server(url: str) -> MailServer:
    """The server of an `smtp://` or `smtps://` URL; MailServerRefused says what is wrong with it."""
    try:
        parts = urlsplit(url)
        port, host, query = parts.port, parts.hostname or "", parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError:
        raise MailServerRefused(f"it is not an address: write it like {EXAMPLE}.") from None
    if parts.scheme not in PORTS or not host or parts.path.strip("/"):
        raise MailServerRefused(f"it names no mail server: write it like {EXAMPLE}.")
    strange = sorted(set(query) - {"from"})
    if strange:
        raise MailServerRefused(f"it has a part that means nothing here ({', '.join(strange)}): keep to ?from=.")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise MailServerRefused(
            "it names a user or a password without the other: write both, as user:password@, or neither."
        )
    sender = query.get("from", [user])[0]
    if not _is_address(sender):
        raise MailServerRefused(
            "it does not say from whom e-mail comes: add ?from= and one address, such as ?from=vigil@example.org."
        )
    return MailServer(host, port or PORTS[parts.scheme], parts.scheme == "smtps", sender, user, password)


def _is_address(text: str) -> bool:
    name, at, domain = text.partition("@")
    fits = bool(name and at and "." in domain.strip(".")) and text.isascii() and text.isprintable()
    return fits and not set(text) & set(' <>,;:"()[]\\') and "@" not in domain
