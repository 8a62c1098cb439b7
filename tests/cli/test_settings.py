import pytest

from tests.cli.conftest import Operator

TOKENS = {"SLACK_BOT_TOKEN": "xoxb-made-up", "SLACK_APP_TOKEN": "xapp-made-up"}


def refused(operator: Operator, **settings: str) -> list[str]:
    """The lines that `vigil run` refuses with."""
    answer = operator.types("run", **settings)
    assert answer.status == 2
    assert answer.out == ""
    assert "Traceback" not in answer.err
    return answer.err.splitlines()


def test_run_without_any_setting_names_both_tokens_and_the_pages_they_are_on(newcomer: Operator) -> None:
    bot, app = refused(newcomer)
    assert bot.startswith("SLACK_BOT_TOKEN is not set")
    assert "OAuth & Permissions" in bot
    assert app.startswith("SLACK_APP_TOKEN is not set")
    assert "Basic Information" in app


def test_run_with_the_two_tokens_changed_over_says_how_each_begins(newcomer: Operator) -> None:
    bot, app = refused(newcomer, SLACK_BOT_TOKEN="xapp-made-up", SLACK_APP_TOKEN="xoxb-made-up")
    assert bot.startswith("SLACK_BOT_TOKEN is another kind of token: it starts with xoxb-")
    assert app.startswith("SLACK_APP_TOKEN is another kind of token: it starts with xapp-")


@pytest.mark.parametrize(
    ("name", "value", "mend"),
    [
        ("SLACK_API_URL", "https://slack.example/api", "must end in a slash: write https://slack.example/api/."),
        ("VIGIL_LISTEN", "8080", "for example 127.0.0.1:8080"),
        ("VIGIL_MODE", "webhook", "set it to socket or http"),
        ("VIGIL_LISTEN", "127.0.0.1:70000", "for example 127.0.0.1:8080"),
        ("VIGIL_LISTEN", "127.0.0.300:0", "name an address of this machine"),
        ("VIGIL_DEADMAN_URL", "ping.example", "write it with https://"),
        ("VIGIL_DEADMAN_URL", "https://[ping.example", "write it with https://"),
        ("VIGIL_SMTP_URL", "smtp://mail.example.org", "add ?from= and one address"),
        ("VIGIL_SMTP_URL", "mail.example.org", "it names no mail server"),
        ("VIGIL_LOG", "loud", "set it to json or console"),
        ("VIGIL_DIRECTORY", "nowhere.toml", "nowhere.toml"),
        ("VIGIL_POLICY", "nowhere.toml", "nowhere.toml"),
        ("VIGIL_CLOCK_URL", "http://127.0.0.1:9/control/clock", "practice only"),
        ("VIGIL_CLOCK_URL", "http://[127.0.0.1", "practice only"),
        ("DATABASE_URL", "somewhere", "sqlite:///vigil.db"),
        ("DATABASE_URL", "mysql://somewhere/vigil", "sqlite and postgresql"),
        ("DATABASE_URL", "sqlite:///no/such/folder/vigil.db", "create it or change DATABASE_URL"),
    ],
)
def test_run_with_a_wrong_setting_names_it_and_the_mend(operator: Operator, name: str, value: str, mend: str) -> None:
    away = {"SLACK_API_URL": "https://slack.example/api/"} if name == "VIGIL_CLOCK_URL" else {}
    (line,) = refused(operator, **{**away, name: value})
    assert name in line
    assert mend in line


def test_http_mode_needs_the_signing_secret_and_no_app_level_token(operator: Operator) -> None:
    (line,) = refused(operator, VIGIL_MODE="http", SLACK_APP_TOKEN="")
    assert line.startswith("SLACK_SIGNING_SECRET is not set")
    assert "Basic Information" in line


def test_run_without_a_directory_names_the_setting(newcomer: Operator) -> None:
    (line,) = refused(newcomer, **TOKENS)
    assert line.startswith("VIGIL_DIRECTORY is not set")


def test_run_whose_practice_clock_does_not_answer_says_so(operator: Operator) -> None:
    (line,) = refused(operator, VIGIL_CLOCK_URL="http://127.0.0.1:9/control/clock")
    assert "VIGIL_CLOCK_URL" in line
    assert "Start the practice workspace, or take the setting out." in line


def test_every_fault_of_a_directory_file_is_named_with_its_key(operator: Operator) -> None:
    (operator.place / "faulty.toml").write_text(
        'control_channel = "C1"\n[[agency]]\nid = "police"\nname = "Northmere Police"\nkind = "fire"\n', "utf-8"
    )
    lines = refused(operator, VIGIL_DIRECTORY="faulty.toml")
    assert len(lines) > 2
    assert all(line.startswith("faulty.toml: ") for line in lines)
    assert any("agency.police.kind" in line and "Write one of police" in line for line in lines)
    assert any("force_channel" in line for line in lines)


def test_every_fault_of_a_policy_file_is_named_with_its_key(operator: Operator) -> None:
    (operator.place / "faulty.toml").write_text('[milestones.nothing]\nkind = "x"\n[bands.p9]\n', "utf-8")
    lines = refused(operator, VIGIL_POLICY="faulty.toml")
    assert len(lines) > 2
    assert all(line.startswith("faulty.toml: ") for line in lines)
    assert any("milestones.nothing.kind" in line for line in lines)
    assert any("bands" in line for line in lines)


def test_a_file_that_is_no_toml_is_named_with_the_line(operator: Operator) -> None:
    (operator.place / "faulty.toml").write_text("control_channel = C1\n", "utf-8")
    (line,) = refused(operator, VIGIL_DIRECTORY="faulty.toml")
    assert line.startswith("faulty.toml: ")
    assert "line 1" in line


def test_a_refused_run_leaves_no_database_behind(newcomer: Operator) -> None:
    (newcomer.place / "faulty.toml").write_text("", "utf-8")
    refused(newcomer, **TOKENS, VIGIL_DIRECTORY="faulty.toml")
    assert [path.name for path in newcomer.place.iterdir()] == ["faulty.toml"]


@pytest.mark.parametrize(
    "wrong", [("frobnicate",), ("cases", "--frobnicate"), ("practice", "--port", "99999"), ("why",)]
)
def test_a_command_line_that_is_not_understood_ends_in_2_without_a_traceback(
    newcomer: Operator, wrong: tuple[str, ...]
) -> None:
    answer = newcomer.types(*wrong)
    assert answer.status == 2
    assert answer.out == ""
    assert "Usage" in answer.err
    assert "Traceback" not in answer.err
