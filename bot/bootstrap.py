"""The composition root: the only module that knows every package. Builds the Desk, and runs the bot."""

import errno
import gc
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING

import structlog

from bot.binding import build_desk, new_id
from bot.clock import ClockUnreachable, FollowedClock, SystemClock
from bot.domain.notices import FailureKind, SendFailed
from bot.jobs import Bell, Engine
from bot.logs import configure
from bot.mail_server import mail_server
from bot.ports import Alarm, Clock, Rules, StorageDown
from bot.rules_files import Reloading, live_rules, require_teams_in_use
from bot.services import leases
from bot.services.desk import Desk
from bot.services.synthetic import state_of
from bot.services.tools import Tools
from bot.settings import Mode, PortTaken, Settings, SettingsRefused
from bot.watch import Unwatched, Watch
from storage.database import PATIENT, Database, open_database
from storage.encryption import Keyring, load_keyring
from storage.engine_lock import hold_engine
from storage.errors import StorageRefused
from storage.holders import holder_name, surely_gone
from storage.schema import check_schema, is_empty, migrate
from storage.unit_of_work import SqlStore
from storage.wake import Caller, Listener

if TYPE_CHECKING:
    from handlers.mailer import NoMailer, SmtpMailer
    from handlers.vitals import Reason

ANSWERS = timedelta(seconds=1.2)
"""Twice this is within the three seconds in which Slack takes an answer, the one that nothing was stored too."""
DEAF, HELD = 1, 3
"""The exit status when Slack is not heard any more, and when another process holds the engine."""

log = structlog.get_logger()


def open_storage(settings: Settings, *, waits: timedelta = PATIENT) -> Database:
    """The settings' database, opened; a write waits for its turn and for another program's lock so long each."""
    url = settings.database_url.get_secret_value()
    return open_database(url, key_file=settings.vigil_db_key_file, waits=waits)


def clock_of(settings: Settings) -> SystemClock | FollowedClock:
    """This machine's clock, or the practice workspace's."""
    if not settings.vigil_clock_url:
        return SystemClock()
    try:
        return FollowedClock(settings.vigil_clock_url)
    except ClockUnreachable as error:
        raise SettingsRefused(
            f"VIGIL_CLOCK_URL: {error} Start the practice workspace, or take the setting out."
        ) from None


def tools_for(
    rules: Rules,
    keyring: Keyring,
    database: Database,
    clock: Clock,
    alarm: Alarm,
    watch: Watch | None = None,
) -> Tools:
    """What the use cases are given in this deployment; KeyRefused when the keys are not this database's."""
    store = SqlStore(database, keyring, reference_prefix=rules.policy.reference_prefix)
    store.check_key()
    return Tools(store=store, rules=rules, clock=clock, alarm=alarm, new_id=new_id, watch=watch or Unwatched())


@contextmanager
def open_desk(settings: Settings) -> Iterator[Desk]:
    """A Desk for the console: it reads and writes the record while the bot may run, and sends nothing."""
    rules, keyring, clock = live_rules(settings), load_keyring(settings.vigil_master_key_file), clock_of(settings)
    database = open_storage(settings)
    try:
        check_schema(database)
        tools = tools_for(rules, keyring, database, clock, Caller(database))
        with tools.store.read() as uow:
            rules.follow(uow, clock.now())
        yield build_desk(tools)
    finally:
        database.close()


@dataclass(frozen=True, slots=True)
class RunningBot:
    """A bot at work: its Desk, how to stop it, and where it listens."""

    desk: Desk
    stop: Callable[[], None]
    url: str = ""
    reload: Callable[[], Sequence[str]] = tuple
    """Read policy and directory again; what kept them from being put in force, a line each."""


