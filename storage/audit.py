"""The audit as rows: entries chained when they are written, hourly anchors, and the check of the whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, insert, select, type_coerce, update

from bot.domain.events import AuditedEntry, Verdict
from bot.domain.events import Entry as Event
from bot.domain.ids import CaseId, PersonId
from storage import chain
from storage.chain import Anchor, Fault, Head, Why
from storage.columns import DoubtfulInstant
from storage.encryption import SYSTEM_SCOPE, Keyring
from storage.statements import Write
from storage.tables import AUDIT_ANCHORS as _ANCHORS
from storage.tables import AUDIT_ENTRIES as _ENTRIES
from storage.tables import AUDIT_HEADS as _HEADS
from storage.tables import DATA_KEYS as _KEYS
from storage.upsert import by_dialect
from storage.work import Work

_BATCH = 2000
_BEGIN = Write(
    by_dialect(_HEADS, lambda row: row.on_conflict_do_nothing(index_elements=["chain"])),
    [column.name for column in _HEADS.columns],
    conflict="another process began the same audit chain",
)
_INSERT = Write(insert(_ENTRIES), [column.name for column in _ENTRIES.columns])
_MOVE = Write(
    update(_HEADS)
    .where(_HEADS.c.chain == bindparam("of"), _HEADS.c.n == bindparam("before"))
    .values(n=bindparam("to"), mac=bindparam("by")),
    (),
    conflict="the audit's head moved meanwhile",
)
# In one order everywhere, so that two processes never wait for each other's heads.
_LOCKED = (
    select(_HEADS.c.chain, _HEADS.c.n, _HEADS.c.mac)
    .where(_HEADS.c.chain.in_(bindparam("wanted", expanding=True)))
    .order_by(_HEADS.c.chain)
    .with_for_update()
)


class AuditLog:
    """The `Audit` port on one connection: collects entries and chains them in the transaction that they tell of."""

    def __init__(self, work: Work, keyring: Keyring) -> None:
        self._work = work
        self._keyring = keyring
        self._pending: list[Event] = []

    @property
    def _connection(self) -> Connection:
        return self._work.connection

    def append(self, entries: Iterable[Event]) -> None:
        """Collect entries for the next `flush`, in order."""
        self._pending.extend(entries)

    def flush(self) -> None:
        """Seal, chain and write what was collected; raises Conflict when another process moved a head meanwhile."""
        by_chain = self.seal()
        self._work.vault.flush()
        self.write(by_chain)

    def pending(self) -> tuple[Event, ...]:
        """Return what was collected and not yet written."""
        return tuple(self._pending)

    def restore(self, pending: Iterable[Event]) -> None:
        """Go back to what `pending` returned before a part of the transaction was undone."""
        self._pending[:] = pending

    def listed(self, *, case_id: CaseId | None = None, limit: int = 200) -> Sequence[AuditedEntry]:
        """Return entries, newest first; of one case when it is given."""
        self.flush()
        query = select(_ENTRIES).order_by(_ENTRIES.c.at.desc(), _ENTRIES.c.chain, _ENTRIES.c.n.desc()).limit(limit)
        if case_id is not None:
            query = query.where(_ENTRIES.c.chain == case_id)
        return [
            AuditedEntry(row.chain, row.n, row.at, PersonId(row.actor), row.action, row.subject)
            for row in self._connection.execute(query)
        ]

    def anchor(self, at: datetime) -> None:
        """Seal the heads of every chain that moved since the last anchor."""
        self.flush()
        anchor(self._connection, self._keyring, at)

    def verify(self) -> Verdict:
        """Check every chain and anchor."""
        self.flush()
        return verify(self._connection, self._keyring)

    def seal(self) -> dict[str, list[chain.Entry]]:
        """Seal the details of what was collected, by chain; new data keys are left in the vault."""
        self._work.vault.preload(event.case_id or SYSTEM_SCOPE for event in self._pending if event.details)
        by_chain: dict[str, list[chain.Entry]] = {}
        for event in self._pending:
            by_chain.setdefault(event.case_id or chain.SYSTEM_CHAIN, []).append(self._sealed(event))
        self._pending.clear()
        return by_chain

    def write(self, by_chain: Mapping[str, Sequence[chain.Entry]]) -> None:
        """Number and chain the entries and write them; raises Conflict when another process moved a head meanwhile."""
        if by_chain:
            self.write_after(by_chain, self.lock_heads(by_chain))

    def write_after(self, by_chain: Mapping[str, Sequence[chain.Entry]], heads: Mapping[str, Head]) -> None:
        """Write the entries as the next after these heads; raises Conflict when one of them is no longer the head."""
        linked: list[dict[str, Any]] = []
        moved: list[dict[str, Any]] = []
        begun: list[dict[str, Any]] = []
        for name, entries in by_chain.items():
            head = before = heads.get(name) or Head(name, 0, chain.START)
            for entry in entries:
                chained = chain.link(self._keyring, head, entry)
                linked.append(_entry_values(chained))
                head = Head(name, chained.n, chained.mac)
            if before.n:
                moved.append({"of": name, "before": before.n, "to": head.n, "by": head.mac})
            else:
                begun.append({"chain": name, "n": head.n, "mac": head.mac, "anchored_n": 0})
        connection = self._connection
        for write, rows in ((_BEGIN, begun), (_INSERT, linked), (_MOVE, moved)):
            if rows:
                write.run(connection, [write.ready(connection.dialect, row) for row in rows])

    def _sealed(self, event: Event) -> chain.Entry:
        payload = None
        if event.details:
            body = json.dumps(dict(event.details), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            scope = event.case_id or SYSTEM_SCOPE
            payload = self._work.sealer.seal(_ENTRIES.name, _ENTRIES.c.details_sealed.name, scope, body)
        # Number, digest, key and MACs are the chain's to give.
        return chain.Entry(
            chain=event.case_id or chain.SYSTEM_CHAIN,
            n=0,
            at=event.at,
            actor=event.actor,
            action=event.action.value,
            subject=event.subject,
            payload=payload,
            digest=b"",
            key_id="",
            previous=b"",
            mac=b"",
        )

    def lock_heads(self, chains: Iterable[str]) -> dict[str, Head]:
        """Return the heads of chains that have begun, kept from other processes until the transaction ends."""
        found = self._connection.execute(_LOCKED, {"wanted": sorted(chains)})
        return {row.chain: Head(row.chain, row.n, row.mac) for row in found}


def anchor(connection: Connection, keyring: Keyring, now: datetime) -> Anchor | None:
    """Write one anchor over every head that moved since the last; None when none did."""
    query = select(_HEADS.c.chain, _HEADS.c.n, _HEADS.c.mac).where(_HEADS.c.n > _HEADS.c.anchored_n)
    heads = [Head(row.chain, row.n, row.mac) for row in connection.execute(query.with_for_update())]
    if not heads:
        return None
    last = last_anchor(connection)
    made = chain.link_anchor(keyring, last, heads, now)
    body = json.dumps([[head.chain, head.n, head.mac.hex()] for head in made.heads], separators=(",", ":"))
    connection.execute(
        insert(_ANCHORS),
        {
            "n": made.n,
            "at": made.at,
            "heads": body,
            "key_id": made.key_id,
            "previous": made.previous,
            "mac": made.mac,
        },
    )
    seen = update(_HEADS).where(_HEADS.c.chain == bindparam("of")).values(anchored_n=bindparam("up_to"))
    connection.execute(seen, [{"of": head.chain, "up_to": head.n} for head in made.heads])
    return made


def last_anchor(connection: Connection) -> Anchor | None:
    """Return the newest anchor, whose number and MAC go into the digest and the backup's manifest."""
    return next(_anchors(connection, last_only=True), None)


