"""Slack's libraries kept quiet: warnings and worse only, and never what somebody typed."""

import logging

LIBRARIES = ("slack_bolt", "slack_sdk")
MOST = 200
NO_FAULT = "As you gave `client` as well, `token` will be unused."
"""Bolt finds the bot's token in the environment beside the client that was made with it."""


class FirstWordsOnly(logging.Filter):
    """Lets a record through with its first line up to any payload, and with an exception's type instead of its words."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Cut the record down in place and let it through, all but one that would have the operator mend what is right."""
        said = record.getMessage().split("\n", 1)[0]
        if said == NO_FAULT:
            return False
        for opening in ("{", "(", "["):
            said = said.split(opening, 1)[0]
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        record.msg = f"{said[:MOST].strip()} {kind}".strip()
        record.args, record.exc_info, record.exc_text = (), None, None
        return True


def quieten() -> logging.Logger:
    """The logger for Bolt; every logger made from it, and Slack's own, says little."""
    cut = FirstWordsOnly()
    for name in LIBRARIES:
        library = logging.getLogger(name)
        library.setLevel(logging.WARNING)
        _filtered(library, cut)
    for name in list(logging.root.manager.loggerDict):
        if name.startswith(tuple(f"{library}." for library in LIBRARIES)):
            _filtered(logging.getLogger(name), cut)
    return logging.getLogger(LIBRARIES[0])


def _filtered(logger: logging.Logger, cut: logging.Filter) -> None:
    if not any(isinstance(known, FirstWordsOnly) for known in logger.filters):
        logger.addFilter(cut)
