"""Cases, the agencies on them, the children's references and what people did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import structlog
from sqlalchemy import Row, Select, bindparam, delete, insert, select, tuple_, update

from bot.domain.cases import BESIDE_CHILDREN, Case, CaseStatus, Child, ChildReference, HumanAct, Particulars, Party
from bot.domain.errors import Conflict, NotFound
from bot.domain.ids import CaseId, Reference
from bot.domain.places import place_key
from storage import mapping
from storage.ahead import PARTIES_OF, PLAIN_CASE
from storage.columns import stored
from storage.errors import KeyRefused
from storage.statements import Write
from storage.tables import CASES, CHILD_REFERENCES, HUMAN_ACTS, PARTIES, REFERENCE_COUNTERS
from storage.upsert import by_dialect, replacing
from storage.work import DAMAGE, Work, in_batches, opened, poisoned, reading_row, sealed

log = structlog.get_logger()

OWN_RECORD = "own_record:"
"""The kind, with the agency's id after it, under which an agency's own record number has its blind index."""
_NO_CASE = "There is no case of that reference, or none that you may see."

_SEVERAL = select(*PLAIN_CASE).where(CASES.c.id.in_(bindparam("wanted", expanding=True)))
_WITH_PARTIES = (
    select(*PLAIN_CASE, *stored(PARTIES))
    .join_from(CASES, PARTIES, CASES.c.id == PARTIES.c.case_id, isouter=True)
    .order_by(PARTIES.c.position)
)
_ONE = _WITH_PARTIES.where(CASES.c.id == bindparam("wanted"))
_BY_REFERENCE = _WITH_PARTIES.where(CASES.c.reference == bindparam("wanted"))
_FORGET_PARTIES = delete(PARTIES).where(PARTIES.c.case_id == bindparam("wanted"))
_COUNTED = by_dialect(
    REFERENCE_COUNTERS,
    lambda row: row.on_conflict_do_update(
        index_elements=["year"], set_={"last": REFERENCE_COUNTERS.c.last + 1}
    ).returning(REFERENCE_COUNTERS.c.last),
)
_ADD_CASES, _ADD_PARTIES, _ADD_CHILD_REFERENCES = insert(CASES), insert(PARTIES), insert(CHILD_REFERENCES)
_HOW_MANY = select(CASES.c.id, CASES.c.children).where(CASES.c.id.in_(bindparam("wanted", expanding=True)))
_SEALED = ("narrative_sealed", "address_sealed", "left_out_reason_sealed")
_PARTICULARS = select(CASES.c.children, *(CASES.c[name] for name in _SEALED)).where(CASES.c.id == bindparam("wanted"))
_CHILDREN_OF = (
    select(CHILD_REFERENCES)
    .where(CHILD_REFERENCES.c.case_id == bindparam("wanted"))
    .order_by(CHILD_REFERENCES.c.child, CHILD_REFERENCES.c.position)
)
# Asked for every referral: built once, because building costs more than asking.
_INDEXED = bindparam("indexed", type_=CASES.c.address_index.type, expanding=True)
_NAMING = select(CHILD_REFERENCES.c.case_id).where(CHILD_REFERENCES.c.value_index.in_(_INDEXED))
_WITH_REFERENCE = select(CASES.c.id).where(CASES.c.id.in_(_NAMING)).order_by(CASES.c.opened_at, CASES.c.id)
_AT_ADDRESS = select(CASES.c.id).where(CASES.c.address_index.in_(_INDEXED)).order_by(CASES.c.opened_at, CASES.c.id)
_NAMED = CHILD_REFERENCES.alias("named")
_SAME_CHILD = select(_NAMED.c.case_id, _NAMED.c.child).where(_NAMED.c.value_index.in_(_INDEXED))
_KNOWN_AS = (
    select(CHILD_REFERENCES)
    .join(CASES, CASES.c.id == CHILD_REFERENCES.c.case_id)
    .where(tuple_(CHILD_REFERENCES.c.case_id, CHILD_REFERENCES.c.child).in_(_SAME_CHILD))
    .order_by(CASES.c.opened_at, CASES.c.id, CHILD_REFERENCES.c.child, CHILD_REFERENCES.c.position)
)
_SAVE = Write(
    update(CASES).where(CASES.c.id == bindparam("of"), CASES.c.version == bindparam("before")),
    [column.name for column in PLAIN_CASE if column.name not in {"id", "quarantined", "children"}],
    rank=1,
    conflict="a case was changed meanwhile",
)
_PARTY = [column.name for column in PARTIES.columns]
_PUT_PARTY = Write(
    replacing(PARTIES, ["case_id", "agency"], [name for name in _PARTY if name not in {"case_id", "agency"}]),
    _PARTY,
    rank=1,
)


class SqlCases:
    """The `Cases` port on one connection."""

    def __init__(self, work: Work, prefix: str) -> None:
        """Make references that begin with `prefix`, e.g. SG."""
        self._work = work
        self._prefix = prefix
        self._parties_read: dict[str, tuple[Party, ...]] = {}

    def next_reference(self, year: int) -> Reference:
        """Return a reference never given before; the counter's row is held until the transaction ends."""
        counted = _COUNTED[self._work.connection.dialect.name]
        number: int = self._work.connection.execute(counted, {"year": year, "last": 1}).scalar_one()
        return Reference(f"{self._prefix}-{year % 100:02d}-{number:05d}")

    def add(self, case: Case, particulars: Particulars) -> None:
        """Store a new case with its particulars sealed under a data key of its own."""
        work, address = self._work, particulars.address
        self._work.connection.execute(
            _ADD_CASES,
            {
                **mapping.case_values(case),
                "quarantined": 0,
                "children": len(particulars.children),
                "narrative_sealed": sealed(work, CASES, "narrative_sealed", case.id, particulars.narrative),
                "address_sealed": sealed(work, CASES, "address_sealed", case.id, address),
                "address_index": work.sealer.blind_index("address", place_key(address)) if address else None,
                "left_out_reason_sealed": sealed(
                    work, CASES, "left_out_reason_sealed", case.id, particulars.left_out_reason
                ),
            },
        )
        self._work.held.cases[case.id] = case.version
        self._write_parties(case)
        references = [
            self._reference_values(case.id, child.number, position, reference)
            for child in particulars.children
            for position, reference in enumerate(child.references)
        ]
        if references:
            work.connection.execute(_ADD_CHILD_REFERENCES, references)
        work.vault.flush()

    def get(self, case_id: CaseId) -> Case:
        """Return the case; raises NotFound."""
        ahead, looked = self._work.ahead.case(case_id), self._work.looked
        found = [ahead] if ahead is not None else looked.of_case(self._work.aside, _SEVERAL, case_id, "id")
        return self._cases(found)[0] if found else self._one(_ONE, case_id)

    def find(self, reference: Reference) -> Case:
        """Return the case of a reference; raises NotFound."""
        return self._one(_BY_REFERENCE, reference)

    def save(self, case: Case) -> Case:
        """Store the next version; raises Conflict when the stored one is not the one that was read."""
        saved = replace(case, version=case.version + 1)
        values = {**mapping.case_values(saved), "of": case.id, "before": case.version}
        held = self._work.held.cases
        if case.id not in held:
            self._work.behind.write(_SAVE, values)
        elif held[case.id] != case.version:
            raise Conflict(f"case {case.reference}")
        else:
            self._work.behind.put(_SAVE, values, case.id)
            held[case.id] = saved.version
        self._work.ahead.forget(case.id)
        self._save_parties(saved)
        return saved

    def _save_parties(self, case: Case) -> None:
        """Write what changed of an agency's part; all of them anew when one is gone or was not read here."""
        read = dict(enumerate(self._parties_read.get(case.id, ())))
        left = {party.agency for party in read.values()}.difference(party.agency for party in case.parties)
        if left or case.id not in self._parties_read:
            self._work.connection.execute(_FORGET_PARTIES, {"wanted": case.id})
            read = {}
        for position, party in enumerate(case.parties):
            if read.get(position) != party:
                self._work.behind.put(_PUT_PARTY, self._party_values(case.id, position, party), case.id)
        self._parties_read[case.id] = case.parties

    def particulars(self, case_id: CaseId) -> Particulars:
        """Return what is sealed, opened; raises NotFound."""
        row = self._work.connection.execute(_PARTICULARS, {"wanted": case_id}).one_or_none()
        if row is None:
            raise NotFound(_NO_CASE)
        with reading_row(CASES, case_id):
            narrative, address, left_out = (
                opened(self._work, CASES, name, case_id, getattr(row, name)) for name in _SEALED
            )
            return Particulars(self._children(case_id, row.children), narrative, address, left_out)

    def children(self, case_id: CaseId) -> int:
        """Return how many children the case names; raises NotFound."""
        found = self._work.of_case(_HOW_MANY, case_id, "id")
        if not found:
            raise NotFound(_NO_CASE)
        count: int = found[0].children
        return count

    def listed(self, *, status: CaseStatus | None = None, limit: int = 100) -> Sequence[Case]:
        """Return cases, most urgent band first, then oldest."""
        query = select(*PLAIN_CASE).order_by(CASES.c.band, CASES.c.opened_at, CASES.c.id).limit(limit)
        if status is not None:
            query = query.where(CASES.c.status == status.value)
        else:
            query = query.where(CASES.c.status.not_in([beside.value for beside in sorted(BESIDE_CHILDREN)]))
        return self._cases(self._work.connection.execute(query).all())

    def several(self, case_ids: Sequence[CaseId]) -> Sequence[Case]:
        """Return these cases in this order, those that are there."""
        rows = {
            row.id: row
            for batch in in_batches(case_ids)
            for row in self._work.connection.execute(_SEVERAL, {"wanted": batch})
        }
        return self._cases([rows[case_id] for case_id in dict.fromkeys(case_ids) if case_id in rows])

    def with_reference(self, kind: str, value: str) -> Sequence[CaseId]:
        """Return the cases that name a child by this reference, oldest first."""
        indexed = {"indexed": self._work.sealer.blind_indexes(kind, value)}
        return [CaseId(found) for found in self._work.connection.scalars(_WITH_REFERENCE, indexed)]

    def at_address(self, address: str) -> Sequence[CaseId]:
        """Return the cases at the same door, oldest first."""
        indexed = {"indexed": self._work.sealer.blind_indexes("address", place_key(address))}
        return [CaseId(found) for found in self._work.connection.scalars(_AT_ADDRESS, indexed)]

    def known_as(self, kind: str, value: str) -> Sequence[tuple[CaseId, Child]]:
        """Return every child known by this reference, oldest case first, with its references as far as they open."""
        indexed = {"indexed": self._work.sealer.blind_indexes(kind, value)}
        rows = self._work.connection.execute(_KNOWN_AS, indexed).all()
        self._work.vault.preload(row.case_id for row in rows)
        found: dict[tuple[CaseId, int], list[ChildReference]] = {}
        for row in rows:
            found.setdefault((CaseId(row.case_id), row.child), []).extend(self._readable(row))
        return [(case_id, Child(number, tuple(given))) for (case_id, number), given in found.items()]

    def _readable(self, row: Row[Any]) -> list[ChildReference]:
        """Return the reference of a row; nothing when it was erased or damaged, for it must not hold up a new referral."""
        try:
            value = opened(self._work, CHILD_REFERENCES, "value_sealed", row.case_id, row.value_sealed)
        except KeyRefused as error:
            log.warning("child_reference_unreadable", case_id=row.case_id, kind=type(error).__name__)
            return []
        return [ChildReference(row.kind, value)]

    def forget_read(self) -> None:
        """Forget what was read, after a part of the transaction was undone."""
        self._parties_read.clear()

    def record(self, act: HumanAct) -> None:
        """Add a human act, its note sealed."""
        note = sealed(self._work, HUMAN_ACTS, "note_sealed", act.case_id, act.note)
        self._work.connection.execute(insert(HUMAN_ACTS), {**mapping.act_values(act), "note_sealed": note})

    def acts(self, case_id: CaseId) -> Sequence[HumanAct]:
        """Return every human act of a case, oldest first, notes opened."""
        query = select(HUMAN_ACTS).where(HUMAN_ACTS.c.case_id == case_id).order_by(HUMAN_ACTS.c.at, HUMAN_ACTS.c.seq)
        return [self._act(row) for row in self._work.connection.execute(query)]

    def _act(self, row: Row[Any]) -> HumanAct:
        with reading_row(HUMAN_ACTS, row.seq):
            note = opened(self._work, HUMAN_ACTS, "note_sealed", row.case_id, row.note_sealed)
            return mapping.act_of(row, note)

    def _one(self, query: Select[Any], wanted: str) -> Case:
        rows = self._work.connection.execute(query, {"wanted": wanted}).all()
        if not rows:
            raise NotFound(_NO_CASE)
        return self._case(rows[0], self._parties([row for row in rows if row.agency is not None]))

    def _cases(self, rows: Sequence[Row[Any]]) -> list[Case]:
        parties: dict[str, list[Row[Any]]] = {row.id: [] for row in rows}
        for row in self._party_rows(list(parties)):
            parties[row.case_id].append(row)
        self._work.vault.preload(
            row.case_id for told in parties.values() for row in told if row.record_number_sealed is not None
        )
        return [self._case(row, self._parties(parties[row.id])) for row in rows]

    def _case(self, row: Row[Any], parties: tuple[Party, ...]) -> Case:
        try:
            case = mapping.case_of(row, parties)
        except DAMAGE as error:
            raise poisoned(CASES, row.id, error) from None
        self._parties_read[case.id] = parties
        if self._work.holds(case.id):
            self._work.held.cases[case.id] = case.version
        return case

    def _party_rows(self, case_ids: Sequence[str]) -> list[Row[Any]]:
        if len(case_ids) == 1:
            ahead = self._work.ahead.parties(case_ids[0])
            if ahead is None:
                ahead = self._work.looked.of_case(self._work.aside, PARTIES_OF, case_ids[0])
            if ahead is not None:
                return ahead
        return [
            row
            for batch in in_batches(case_ids)
            for row in self._work.connection.execute(PARTIES_OF, {"wanted": batch})
        ]

    def _parties(self, rows: Sequence[Row[Any]]) -> tuple[Party, ...]:
        return tuple([self._party(row) for row in rows])

    def _party(self, row: Row[Any]) -> Party:
        try:
            number = opened(self._work, PARTIES, "record_number_sealed", row.case_id, row.record_number_sealed)
            return mapping.party_of(row, number)
        except DAMAGE as error:
            raise poisoned(PARTIES, f"{row.case_id} {row.agency}", error) from None

    def _own_record(self, party: Party) -> bytes | None:
        """Return what an agency's own record number is found by."""
        number = party.record_number
        return self._work.sealer.blind_index(f"{OWN_RECORD}{party.agency}", number) if number else None

    def _write_parties(self, case: Case) -> None:
        self._parties_read[case.id] = case.parties
        rows = [self._party_values(case.id, position, party) for position, party in enumerate(case.parties)]
        if rows:
            self._work.connection.execute(_ADD_PARTIES, rows)

    def _party_values(self, case_id: CaseId, position: int, party: Party) -> mapping.Values:
        number = sealed(self._work, PARTIES, "record_number_sealed", case_id, party.record_number)
        return {
            **mapping.party_values(case_id, position, party),
            "record_number_sealed": number,
            "record_number_index": self._own_record(party),
        }

    def _children(self, case_id: CaseId, count: int) -> tuple[Child, ...]:
        found: dict[int, list[ChildReference]] = {number: [] for number in range(1, count + 1)}
        for row in self._work.connection.execute(_CHILDREN_OF, {"wanted": case_id}):
            value = opened(self._work, CHILD_REFERENCES, "value_sealed", case_id, row.value_sealed)
            found[row.child].append(ChildReference(row.kind, value))
        return tuple(Child(number, tuple(references)) for number, references in found.items())

    def _reference_values(
        self, case_id: CaseId, child: int, position: int, reference: ChildReference
    ) -> dict[str, object]:
        sealer = self._work.sealer
        return {
            "case_id": case_id,
            "child": child,
            "position": position,
            "kind": reference.kind,
            "value_sealed": sealer.seal(CHILD_REFERENCES.name, "value_sealed", case_id, reference.value),
            "value_index": sealer.blind_index(reference.kind, reference.value),
        }
