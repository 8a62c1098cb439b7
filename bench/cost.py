"""What one acknowledgement costs the bot, however busy the machine is: statements, calls of functions, processor time."""

import cProfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import structlog
from slack_bolt import App, BoltRequest
from sqlalchemy import Engine, event

from bench.figures import tell
from bench.office import workspace
from bench.record import CARE, RESPONSE, Record, record
from bot.domain.directory import Person
from handlers.app import build
from handlers.messenger import web_client

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
ACTS = 100
SILENT = 50
"""Below this nothing is logged: the answers that follow the acks have nowhere to go here."""
MOST_CALLS, MOST_STATEMENTS = 3_600, 14

Body = dict[str, Any]


def commands(person: Person) -> Iterator[Body]:
    """/refer, again and again."""
    for number in range(2 * ACTS):
        yield {
            "command": "/refer",
            "text": "",
            "team_id": person.workspace,
            "user_id": person.slack,
            "channel_id": RESPONSE,
            "trigger_id": f"{number}.1",
        }


def clicks(here: Record, person: Person) -> Iterator[Body]:
    """Acknowledge, on one case after the other."""
    with here.database.reading() as connection:
        cases = connection.exec_driver_sql("SELECT id, version FROM cases ORDER BY opened_at, id").all()
    for number, (case_id, version) in enumerate(cases):
        pressed = {"type": "button", "action_id": "acknowledge", "block_id": f"case:{case_id}:{version}", "value": ""}
        place = {"type": "message", "channel_id": RESPONSE, "message_ts": f"{number}.0"}
        yield {
            "type": "block_actions",
            "user": {"id": person.slack, "team_id": person.workspace},
            "team": {"id": person.workspace},
            "channel": {"id": RESPONSE},
            "container": place,
            "actions": [pressed],
            "trigger_id": f"{number}.2",
        }


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that are run inside the block, begin and all; the commit is not among them."""
    run: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        run.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield run
    event.remove(engine, "before_cursor_execute", note)


def acked(app: App, body: Body) -> None:
    """One request, from the socket's words to the ack's."""
    answer = app.dispatch(BoltRequest(mode="socket_mode", body=body))
    if answer.status != HTTPStatus.OK:
        raise RuntimeError(answer.status)


def cost(app: App, bodies: Iterator[Body]) -> tuple[float, float]:
    """Calls of functions, and the least milliseconds of the processor, of one request."""
    took, profile = [], cProfile.Profile()
    for number, body in enumerate(bodies):
        if number < ACTS:
            began = time.thread_time()
            acked(app, body)
            took.append((time.thread_time() - began) * 1000)
        else:
            profile.enable()
            acked(app, body)
            profile.disable()
    return sum(row.callcount for row in profile.getstats()) / ACTS, min(took)


def main() -> None:
    """Measure and print."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(SILENT))
    with tempfile.TemporaryDirectory() as name, workspace(START) as server, record(Path(name), START) as here:
        for number in range(2 * ACTS + 1):
            here.refer(number)
        secrets = server.bot_environment
        app = build(web_client(secrets["SLACK_BOT_TOKEN"], secrets["SLACK_API_URL"]), here.desk, here.clock)
        people = here.desk.rules.directory.people.values()
        person = next(person for person in people if person.agency == CARE and person.slack)
        first, *pressed = clicks(here, person)
        with counted(here.database.engine) as run:
            acked(app, first)
        calls, took = cost(app, iter(pressed))
        tell("a click until its ack: statements, begin and all", len(run), "", aim=MOST_STATEMENTS)
        tell("a click until its ack: calls of functions", calls, "", aim=MOST_CALLS)
        tell("a click until its ack: the bot's processor time, least", took, "ms", aim=3)
        calls, took = cost(app, commands(person))
        tell("/refer until its ack: calls of functions", calls, "")
        tell("/refer until its ack: the bot's processor time, least", took, "ms")


if __name__ == "__main__":
    main()
