"""`vigil check`: everything a deployment needs, looked at once, with the mend for each thing that is not in order."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from stat import S_IRWXG, S_IRWXO
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import FAILED, refusals, say, show

if TYPE_CHECKING:
    from bot.domain.directory import Directory
    from bot.settings import Settings
    from handlers.inspection import Inspected

CALENDAR_WARNING = timedelta(days=90)


def register(app: typer.Typer) -> None:
    """Put the command on the root."""
    app.command()(check)


def check(
    offline: Annotated[bool, typer.Option("--offline", help="Leave Slack out: only what is on this machine.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Look at settings, keys, database, policy and directory, and ask Slack about tokens, channels and people.

    Nothing is posted and nothing is changed. The status is 1 when anything is not in order.
    """
    rows = sorted(_everything(offline=offline), key=lambda row: not row.in_order)  # what to mend last: there one looks
    wrong = [row for row in rows if not row.in_order]
    table = [{"state": "in order" if row.in_order else "MEND"} | asdict(row) for row in rows]
    shown = ("state", "what", "found", "mend")
    title = f"{len(rows)} things looked at, {len(wrong)} to mend"
    show(
        [{name: row[name] for name in (*shown, "in_order")} for row in table],
        as_json=as_json,
        title=title,
        empty="",
        table=shown,
    )
    if wrong and not as_json:
        say(f"{len(wrong)} of {len(rows)} are not in order; each row above says how to mend it.")
    raise typer.Exit(FAILED if wrong else 0)


def _everything(*, offline: bool) -> "Iterator[Inspected]":
    from bot.settings import SettingsRefused, load
    from handlers.inspection import Inspected

    try:
        settings = load()
    except SettingsRefused as refused:
        for line in str(refused).splitlines():
            yield Inspected("settings", in_order=False, found=line, mend="See .env.example.")
        return
    yield from _secrets(settings)
    yield _looked_at("database", lambda: _database(settings))
    yield _looked_at("policy", lambda: _policy(settings))
    directory = yield from _directory(settings)
    if directory is not None:
        yield _looked_at("roads", lambda: _roads(settings))
    if not offline:
        yield from _slack(settings, directory)


def _looked_at(what: str, look: Callable[[], str]) -> "Inspected":
    """What a look answers, or the sentence of its refusal, which holds the mend."""
    from handlers.inspection import Inspected

    try:
        return Inspected(what, in_order=True, found=look())
    except refusals() as refused:
        return Inspected(what, in_order=False, found=str(refused), mend="As it says.")


def _secrets(settings: "Settings") -> "Iterator[Inspected]":
    """Files that only the bot's own account may read."""
    from handlers.inspection import Inspected

    yield _looked_at("master key file", lambda: _keys(settings))
    dotenv = Path(".env")
    if dotenv.is_file():
        open_to = dotenv.stat().st_mode & (S_IRWXG | S_IRWXO)
        found = "others on this machine may read the tokens in it" if open_to else "readable by its owner alone"
        yield Inspected(".env", in_order=not open_to, found=found, mend="chmod 600 .env" if open_to else "")


def _keys(settings: "Settings") -> str:
    from storage.encryption import load_keyring

    fingerprints = load_keyring(settings.vigil_master_key_file).fingerprints
    return f"{settings.vigil_master_key_file}: {', '.join(fingerprints.values())}"


def _database(settings: "Settings") -> str:
    from bot.bootstrap import open_storage
    from storage.encryption import load_keyring
    from storage.schema import check_schema
    from storage.unit_of_work import SqlStore

    database = open_storage(settings)
    try:
        check_schema(database)
        SqlStore(database, load_keyring(settings.vigil_master_key_file)).check_key()
        return database.sentence
    finally:
        database.close()


def _roads(settings: "Settings") -> str:
    """What the bot itself found dead while it sent, or in its nightly look."""
    from bot.bootstrap import open_desk
    from bot.domain.errors import Refusal
    from bot.domain.wording import full_moment

    with open_desk(settings) as desk:
        dead = desk.dead_routes()
    if not dead:
        return "none is known to be dead"
    said = "; ".join(
        f"{d.destination.kind} {d.destination.id} since {full_moment(d.since_at)} ({d.code})" for d in dead
    )
    raise Refusal(
        f"Messages do not arrive: {said}. Correct the directory, the channel or the account; each night looks again."
    )


def _policy(settings: "Settings") -> str:
    from bot.clock import SystemClock
    from bot.domain.errors import Refusal
    from bot.policy_file import load_policy

    policy = load_policy(settings.vigil_policy)
    left = policy.calendar.known_until - policy.calendar.day_of(SystemClock().now())
    if left < CALENDAR_WARNING:
        raise Refusal(
            f"The calendar of policy {policy.name} is vouched for until {policy.calendar.known_until} only. Look up the "
            "bank holidays after it, put them into [calendar] and move known_until on."
        )
    return f"{policy.name} ({policy.version}), calendar known until {policy.calendar.known_until}"


def _directory(settings: "Settings") -> "Generator[Inspected, None, Directory | None]":
    from bot.directory_file import load_directory
    from bot.policy_file import load_policy
    from bot.services.synthetic import state_of
    from bot.settings import require_directory
    from handlers.inspection import Inspected

    try:
        policy = load_policy(settings.vigil_policy)
        directory = load_directory(require_directory(settings), policy.concerns)
    except refusals() as refused:
        mend = "As it says; docs/directory.md has every key."
        yield Inspected("directory", in_order=False, found=str(refused), mend=mend)
        return None
    people = sum(person.active for person in directory.people.values())
    found = f"{len(directory.agencies)} agencies, {len(directory.teams)} teams, {people} people ({directory.version})"
    yield Inspected("directory", in_order=True, found=found)
    yield Inspected("synthetic case", in_order=True, found=state_of(policy, directory))
    return directory


def _slack(settings: "Settings", directory: "Directory | None") -> "Iterator[Inspected]":
    from bot.settings import Mode, SettingsRefused, require_slack
    from handlers.inspection import Inspected, inspect_channels, inspect_groups, inspect_people, inspect_tokens
    from handlers.messenger import web_client

    try:
        require_slack(settings)
    except SettingsRefused as refused:
        for line in str(refused).splitlines():
            yield Inspected("Slack", in_order=False, found=line, mend="As it says.")
        return
    client = web_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
    app_token = settings.slack_app_token.get_secret_value() if settings.vigil_mode is Mode.SOCKET else ""
    home = directory.police.workspace if directory else ""
    tokens = list(inspect_tokens(client, app_token=app_token, workspace=home))
    yield from tokens
    if directory is not None and tokens[0].in_order:
        yield from inspect_channels(client, directory)
        yield from inspect_groups(client, directory)
        yield from inspect_people(client, directory)