def verify(connection: Connection, keyring: Keyring, *, outside: Head | None = None) -> Verdict:
    """Check every entry, head and anchor; the verdict names the first bad entry.

    `outside` is an anchor head that was kept elsewhere (a digest, a backup's manifest): chain "anchor", its number
    and MAC; with it even a cut-off tail of anchors is found.
    """
    faults: list[Fault] = []
    anchors: list[Anchor] = []
    for step in chain.walk_anchors(keyring, _anchors(connection)):
        if isinstance(step, Fault):
            faults.append(step)
        else:
            anchors.append(step)
    faults += _outside_faults(anchors, outside)
    witnessed = {(head.chain, head.n): (head.mac, each.at) for each in anchors for head in each.heads}
    walked, entries = _walk(connection, keyring, witnessed, faults)
    broken = {fault.chain for fault in faults}
    faults += [fault for fault in _tail_faults(connection, anchors, walked) if fault.chain not in broken]
    return Verdict(entries, len(walked), len(anchors), _sentence(faults))


def _walk(
    connection: Connection,
    keyring: Keyring,
    witnessed: dict[tuple[str, int], tuple[bytes, datetime]],
    faults: list[Fault],
) -> tuple[dict[str, Head], int]:
    erased = set(connection.scalars(select(_KEYS.c.scope).where(_KEYS.c.destroyed_at.is_not(None))))
    walked: dict[str, Head] = {}
    entries = 0
    walk: chain.Walk | None = None
    query = select(*_doubtful(_ENTRIES)).order_by(_ENTRIES.c.chain, _ENTRIES.c.n).execution_options(yield_per=_BATCH)
    for row in connection.execute(query):
        entries += 1
        if walk is None or walk.head.chain != row.chain:
            walk = chain.Walk(keyring, row.chain, erased=row.chain in erased)
        sound = walk.fault is None
        walk.take(_entry(row))
        if sound and walk.fault is None:
            walk.fault = _seen_otherwise(row, witnessed.get((row.chain, row.n)))
        if sound and walk.fault is not None:
            faults.append(walk.fault)
        walked[row.chain] = walk.head
    return walked, entries


