"""The audit chain's arithmetic: canonical bytes, keyed MACs, and what a broken chain looks like. No SQL.

Published in docs/data.md so that anybody can write a second verifier.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from storage.encryption import Keyring

SYSTEM_CHAIN = "system"
ANCHOR_CHAIN = "anchor"
START = bytes(32)
"""The previous MAC of the first entry of every chain."""


class Why(StrEnum):
    """How a chain is broken."""

    CHANGED = "changed"
    MISSING = "missing"
    OUT_OF_ORDER = "out of order"
    CUT_OFF = "cut off"
    UNKNOWN_KEY = "unknown key"
    DETAILS_MISSING = "details missing"


@dataclass(frozen=True, slots=True)
class Entry:
    """One audit entry as it is chained; `payload` is the sealed details, None when there are none or were erased."""

    chain: str
    n: int
    at: datetime
    actor: str
    action: str
    subject: str
    payload: bytes | None
    digest: bytes
    key_id: str
    previous: bytes
    mac: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a chain: how many there are and the MAC of the last (0 and 32 zero bytes before the first)."""

    chain: str
    n: int
    mac: bytes


@dataclass(frozen=True, slots=True)
class Anchor:
    """One hourly row over every head that moved since the row before, chained to it."""

    n: int
    at: datetime
    heads: tuple[Head, ...]
    key_id: str
    previous: bytes
    mac: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """The first bad entry of a chain; `entry_at` is when it says it was written, None when it is gone."""

    chain: str
    n: int
    entry_at: datetime | None
    why: Why
    sentence: str


def instant(at: datetime) -> str:
    """Return the one spelling of an instant in canonical bytes: UTC, six decimals, Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def digest_of(payload: bytes | None) -> bytes:
    """Return the SHA-256 of the sealed details; of no bytes when there are none."""
    return hashlib.sha256(payload or b"").digest()


NO_DETAILS = digest_of(None)


def entry_bytes(entry: Entry) -> bytes:
    """Return an entry's canonical bytes: a JSON array, ASCII, no spaces."""
    return _canonical(
        "vigil-audit-1",
        entry.chain,
        entry.n,
        instant(entry.at),
        entry.actor,
        entry.action,
        entry.subject,
        entry.digest.hex(),
        entry.key_id,
        entry.previous.hex(),
    )


def anchor_bytes(anchor: Anchor) -> bytes:
    """Return an anchor's canonical bytes."""
    heads = [[head.chain, head.n, head.mac.hex()] for head in anchor.heads]
    return _canonical("vigil-anchor-1", anchor.n, instant(anchor.at), heads, anchor.key_id, anchor.previous.hex())


