"""Lines for whoever keeps the bot running: to the control channel in Slack, and by e-mail to the operators."""

from collections.abc import Mapping
from datetime import datetime

from bot.domain.directory import Directory
from bot.domain.ids import CaseId, NoticeId
from bot.domain.notices import OPERATORS, Destination, Notice, NoticeKind
from bot.domain.policy import Band
from bot.services.tools import Tools


def control(
    tools: Tools,
    now: datetime,
    key: str,
    payload: Mapping[str, object],
    *,
    case_id: CaseId | None = None,
    band: Band | None = None,
) -> Notice:
    """One line for the control channel, once for each key."""
    return Notice(
        id=NoticeId(tools.new_id()),
        key=key,
        kind=NoticeKind.CONTROL,
        destination=Destination.channel(tools.rules.directory.control_channel),
        created_at=now,
        not_before=now,
        case_id=case_id,
        band=band,
        payload=payload,
    )


def page(
    tools: Tools, now: datetime, key: str, payload: Mapping[str, object], *, case_id: CaseId | None = None
) -> list[Notice]:
    """The same by e-mail to the operators, before everything else on that road; nothing when the directory names none."""
    if not tools.rules.directory.operators:
        return []
    return [
        Notice(
            id=NoticeId(tools.new_id()),
            key=f"{key}>{OPERATORS}",
            kind=NoticeKind.CONTROL,
            destination=Destination.email(OPERATORS),
            created_at=now,
            not_before=now,
            case_id=case_id,
            band=Band.P1,
            payload=payload,
        )
    ]


def is_control(destination: Destination, directory: Directory) -> bool:
    """Whether something goes to those who keep the bot running: there is nobody further to tell of it."""
    return destination in (Destination.channel(directory.control_channel), Destination.email(OPERATORS))