def start_bot(settings: Settings, *, lost: Callable[[], None], deaf: Callable[[], None] = lambda: None) -> RunningBot:
    """Start everything that `vigil run` runs and return once Slack can reach it.

    `lost` is called when it must end because another process runs the engine, `deaf` when Slack is not heard any more and
    only a new process can help. What a start needs is checked in the order of its cost, so that a wrong file leaves
    nothing behind.
    """
    from handlers.app import build
    from handlers.listening import Intake, Watched, open_ears, raise_alarms
    from handlers.messenger import SlackMessenger, check_token, web_client
    from handlers.prober import SlackProber
    from handlers.transport import TokenRefused
    from handlers.vitals import Vitals
    from handlers.web import WebServer

    rules, keyring, clock = live_rules(settings), load_keyring(settings.vigil_master_key_file), clock_of(settings)
    with ExitStack() as started:
        database = open_storage(settings, waits=ANSWERS)
        started.callback(database.close)
        holder = holder_name(new_id()[:8])
        lock = hold_engine(database, clock.now(), leases=holder)
        started.callback(lock.release)
        with listening(settings.vigil_listen):
            web = WebServer(settings.vigil_listen)
        started.callback(web.stop)
        prepare(database, practising=isinstance(clock, FollowedClock))
        bell, vitals = Bell(), Vitals(SystemClock())
        tools = tools_for(rules, keyring, database, clock, bell, vitals)
        require_teams_in_use(settings, tools)
        client = web_client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
        check_bot_token(partial(check_token, client))
        prefix = rules.policy.reference_prefix
        behind = replace(tools, store=SqlStore(database, keyring, reference_prefix=prefix, gives_way=True))
        mailer = mailer_of(settings)
        desk = build_desk(
            tools,
            engine=behind,
            messenger=SlackMessenger(client),
            mailer=mailer,
            prober=SlackProber(client),
            holder=holder,
        )
        engine = Engine(desk, clock, SystemClock(), watch=vitals, still_ours=lock.still_held, lost=lost)
        bell.answer_with(engine.ring)
        leases.take_over(tools=tools, gone=lambda other: other == lock.left_by or surely_gone(other, me=holder))
        app = build(client, desk, clock, signing_secret=settings.slack_signing_secret.get_secret_value())
        engine.start()
        started.callback(engine.stop)
        started.callback(Listener(database, bell.ring).start())
        if isinstance(clock, FollowedClock):  # before Slack can reach us: whoever acts then may wait for our rest
            clock.watch(moved=engine.ring, settle=engine.settle)
            started.callback(clock.stop)
        in_order = partial(ready, database, keyring, rules, settings.vigil_mode)
        signed = Intake(settings.vigil_intake_secret.get_secret_value(), SystemClock())
        watched = Watched(vitals, desk, clock, in_order, signed)
        app_token = settings.slack_app_token.get_secret_value() if settings.vigil_mode is Mode.SOCKET else ""
        try:
            started.push(open_ears(web, watched, app, app_token=app_token, deaf=deaf))
        except TokenRefused as refused:
            raise SettingsRefused(str(refused)) from None
        deadman = settings.vigil_deadman_url.get_secret_value()
        started.push(raise_alarms(watched, deadman=deadman, mailer=mailer, operators=lambda: rules.directory.operators))
        log.info("running", policy=rules.policy.version, directory=rules.directory.version, listening=web.url)
        return RunningBot(desk, started.pop_all().close, web.url, Reloading(settings, rules, tools))


def mailer_of(settings: Settings) -> "SmtpMailer | NoMailer":
    """The second road: the settings' mail server, or none."""
    from handlers.mailer import NoMailer, SmtpMailer

    url = settings.vigil_smtp_url.get_secret_value()
    return SmtpMailer(mail_server(url)) if url else NoMailer()


@contextmanager
def listening(address: str) -> Iterator[None]:
    """PortTaken or SettingsRefused, in a sentence, when the address cannot be listened on."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            said = f"VIGIL_LISTEN: another program listens on {address}. Stop that one, or set another port (0: a free one)."
            raise PortTaken(said) from None
        said = (
            f"VIGIL_LISTEN: {address} cannot be listened on ({type(error).__name__}): name an address of this machine."
        )
        raise SettingsRefused(said) from None


def ready(
    database: Database, keyring: Keyring, rules: Rules, mode: Mode
) -> tuple[Mapping[str, str], Sequence["Reason"]]:
    """What is in order now, by name, and what is not: the schema, the keys, a write, and the rules in force."""
    from handlers.vitals import Reason

    found = {
        "database": database.sentence,
        "mode": mode.value,
        "policy": rules.policy.version,
        "directory": rules.directory.version,
        "synthetic": state_of(rules.policy, rules.directory),
    }
    reasons = []
    for code, check in (("schema", partial(check_schema, database)), ("keys", SqlStore(database, keyring).check_key)):
        try:
            check()
        except (StorageRefused, StorageDown) as refused:
            reasons.append(Reason(code, str(refused)))
        else:
            found[code] = "in order"
    return found, reasons


def check_bot_token(ask: Callable[[], None]) -> None:
    """SettingsRefused when Slack refuses the bot's token; while Slack is away the bot starts and keeps its clocks."""
    try:
        ask()
    except SendFailed as failed:
        if failed.kind is FailureKind.CREDENTIAL_DEAD:
            said = f"Slack refuses SLACK_BOT_TOKEN ({failed.code}): set it to the bot token of this app (xoxb-…)."
            raise SettingsRefused(said) from None
        log.warning("slack_not_reached", code=failed.code)


def prepare(database: Database, *, practising: bool) -> None:
    """Make an empty database's tables, and refuse tables of another version; in practice they are brought up too."""
    if practising or is_empty(database):
        migrate(database)
    check_schema(database)


def run_bot(settings: Settings) -> int:
    """Run until SIGTERM or Ctrl-C, reading policy and directory again on SIGHUP; the exit status."""
    configure(settings.vigil_log)
    asked: SimpleQueue[int | None] = (
        SimpleQueue()
    )  # whose `put` may be called in the middle of anything, by a signal too
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.put(0))
    signal.signal(signal.SIGHUP, lambda *_: asked.put(None))
    bot = start_bot(settings, lost=partial(asked.put, HELD), deaf=partial(asked.put, DEAF))
    gc.freeze()  # what was loaded stays: a collection that walked all of it would hold up whoever waits for an answer
    while (status := asked.get()) is None:
        bot.reload()
    bot.stop()
    return status
