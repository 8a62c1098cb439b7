"""What is in the database after all kills, held against what Slack has and what people were told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.ids import CaseId
from bot.domain.letters import items_of, numbers
from bot.domain.notices import Notice, NoticeKind, NoticeState
from bot.ports import UnitOfWork
from storage.database import Database, open_database
from storage.encryption import Keyring
from storage.unit_of_work import SqlStore
from tests.crashes.record import Record

ALL = 1_000_000


@dataclass(frozen=True)
class Account:
    """What is missing, and whether the audit and the file are whole ("" when they are)."""

    lost: list[str]
    entries: int
    not_whole: str


def account(url: str, keyring: Keyring, record: Record, confirmed: Mapping[str, datetime | None]) -> Account:
    """Hold the database against Slack's record; `confirmed` says when each case that people know of was answered."""
    database = open_database(url)
    try:
        with SqlStore(database, keyring).read() as uow:
            notices = uow.outbox.listed(unsent_only=False, limit=ALL)
            verdict = uow.audit.verify()
            lost = [*_unsaid(notices, record), *_untaken(uow, notices, confirmed)]
        return Account(lost, verdict.entries, verdict.first_bad or _integrity(database))
    finally:
        database.close()


def _unsaid(notices: Sequence[Notice], record: Record) -> list[str]:
    """Notices that count as sent and are not in Slack, and those that were never done with."""
    lost = []
    for notice in notices:
        if notice.state is NoticeState.SUPERSEDED:
            continue
        key = f"card:{notice.case_id}:{notice.destination.id}" if notice.kind is NoticeKind.CARD else notice.key
        if notice.state is not NoticeState.SENT or key not in record.copies:
            lost.append(f"{notice.key}: {notice.state}")
    return lost


def _untaken(uow: UnitOfWork, notices: Sequence[Notice], confirmed: Mapping[str, datetime | None]) -> list[str]:
    """Cases that people were told of and that are not there, and steps that came due and have no notice."""
    said = {
        (str(item[0]), number)
        for notice in notices
        for item in items_of(notice.payload)
        for number in (int(str(item[1])), *numbers(item[3]))
    }
    lost = []
    for case_id, answered_at in confirmed.items():
        deadlines = uow.deadlines.of_case(CaseId(case_id))
        lost += [] if deadlines else [f"case {case_id}"]
        lost += [
            f"step {step.number} of {deadline.id}"
            for deadline in deadlines
            for step in deadline.plan.steps
            if answered_at is not None and step.at < answered_at and (deadline.id, step.number) not in said
        ]
    return lost


def _integrity(database: Database) -> str:
    if not database.is_sqlite:
        return ""
    with database.reading() as connection:
        found = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
    return "" if found == ["ok"] else str(found)