def _seen_otherwise(row: Row[Any], seen: tuple[bytes, datetime] | None) -> Fault | None:
    if seen is None or seen[0] == row.mac:
        return None
    sentence = (
        f"audit chain {row.chain}, entry {row.n} of {chain.instant(row.at)} is not the one that the anchor of "
        f"{chain.instant(seen[1])} saw"
    )
    return Fault(row.chain, row.n, row.at, Why.CHANGED, sentence)


def _outside_faults(anchors: Sequence[Anchor], outside: Head | None) -> list[Fault]:
    if outside is None:
        return []
    held = {each.n: each.mac for each in anchors}
    last = Head(chain.ANCHOR_CHAIN, len(anchors), anchors[-1].mac if anchors else chain.START)
    cut = chain.cut_off({chain.ANCHOR_CHAIN: last}, outside, "the copy kept outside")
    if cut is not None:
        return [cut]
    if held[outside.n] != outside.mac:
        sentence = f"anchor {outside.n} is not the one of the copy kept outside"
        return [Fault(chain.ANCHOR_CHAIN, outside.n, None, Why.CHANGED, sentence)]
    return []


def _tail_faults(connection: Connection, anchors: Sequence[Anchor], walked: dict[str, Head]) -> Iterator[Fault]:
    anchored = {head.chain: (head, each.at) for each in anchors for head in each.heads}
    for head, at in anchored.values():
        fault = chain.cut_off(walked, head, f"the anchor of {chain.instant(at)}")
        if fault is not None:
            yield fault
    heads = {row.chain: row for row in connection.execute(select(_HEADS.c.chain, _HEADS.c.n, _HEADS.c.mac))}
    for name, row in heads.items():
        fault = chain.cut_off(walked, Head(name, row.n, row.mac), "its head")
        if fault is not None:
            yield fault
    for name, end in walked.items():
        held = heads.get(name)
        if held is None or held.n < end.n or (held.n == end.n and held.mac != end.mac):
            sentence = f"audit chain {name}: its head does not point to its last entry, {end.n}"
            yield Fault(name, end.n, None, Why.CHANGED, sentence)


def _sentence(faults: Sequence[Fault]) -> str:
    if not faults:
        return ""
    # The earliest dated one; an entry that is gone has no date and is named when there is nothing dated before it.
    dated = [(fault.entry_at, index) for index, fault in enumerate(faults) if fault.entry_at is not None]
    first = faults[min(dated)[1]] if dated else faults[0]
    others = len({fault.chain for fault in faults}) - 1
    return first.sentence + (f"; {others} more {'chain is' if others == 1 else 'chains are'} broken" if others else "")


def _anchors(connection: Connection, *, last_only: bool = False) -> Iterator[Anchor]:
    query = select(*_doubtful(_ANCHORS)).order_by(_ANCHORS.c.n.desc() if last_only else _ANCHORS.c.n)
    for row in connection.execute(query.limit(1) if last_only else query):
        yield Anchor(row.n, row.at, _heads(row.heads), row.key_id, row.previous, row.mac)


def _doubtful(table: Table) -> list[Any]:
    """Return a table's columns for a reader that must name an overwritten instant instead of stumbling over it."""
    return [type_coerce(c, DoubtfulInstant()).label(c.name) if c.name == "at" else c for c in table.columns]


def _heads(body: str) -> tuple[Head, ...]:
    try:
        return tuple(Head(str(name), int(n), bytes.fromhex(mac)) for name, n, mac in json.loads(body))
    except (ValueError, TypeError):
        return ()  # overwritten: the anchor's MAC, which covers its heads, will not match


def _entry_values(entry: chain.Entry) -> dict[str, Any]:
    return {
        "chain": entry.chain,
        "n": entry.n,
        "at": entry.at,
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "details_sealed": entry.payload,
        "digest": entry.digest,
        "key_id": entry.key_id,
        "previous": entry.previous,
        "mac": entry.mac,
    }


def _entry(row: Row[Any]) -> chain.Entry:
    return chain.Entry(
        row.chain,
        row.n,
        row.at,
        row.actor,
        row.action,
        row.subject,
        row.details_sealed,
        row.digest,
        row.key_id,
        row.previous,
        row.mac,
    )
