"""The log: one event a line, codes and ids only, on standard error."""

import logging
import sys

import structlog

from bot.settings import LogStyle

QUIET = ("slack_bolt", "slack_sdk", "apscheduler", "urllib3", "alembic", "sqlalchemy", "uvicorn", "websockets")
"""Libraries whose chatter may hold message text or request bodies: only their warnings are let through."""


def configure(style: LogStyle) -> None:
    """Set up structlog and the standard library's logging alike; libraries below WARNING stay silent."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer()
    if style is LogStyle.CONSOLE:
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    hush_libraries()


def hush_libraries() -> None:
    """Let through the warnings of libraries only, and not the one that says nothing new."""
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a ring that finds a job at work is no news
