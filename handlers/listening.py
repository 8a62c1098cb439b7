"""Everything through which the bot is reached, opened in one place: Slack by socket or by HTTP, health, and those who watch."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from slack_bolt import App

from bot.ports import Clock
from bot.services.desk import Desk
from handlers import health, intake, slack_http
from handlers.concern_board import ConcernBoard
from handlers.deadman import DeadMansSwitch
from handlers.how_to import HowToBoard
from handlers.mailer import NoMailer, SmtpMailer
from handlers.pinning import PinRounds
from handlers.rounds import Rounds
from handlers.siren import Siren
from handlers.socket_watch import SocketWatch
from handlers.transport import SocketTransport
from handlers.vitals import Vitals
from handlers.web import WebServer


@dataclass(frozen=True, slots=True)
class Intake:
    """The secret that signs incidents, none taken without one, and the wall clock that their time is held against."""

    secret: str = field(repr=False)
    clock: Clock


@dataclass(frozen=True, slots=True)
class Watched:
    """What is told to those outside: the pulse, the counts of the record, and what is in order."""

    vitals: Vitals
    desk: Desk
    clock: Clock
    ready: health.Readiness
    intake: Intake | None = None


def open_ears(web: WebServer, watched: Watched, app: App, *, app_token: str, deaf: Callable[[], None]) -> ExitStack:
    """Let Slack, and whoever asks for health, reach the bot; closing the answer ends it.

    With an app-level token Slack is connected to (TokenRefused when it is refused) and `deaf` is called when it stays
    unheard; without one its signed requests are listened for.
    """
    vitals = watched.vitals
    vitals.registry.register(health.RecordCollector(watched.desk.figures, vitals, watched.clock))
    routes = list(health.routes(vitals, watched.ready))
    if watched.intake is not None and watched.intake.secret:
        routes.append(intake.route(watched.desk.take_in, watched.intake.secret, watched.intake.clock))
    with ExitStack() as opened:
        opened.callback(web.stop)
        boards = HowToBoard(app.client, watched.desk), ConcernBoard(app.client, watched.desk)
        _go_round(opened, "pinned", PinRounds(*(board.put_up for board in boards)).look)
        if not app_token:
            vitals.listen_by(slack_http.Listening(web.serving))
            web.start([*routes, slack_http.route(app)])
            return opened.pop_all()
        web.start(routes)
        transport = SocketTransport(app, app_token)
        transport.start()
        opened.callback(transport.stop)
        vitals.listen_by(transport)
        _go_round(opened, "socket-watch", SocketWatch(transport, dead=deaf).look)
        return opened.pop_all()


def raise_alarms(
    watched: Watched, *, deadman: str, mailer: SmtpMailer | NoMailer, operators: Callable[[], tuple[str, ...]]
) -> ExitStack:
    """Call a dead man's switch, and have the operators hear by e-mail when all stands still; closing the answer ends it."""
    with ExitStack() as opened:
        if deadman:
            _go_round(opened, "deadman", DeadMansSwitch(deadman, watched.vitals, watched.desk.figures).look)
        if isinstance(mailer, SmtpMailer):
            _go_round(opened, "siren", Siren(mailer, operators, watched.vitals, watched.clock).look)
        return opened.pop_all()


def _go_round(opened: ExitStack, name: str, look: Callable[[], None]) -> None:
    rounds = Rounds(name, look)
    rounds.start()
    opened.callback(rounds.stop)
