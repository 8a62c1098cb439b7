"""Slack's numbers, as the practice workspace enforces them (Slack's Block Kit, views and interactivity reference)."""

from datetime import timedelta

ACK_WITHIN = 3.0
"""Seconds of real time to acknowledge a command, action, view, options request or event."""
LATE = "The bot did not answer within 3 seconds. In Slack the person now reads: the app didn't respond in time."
TRIGGER_WITHIN = 3.0
"""Seconds of real time for which a trigger id opens one view."""
RESPONSE_URL_USES = 5
RESPONSE_URL_WITHIN = timedelta(minutes=30)
RETRY_EVENTS_AFTER = (timedelta(0), timedelta(minutes=1), timedelta(minutes=5))

POST_BURST = 8
"""Messages to one channel at once; beyond it one a second of practice time."""
MAX_CONNECTIONS = 10
MAX_TEXT = 40_000

BLOCKS_PER_MESSAGE = 50
BLOCKS_PER_VIEW = 100
VIEW_STACK = 3
VIEW_TITLE = 24
PRIVATE_METADATA = 3000
IDENTIFIER = 255

SECTION_TEXT = 3000
SECTION_FIELD = 2000
SECTION_FIELDS = 10
HEADER_TEXT = 150
CONTEXT_ELEMENTS = 10
ACTIONS_ELEMENTS = 25
INPUT_LABEL = 2000
MARKDOWN_TEXT = 12_000
IMAGE_ALT = 2000
RICH_TEXT_ELEMENTS = 100

OPTIONS = 100
OVERFLOW_OPTIONS = 5
BOX_OPTIONS = 10
OPTION_TEXT = 75
OPTION_VALUE = 150
OPTION_DESCRIPTION = 75
BUTTON_TEXT = 75
BUTTON_VALUE = 2000
BUTTON_LABEL = 75
URL = 3000
PLACEHOLDER = 150
INPUT_TEXT = 3000
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_BUTTON = 30
METADATA_EVENT_TYPE = 255
