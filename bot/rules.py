"""The rules in force as one live object: a policy and a directory, swapped whole; whoever reads them sees one or the other."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.domain.directory import Directory
from bot.domain.policy import Policy
from bot.domain.roster import ROSTER_REVISION, RosterChange, merged
from bot.domain.rules import RulesInForce
from bot.ports import UnitOfWork

LOOK_BACK = timedelta(days=1)
"""Dated changes that ended longer ago mean nothing any more, even to a clock that was set back."""

log = structlog.get_logger()


class Unreadable(Exception):
    """A policy of an earlier day that this program cannot read."""


def _unread(_text: str) -> Policy:
    raise Unreadable


class LiveRules:
    """The `Rules` port: the files as read last, with the record's dated changes of the roster laid over the directory.

    `read` makes a policy of the text that the record keeps of it, for cases that opened under another version; it raises
    Unreadable.
    """

    def __init__(self, files: RulesInForce, *, read: Callable[[str], Policy] = _unread) -> None:
        self._lock = threading.Lock()
        self._read = read
        self._base = files.directory
        self._changes: tuple[RosterChange, ...] = ()
        self._revision = -1
        self._now = files
        self._looked: tuple[Directory, datetime, datetime | None] | None = None
        self._policies = {files.policy.version: files.policy}

    @property
    def policy(self) -> Policy:
        """The policy that new cases open under."""
        return self._now.policy

    @property
    def directory(self) -> Directory:
        """Who is who now."""
        return self._now.directory

    @property
    def base(self) -> Directory:
        """Who is who by the file alone."""
        return self._base

    def put(self, files: RulesInForce) -> None:
        """Put what was read from the files in force; the dated changes stay laid over it."""
        with self._lock:
            self._base = files.directory
            self._policies[files.policy.version] = files.policy
            self._now = RulesInForce(files.policy, merged(files.directory, self._changes))

    def policy_of(self, version: str, uow: UnitOfWork) -> Policy:
        """The policy of a version, from memory or from the record; the one in force when it cannot be had."""
        known = self._policies.get(version)
        if known is not None:
            return known
        text = uow.rulebook.text(version)
        try:
            found = self._read(text) if text else self.policy
        except Unreadable:
            found = self.policy
        if found.version != version:
            log.error("policy_version_not_had", version=version, instead=self.policy.version, kept=text is not None)
            return self.policy
        with self._lock:
            self._policies[version] = found
        return found

    def follow(self, uow: UnitOfWork, now: datetime) -> bool:
        """Take up dated changes that were set since, by whichever process; whether there were any. One look at one row."""
        revision = uow.marks.count(ROSTER_REVISION)
        if revision == self._revision:
            return False
        changes = tuple(uow.roster.listed(since=now - LOOK_BACK))
        with self._lock:
            self._changes, self._revision = changes, revision
            self._now = RulesInForce(self._now.policy, merged(self._base, changes))
        return True

    def turned(self, now: datetime) -> bool:
        """Whether the directory was replaced, or a shift or cover started or ended, since it was last `looked` at."""
        if self._looked is None:
            return True
        directory, at, turn_at = self._looked
        return directory is not self.directory or now < at or (turn_at is not None and now >= turn_at)

    def looked(self, directory: Directory, now: datetime) -> None:
        """A directory was looked at as of an instant, and what was found is in the record."""
        self._looked = directory, now, directory.next_turn(now)
