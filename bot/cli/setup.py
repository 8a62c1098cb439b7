"""`vigil init`: from nothing to a bot that can run: manifest, tokens, keys, directory, tables and a first test notice."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.console import FAILED, say
from bot.cli.starting import Named, Staffed, directory_text

if TYPE_CHECKING:
    from bot.settings import Settings
    from handlers.inspection import Workspace

MANIFEST = Path("slack-manifest.json")
DOTENV = Path(".env")
DIRECTORY = Path("directory.toml")
TEST_NOTICE = (
    "Vigil is set up and can post here. This is a test notice: nothing has happened and nobody needs to do anything."
)


def register(app: typer.Typer) -> None:
    """Put the command on the root."""
    app.command()(init)


def init(
    request_url: Annotated[
        str, typer.Option(help="HTTP mode: the public address that Slack sends to, ending in /slack/events.")
    ] = "",
) -> None:
    """Set up a deployment in this directory, step by step. Whatever is there already is left as it is."""
    _write_manifest(request_url)
    settings = _settings(request_url)
    client = _connected(settings)
    _make_keys(settings)
    directory = _make_directory(settings, client)
    _write_env({"VIGIL_DIRECTORY": str(directory)} if directory else {})
    _make_tables()
    control = _control_channel(directory)
    if client is not None and control is not None:
        _test_notice(client, control)
    say("Next: `vigil check` looks at everything, `vigil run` starts the bot.")


def _write_manifest(request_url: str) -> None:
    from handlers.manifest import SCOPES, manifest

    if request_url and not request_url.startswith("https://"):
        say("The request URL must begin with https://: Slack sends to nothing else.")
        raise typer.Exit(FAILED)
    MANIFEST.write_text(json.dumps(manifest(request_url=request_url), indent=2, ensure_ascii=False) + "\n", "utf-8")
    say(
        f"1. Wrote {MANIFEST}. At api.slack.com/apps choose “Create New App”, “From a manifest”, and paste it. It asks for:"
    )
    for scope, why in SCOPES.items():
        say(f"   {scope:18}{why}")
    say("   Install the app into the force's workspace, and invite it into every channel of the directory.")


def _settings(request_url: str) -> "Settings":
    """The settings so far, with the tokens asked for that are not there yet."""
    from bot.settings import load

    found = load()
    asked: dict[str, str] = {}
    if not found.slack_bot_token.get_secret_value():
        asked["SLACK_BOT_TOKEN"] = _secret("2. Bot User OAuth Token, from “OAuth & Permissions”", "xoxb-")
    if request_url:
        asked["VIGIL_MODE"] = "http"
        if not found.slack_signing_secret.get_secret_value():
            asked["SLACK_SIGNING_SECRET"] = _secret("   Signing Secret, from “Basic Information”", "")
    elif not found.slack_app_token.get_secret_value():
        said = "   App-level token with connections:write, from “Basic Information”"
        asked["SLACK_APP_TOKEN"] = _secret(said, "xapp-")
    _write_env({name: value for name, value in asked.items() if value})
    return load()


def _secret(what: str, prefix: str) -> str:
    """A secret typed unseen; nothing when it is left for later."""
    while True:
        typed: str = typer.prompt(f"{what} (Enter: later)", default="", show_default=False, hide_input=True, err=True)
        if not typed or typed.startswith(prefix):
            return typed.strip()
        say(f"   That is another kind of token: this one starts with {prefix}.")


def _write_env(values: dict[str, str]) -> None:
    """Add settings to .env, readable by its owner alone; a line that is there already is never changed."""
    if not DOTENV.exists():
        DOTENV.touch(mode=0o600)
        DOTENV.write_text("# Settings of this deployment; .env.example explains every one.\n", "utf-8")
    text = DOTENV.read_text("utf-8")
    there = {line.partition("=")[0].strip() for line in text.splitlines() if line.partition("=")[2].strip()}
    lines = [f"{name}={value}\n" for name, value in values.items() if name not in there]
    DOTENV.write_text(text + "".join(lines), "utf-8")
    DOTENV.chmod(0o600)


def _connected(settings: "Settings") -> "Workspace | None":
    """Slack with a token that it accepts; None when there is none yet, or Slack cannot be reached."""
    from bot.domain.notices import SendFailed
    from handlers.inspection import Workspace
    from handlers.messenger import check_token, web_client

    token = settings.slack_bot_token.get_secret_value()
    if not token:
        say("   No bot token yet: everything that needs Slack is left for the next `vigil init`.")
        return None
    client = web_client(token, settings.slack_api_url)
    try:
        check_token(client)
    except SendFailed as failed:
        say(f"   Slack does not take the bot token ({failed.code}): correct SLACK_BOT_TOKEN in .env and start again.")
        raise typer.Exit(FAILED) from None
    say("   Slack takes the bot token.")
    return Workspace(client)


def _make_keys(settings: "Settings") -> None:
    from storage.encryption import create_keyring

    path = settings.vigil_master_key_file
    if path.exists():
        say(f"3. {path} is there already and is left as it is.")
        return
    create_keyring(path)
    say(f"3. Made the master key {path}. Keep a copy of it away from the database and its backups.")


def _make_directory(settings: "Settings", client: "Workspace | None") -> Path | None:
    """The directory file: the one that is there, or one made of answers; None when it is left for later."""
    here = settings.vigil_directory or (DIRECTORY if DIRECTORY.is_file() else None)
    if here is not None:
        say(f"4. The directory {here} is there already and is left as it is.")
        return here
    said = "4. Make a first directory file now, by about twenty questions?"
    if not typer.confirm(said, default=client is not None, err=True):
        say("   Later, then: start from bot/practice/directory.toml, which is a whole example (docs/directory.md).")
        return None
    return _asked_directory(client)


def _asked_directory(client: "Workspace | None") -> Path | None:
    home = client.team() if client is not None else ""
    control, force_channel = _ask("Control channel ID (the bot's own faults)"), _ask("Channel ID of the weekly digest")
    force = _agency("police", "The force", home, client, department=_ask("Department that the first team belongs to"))
    partner = None
    if typer.confirm(
        "   Is children's social care in Slack too, as guests or over Slack Connect?", default=True, err=True
    ):
        partner = _agency("social_care", "Children's social care", "", client)
    DIRECTORY.write_text(directory_text(force, partner, control=control, force_channel=force_channel), "utf-8")
    say(f"   Wrote {DIRECTORY}. Add the other teams, people and partners to it when you are ready.")
    return DIRECTORY


def _control_channel(directory: Path | None) -> str | None:
    """The control channel; None without a directory, or when the file needs correcting, which is said."""
    from bot.directory_file import DirectoryProblems, load_directory
    from bot.policy_file import load_policy
    from bot.settings import load

    if directory is None:
        return None
    try:
        return load_directory(directory, load_policy(load().vigil_policy).concerns).control_channel
    except DirectoryProblems as problems:
        say(f"   {directory} needs correcting before the bot can start:\n{problems}")
        return None


def _agency(kind: str, what: str, workspace: str, client: "Workspace | None", *, department: str = "") -> Staffed:
    return Staffed(
        name=_ask(f"{what}: name, as people say it"),
        kind=kind,
        workspace=workspace or _ask(f"{what}: Slack workspace ID (T…)"),
        team=_ask(f"{what}: first team's name"),
        channel=_ask(f"{what}: first team's channel ID (C…)"),
        duty=_person(f"{what}: who is on duty", client),
        leader=_person(f"{what}: the team's leader", client),
        lead=_person(f"{what}: the lead who answers for the department or service", client),
        head=_person(f"{what}: the superintendent or head of service", client),
        executive=_person(f"{what}: the chief officer or executive", client),
        department=department,
    )


def _person(what: str, client: "Workspace | None") -> Named:
    """Somebody by their Slack member ID; their name is read from Slack where that is possible."""
    slack = _ask(f"{what}: Slack member ID (U…)")
    name = client.name_of(slack) if client is not None else ""
    if name:
        say(f"      {name}")
        return Named(name, slack)
    if client is not None:
        say("      Slack does not know that member ID here; it is kept as typed.")
    return Named(_ask(f"{what}: name"), slack)


def _ask(what: str) -> str:
    answer: str = typer.prompt(f"   {what}", err=True)
    return answer.strip()


def _make_tables() -> None:
    from bot.bootstrap import open_storage, prepare
    from bot.settings import load

    database = open_storage(load())
    try:
        prepare(database, practising=False)
        say(f"5. The tables are there: {database.sentence}.")
    finally:
        database.close()


def _test_notice(client: "Workspace", channel: str) -> None:
    """Post one line into the control channel, if the operator wants it."""
    if not typer.confirm("6. Post a first test notice into the control channel?", default=True, err=True):
        return
    refused = client.post(channel, TEST_NOTICE)
    if refused:
        say(f"   Slack refused it ({refused}): invite the bot into {channel} (/invite @Vigil) and start again.")
        raise typer.Exit(FAILED)
    say("   It is there: look at the channel.")