def _canonical(*parts: object) -> bytes:
    return json.dumps(parts, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def link(keyring: Keyring, head: Head, entry: Entry) -> Entry:
    """Return `entry` as the next of its chain after `head`: numbered, keyed and with its MAC."""
    key = keyring.current
    numbered = Entry(
        chain=head.chain,
        n=head.n + 1,
        at=entry.at,
        actor=entry.actor,
        action=entry.action,
        subject=entry.subject,
        payload=entry.payload,
        digest=digest_of(entry.payload),
        key_id=key.key_id,
        previous=head.mac,
        mac=b"",
    )
    return _with_mac(numbered, hmac.digest(key.audit_key, entry_bytes(numbered), "sha256"))


def _with_mac(entry: Entry, mac: bytes) -> Entry:
    # dataclasses.replace would do the same at five times the cost, once for each entry ever written.
    return Entry(
        entry.chain,
        entry.n,
        entry.at,
        entry.actor,
        entry.action,
        entry.subject,
        entry.payload,
        entry.digest,
        entry.key_id,
        entry.previous,
        mac,
    )


def link_anchor(keyring: Keyring, last: Anchor | None, heads: Iterable[Head], at: datetime) -> Anchor:
    """Return the next anchor over `heads`, which are put in the order of their chains' names."""
    key = keyring.current
    ordered = tuple(sorted(heads, key=lambda head: head.chain))
    bare = Anchor(last.n + 1 if last else 1, at, ordered, key.key_id, last.mac if last else START, b"")
    mac = hmac.digest(key.audit_key, anchor_bytes(bare), "sha256")
    return Anchor(bare.n, bare.at, bare.heads, bare.key_id, bare.previous, mac)


class Walk:
    """Follows one chain from its first entry and stops at the first bad one."""

    def __init__(self, keyring: Keyring, chain: str, *, erased: bool = False) -> None:
        """Start a chain; `erased` says that its data key was destroyed, so that its details may be gone."""
        self._keyring = keyring
        self._erased = erased
        self.head = Head(chain, 0, START)
        self.fault: Fault | None = None

    def take(self, entry: Entry) -> None:
        """Check the next entry; after a fault nothing more is looked at."""
        if self.fault is not None:
            return
        why = self._why_not(entry)
        if why is None:
            self.head = Head(entry.chain, entry.n, entry.mac)
            return
        n = self.head.n + 1 if why is Why.MISSING else entry.n
        self.fault = _fault(entry.chain, n, None if why is Why.MISSING else entry.at, why)

    def _why_not(self, entry: Entry) -> Why | None:
        if entry.n != self.head.n + 1:
            return Why.MISSING if entry.n > self.head.n + 1 else Why.OUT_OF_ORDER
        key = self._keyring.generation(entry.key_id)
        if key is None:
            return Why.UNKNOWN_KEY
        genuine = hmac.compare_digest(hmac.digest(key.audit_key, entry_bytes(entry), "sha256"), entry.mac)
        if genuine and entry.previous != self.head.mac:
            return Why.OUT_OF_ORDER
        if not genuine or (entry.payload is not None and digest_of(entry.payload) != entry.digest):
            return Why.CHANGED
        if entry.payload is None and entry.digest != NO_DETAILS and not self._erased:
            return Why.DETAILS_MISSING
        return None


def walk_anchors(keyring: Keyring, anchors: Iterable[Anchor]) -> Iterator[Anchor | Fault]:
    """Yield each sound anchor in turn, and at the first bad one its fault and nothing more."""
    n, previous = 0, START
    for anchor in anchors:
        key = keyring.generation(anchor.key_id)
        if anchor.n != n + 1:
            yield _fault(ANCHOR_CHAIN, n + 1, None, Why.MISSING)
            return
        if key is None:
            yield _fault(ANCHOR_CHAIN, anchor.n, anchor.at, Why.UNKNOWN_KEY)
            return
        genuine = hmac.compare_digest(hmac.digest(key.audit_key, anchor_bytes(anchor), "sha256"), anchor.mac)
        if not genuine or anchor.previous != previous:
            yield _fault(ANCHOR_CHAIN, anchor.n, anchor.at, Why.OUT_OF_ORDER if genuine else Why.CHANGED)
            return
        n, previous = anchor.n, anchor.mac
        yield anchor


def cut_off(walked: Mapping[str, Head], expected: Head, witness: str) -> Fault | None:
    """Return the fault of a chain that ends before `expected`, a head that `witness` saw; None when it does not."""
    found = walked.get(expected.chain, Head(expected.chain, 0, START))
    if found.n >= expected.n:
        return None
    sentence = (
        f"audit chain {expected.chain} was cut off after entry {found.n}: "
        f"{witness} had seen {expected.n} {'entries' if expected.n > 1 else 'entry'}"
    )
    return Fault(expected.chain, found.n + 1, None, Why.CUT_OFF, sentence)


def _fault(chain: str, n: int, at: datetime | None, why: Why) -> Fault:
    said = {
        Why.CHANGED: "was changed after it was written",
        Why.MISSING: "is missing",
        Why.OUT_OF_ORDER: "is not in its place",
        Why.UNKNOWN_KEY: "was written with a key that this key file does not hold",
        Why.DETAILS_MISSING: "has lost its details, though its case was not erased",
    }
    dated = f" of {instant(at)}" if at is not None else ""
    return Fault(chain, n, at, why, f"audit chain {chain}, entry {n}{dated} {said[why]}")
