"""`vigil init` typed through by a newcomer, against a workspace that answers as Slack does."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.cli.practice import slack_manifest
from bot.directory_file import load_directory
from bot.domain.ids import TeamId
from bot.policy_file import load_policy
from bot.practice.driver import Driver
from bot.practice.sample import SAMPLE_DIRECTORY, sample_cast
from bot.practice.server import PracticeServer
from bot.settings import NAMES
from handlers.manifest import SCOPES
from tests.cli.conftest import Operator, process_kept

SAMPLE = load_directory(SAMPLE_DIRECTORY, load_policy(None).concerns)
UNSHARED = next(t.channel for t in SAMPLE.teams.values() if t.agency == SAMPLE.police.id and t.id != "response")


@pytest.fixture
def workspace() -> Iterator[PracticeServer]:
    with PracticeServer(sample_cast(SAMPLE_DIRECTORY, manifest=slack_manifest()), port=0) as server:
        yield server


def typed(operator: Operator, answers: list[str], *arguments: str, **settings: str) -> Result:
    """`vigil init` with these lines typed."""
    with pytest.MonkeyPatch.context() as shell, process_kept():
        shell.chdir(operator.place)
        for name in NAMES:
            shell.delenv(name, raising=False)
        for name, value in settings.items():
            shell.setenv(name, value)
        return CliRunner().invoke(app, ["init", *arguments], input="\n".join(answers) + "\n")


def member(name: str) -> str:
    """A person's Slack member ID in the practice workspace."""
    return next(str(person.slack) for person in SAMPLE.people.values() if person.name == name)


def five(*names: str) -> list[str]:
    return [member(name) for name in names]


def questions(*, partner: bool = True) -> list[str]:
    """Answers to every question about the directory."""
    team, care = SAMPLE.teams[TeamId("response")], SAMPLE.teams[TeamId("front-door")]
    force = ["Example Police", "Response", team.channel]
    force += five(
        "Dafydd Larkmoor", "Callum Thistlewood", "Imani Oakhollow", "Victor Hawkstone-Lea", "Marguerite Stormvale"
    )
    council = ["Example Council", SAMPLE.agencies[care.agency].workspace, "Front door", care.channel]
    council += five(
        "Nadia Elderflower", "Harriet Willowmarsh", "Chidi Lavenham", "Anselm Rookwood-Dale", "Philippa Moorhen"
    )
    head = ["y", SAMPLE.control_channel, UNSHARED, "Public Protection"]
    return [*head, *force, *(["y", *council] if partner else ["n"])]


def test_a_newcomer_who_answers_every_question_ends_with_a_bot_that_check_finds_in_order(
    newcomer: Operator, workspace: PracticeServer
) -> None:
    url = workspace.bot_environment["SLACK_API_URL"]
    tokens = [workspace.bot_environment["SLACK_BOT_TOKEN"], workspace.bot_environment["SLACK_APP_TOKEN"]]
    result = typed(newcomer, [*tokens, *questions(), "y"], SLACK_API_URL=url)
    assert result.exit_code == 0, result.output
    manifest = json.loads((newcomer.place / "slack-manifest.json").read_text("utf-8"))
    assert manifest["oauth_config"]["scopes"]["bot"] == list(SCOPES)
    assert all(why in result.output for why in SCOPES.values())
    dotenv = newcomer.place / ".env"
    assert dotenv.stat().st_mode & 0o777 == 0o600
    assert tokens[0] not in result.output
    control = Driver(workspace.url).messages(SAMPLE.control_channel)
    assert [m["text"] for m in control] == [
        "Vigil is set up and can post here. This is a test notice: nothing has happened and nobody needs to do anything."
    ]
    checked = newcomer.types("check", SLACK_API_URL=url)
    assert checked.status == 0, checked.out
    assert "0 to mend" in checked.out


def test_what_is_there_already_is_left_as_it_is(newcomer: Operator, workspace: PracticeServer) -> None:
    url = workspace.bot_environment["SLACK_API_URL"]
    tokens = [workspace.bot_environment["SLACK_BOT_TOKEN"], workspace.bot_environment["SLACK_APP_TOKEN"]]
    assert typed(newcomer, [*tokens, *questions(partner=False), "n"], SLACK_API_URL=url).exit_code == 0
    names = (".env", "vigil.keys", "directory.toml")
    before = {name: (newcomer.place / name).read_bytes() for name in names}
    again = typed(newcomer, ["n"], SLACK_API_URL=url)
    assert again.exit_code == 0, again.output
    assert {name: (newcomer.place / name).read_bytes() for name in names} == before
    assert again.output.count("is left as it is") == 2


def test_another_kind_of_token_is_asked_for_again_and_one_that_slack_refuses_stops(
    newcomer: Operator, workspace: PracticeServer
) -> None:
    url = workspace.bot_environment["SLACK_API_URL"]
    result = typed(newcomer, ["xoxp-a-person's", "xoxb-of-another-app", ""], SLACK_API_URL=url)
    assert result.exit_code == 1
    assert "this one starts with xoxb-" in result.output
    assert "invalid_auth" in result.output
    assert not (newcomer.place / "directory.toml").exists()


def test_everything_about_slack_can_wait(newcomer: Operator) -> None:
    result = typed(newcomer, ["", "", "n"])
    assert result.exit_code == 0, result.output
    assert (newcomer.place / "vigil.keys").exists()
    assert (newcomer.place / "vigil.db").exists()
    assert "docs/directory.md" in result.output


def test_http_mode_puts_the_address_into_the_manifest_and_asks_for_the_signing_secret(newcomer: Operator) -> None:
    address = "https://vigil.example/slack/events"
    result = typed(newcomer, ["", "a-signing-secret", "n"], "--request-url", address)
    assert result.exit_code == 0, result.output
    manifest = json.loads((newcomer.place / "slack-manifest.json").read_text("utf-8"))
    assert manifest["settings"]["interactivity"]["request_url"] == address
    text = (newcomer.place / ".env").read_text("utf-8")
    assert "VIGIL_MODE=http" in text
    assert "SLACK_SIGNING_SECRET=a-signing-secret" in text
    refused = typed(newcomer, [], "--request-url", "http://vigil.example/slack/events")
    assert refused.exit_code == 1
    assert "https://" in refused.output


def test_a_directory_of_answers_that_cannot_be_used_is_written_and_says_what_to_correct(
    newcomer: Operator, workspace: PracticeServer, tmp_path: Path
) -> None:
    url = workspace.bot_environment["SLACK_API_URL"]
    tokens = [workspace.bot_environment["SLACK_BOT_TOKEN"], workspace.bot_environment["SLACK_APP_TOKEN"]]
    answers = questions(partner=False)
    answers[answers.index(SAMPLE.teams[TeamId("response")].channel)] = "#response"
    result = typed(newcomer, [*tokens, *answers, "n"], SLACK_API_URL=url)
    assert "needs correcting" in result.output
    assert (tmp_path / "directory.toml").exists()
