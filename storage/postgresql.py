"""PostgreSQL as the bot trusts it: the settings of each connection, read back once at start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.errors import DatabaseRefused

if TYPE_CHECKING:
    from sqlalchemy import Connection

# Name: (what is sent, what SHOW answers).
_SETTINGS = {
    "synchronous_commit": ("on", "on"),
    "statement_timeout": ("5000", "5s"),
    "lock_timeout": ("2000", "2s"),
    "idle_in_transaction_session_timeout": ("10000", "10s"),
    "timezone": ("UTC", "UTC"),
}


def connect_args() -> dict[str, object]:
    """Return psycopg's arguments: every setting sent with the connection, five seconds to connect."""
    options = " ".join(f"-c {name}={sent}" for name, (sent, _shown) in _SETTINGS.items())
    return {"options": options, "connect_timeout": 5, "application_name": "vigil"}


def check_settings(connection: Connection) -> None:
    """Raise DatabaseRefused when the server (or a pooler before it) did not take a setting."""
    for name, (sent, shown) in _SETTINGS.items():
        got = connection.exec_driver_sql(f"SHOW {name}").scalar_one()
        if got != shown:
            message = (
                f"PostgreSQL did not take the setting {name}={sent} (it says {got}); "
                "connect to the server itself, not through a pooler that drops options."
            )
            raise DatabaseRefused(message)
