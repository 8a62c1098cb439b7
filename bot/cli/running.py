"""`vigil run`, `vigil migrate`, `vigil keys`."""

from typing import Annotated

import typer

from bot.cli.console import KEYS, say, show

keys = typer.Typer(help="The master key file.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Put these commands on the root."""
    app.command()(run)
    app.command()(migrate)
    app.add_typer(keys, name="keys")


def run() -> None:
    """Run the bot: Slack, the engine and its timers, until interrupted."""
    from bot.settings import load, require_directory, require_slack

    settings = load()
    require_slack(settings)
    require_directory(settings)
    from bot.bootstrap import run_bot  # a wrong setting is told at once, not after everything was loaded

    raise typer.Exit(run_bot(settings))


def migrate(
    check: Annotated[bool, typer.Option("--check", help="Only say whether the tables are of this version.")] = False,
) -> None:
    """Bring the database's tables to this version."""
    from bot.bootstrap import open_storage
    from bot.settings import load
    from storage.schema import check_schema
    from storage.schema import migrate as bring_up

    database = open_storage(load())
    try:
        if not check:
            bring_up(database)
        check_schema(database)
    finally:
        database.close()
    say("The tables are of this version.")


@keys.command("init")
def keys_init() -> None:
    """Make the master key file. It is never overwritten: without it nothing that is sealed can be opened."""
    from bot.settings import load
    from storage.encryption import create_keyring

    path = load().vigil_master_key_file
    if path.exists():
        say(f"{path} is there already and is left as it is.")
        raise typer.Exit(KEYS)
    create_keyring(path)
    say(f"Made {path}. Keep a copy of it away from the database and its backups.")


@keys.command("status")
def keys_status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Show the fingerprints of the keys, oldest first, never the keys."""
    from bot.settings import load
    from storage.encryption import load_keyring

    keyring = load_keyring(load().vigil_master_key_file)
    rows = [{"key": key, "fingerprint": fingerprint} for key, fingerprint in keyring.fingerprints.items()]
    show(rows, as_json=as_json, title="Keys", empty="")
