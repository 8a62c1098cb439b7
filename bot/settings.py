"""Settings: the environment and `.env`, read once, checked, frozen. The only reader of the environment."""

import os
from collections.abc import Mapping
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.mail_server import MailServerRefused, mail_server

SLACK = "https://slack.com/api/"
MOST_PORT = 65535


class SettingsRefused(Exception):
    """A setting is missing or wrong; the text is one sentence a setting, each with its mend."""


class PortTaken(Exception):
    """Another program listens where the bot is to; the text is one sentence with its mend."""


class Mode(StrEnum):
    """How Slack reaches the bot."""

    SOCKET = "socket"
    HTTP = "http"


class LogStyle(StrEnum):
    """How the log is written."""

    JSON = "json"
    CONSOLE = "console"


class Settings(BaseSettings):
    """Where this deployment's tokens, files and servers are. What a force decides is policy, not a setting."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", case_sensitive=False)

    slack_bot_token: SecretStr = SecretStr("")
    slack_app_token: SecretStr = SecretStr("")
    slack_signing_secret: SecretStr = SecretStr("")
    slack_api_url: str = SLACK
    vigil_mode: Mode = Mode.SOCKET
    vigil_listen: str = "127.0.0.1:8080"
    database_url: SecretStr = SecretStr("sqlite:///vigil.db")
    vigil_policy: Path | None = None
    vigil_directory: Path | None = None
    vigil_master_key_file: Path = Path("vigil.keys")
    vigil_db_key_file: Path | None = None
    vigil_smtp_url: SecretStr = SecretStr("")
    vigil_deadman_url: SecretStr = SecretStr("")
    vigil_intake_secret: SecretStr = SecretStr("")
    vigil_log: LogStyle = LogStyle.JSON
    vigil_clock_url: str = ""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load` passes in: it has read the environment and `.env` already, empty values left out."""
        _ = settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


NAMES = tuple(name.upper() for name in Settings.model_fields)
MENDS = {
    "vigil_mode": "set it to socket or http",
    "vigil_log": "set it to json or console",
}


def load(environment: Mapping[str, str] | None = None, *, dotenv: Path | None = Path(".env")) -> Settings:
    """The settings of an environment (this process's by default), `.env` filling what it leaves out.

    A process that is told to follow the practice clock leaves `.env` alone: it may hold a real workspace's tokens.
    SettingsRefused names every setting that is wrong, and the mend.
    """
    here = dict(os.environ if environment is None else environment)
    practising = bool(here.get("VIGIL_CLOCK_URL"))
    filled = dotenv_values(dotenv) if dotenv is not None and dotenv.is_file() and not practising else {}
    merged = {**{k: v for k, v in filled.items() if v}, **{k: v for k, v in here.items() if v}}
    values = {name.lower(): merged[name] for name in NAMES if name in merged}
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        names = dict.fromkeys(str(problem["loc"][0]) for problem in error.errors())
        lines = [f"{name.upper()} is not understood: {MENDS.get(name, 'see .env.example')}." for name in names]
        raise SettingsRefused("\n".join(lines)) from None
    problems = _problems(settings)
    if problems:
        raise SettingsRefused("\n".join(problems))
    return settings


def require_slack(settings: Settings) -> None:
    """SettingsRefused unless everything that `vigil run` needs of Slack is there."""
    needed = [("SLACK_BOT_TOKEN", settings.slack_bot_token, "xoxb-", "OAuth & Permissions")]
    if settings.vigil_mode is Mode.SOCKET:
        needed.append(("SLACK_APP_TOKEN", settings.slack_app_token, "xapp-", "Basic Information, App-Level Tokens"))
    problems = []
    for name, secret, prefix, page in needed:
        value = secret.get_secret_value()
        if not value:
            problems.append(f"{name} is not set: put the token from your Slack app's page “{page}” into .env.")
        elif not value.startswith(prefix):
            problems.append(f"{name} is another kind of token: it starts with {prefix}; find it under “{page}”.")
    if settings.vigil_mode is Mode.HTTP and not settings.slack_signing_secret.get_secret_value():
        problems.append(
            "SLACK_SIGNING_SECRET is not set, and in HTTP mode it is all that tells Slack's requests from anybody's: "
            "put the one from your Slack app's page “Basic Information” into .env."
        )
    if problems:
        raise SettingsRefused("\n".join(problems))


def require_directory(settings: Settings) -> Path:
    """The directory file; SettingsRefused when it is not set or not there."""
    if settings.vigil_directory is None:
        raise SettingsRefused(
            "VIGIL_DIRECTORY is not set: name the TOML file that says who is who (docs/directory.md)."
        )
    return settings.vigil_directory


def _problems(settings: Settings) -> list[str]:
    found = []
    if not settings.slack_api_url.endswith("/"):
        found.append(f"SLACK_API_URL must end in a slash: write {settings.slack_api_url}/.")
    for name, path in (("VIGIL_POLICY", settings.vigil_policy), ("VIGIL_DIRECTORY", settings.vigil_directory)):
        if path is not None and not path.is_file():
            found.append(f"{name} names {path}, and there is no such file: mend the path.")
    host, _, port = settings.vigil_listen.rpartition(":")
    if not host or not port.isdecimal() or int(port) > MOST_PORT:
        found.append("VIGIL_LISTEN must be an address and a port, for example 127.0.0.1:8080.")
    deadman = settings.vigil_deadman_url.get_secret_value()
    if deadman and not (deadman.startswith(("https://", "http://")) and _host(deadman)):
        found.append("VIGIL_DEADMAN_URL is no address of the web: write it with https:// and the name of its server.")
    smtp = settings.vigil_smtp_url.get_secret_value()
    if smtp:
        try:
            mail_server(smtp)
        except MailServerRefused as refused:
            found.append(f"VIGIL_SMTP_URL: {refused}")
    if settings.vigil_clock_url and not (loopback(settings.vigil_clock_url) and loopback(settings.slack_api_url)):
        found.append(
            "VIGIL_CLOCK_URL is for practice only: it is refused unless it and SLACK_API_URL are on this machine "
            "(127.0.0.1). Take it out."
        )
    return found


def loopback(url: str) -> bool:
    """Whether a URL is on this machine."""
    host = _host(url)
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _host(url: str) -> str:
    """The server that a URL names; empty when it names none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
