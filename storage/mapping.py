"""Row and domain value, both ways, one pair of functions for each table. Sealing is the repositories' business."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row

from bot.domain.authorisation import Grave
from bot.domain.cases import Acknowledgement, Case, CaseStatus, Child, ChildReference, HumanAct, Party, PhoneTold
from bot.domain.commands import Referral
from bot.domain.decisions import Decision, Outcome
from bot.domain.ids import AgencyId, CaseId, ChannelId, DecisionId, NoticeId, PersonId, Reference, TeamId
from bot.domain.notices import Destination, DestinationKind, Notice, NoticeKind, NoticeState, Posted
from bot.domain.policy import Band
from bot.domain.risk import Answer
from storage.columns import instant_of, instant_or_none

Values = dict[str, Any]

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

NO_BAND = 9
"""The urgency of a notice without a band: after every band."""


def case_values(case: Case) -> Values:
    """Return the plain columns of a case."""
    return {
        "id": case.id,
        "reference": case.reference,
        "version": case.version,
        "concern": case.concern,
        "grade": case.grade,
        "effective_grade": case.effective_grade,
        "band": case.band.value,
        "floors": json_text(list(case.floors)),
        "flags": json_text(sorted(case.flags)),
        "asks_for": case.asks_for,
        "status": case.status.value,
        "opened_at": case.opened_at,
        "first_aware_at": case.first_aware_at,
        "referrer": case.referrer,
        "referring_agency": case.referring_agency,
        "origin_channel": case.origin_channel,
        "facts": json_text({code: answer.value for code, answer in case.facts.items()}),
        "policy_version": case.policy_version,
        "last_act_at": case.last_act_at,
        "graded_at": case.graded_at,
        "ended_flags": json_text(sorted(case.ended_flags)),
        "fired_at": json_text({code: instant_text(at) for code, at in case.fired_at.items()}),
        "referral_number": case.referral_number,
        "closed_at": case.closed_at,
        "no_further_action": int(case.no_further_action),
        "merged_into": case.merged_into,
        "also_referred": json_text(list(case.also_referred)),
        "left_out": json_text(list(case.left_out)),
        "restricted_to": json_text(list(case.restricted_to)) if case.restricted_to is not None else None,
    }


def case_of(row: Row[Any], parties: Sequence[Party]) -> Case:
    """Return the case of a row and its parties."""
    return Case(
        id=CaseId(row.id),
        reference=Reference(row.reference),
        version=row.version,
        concern=row.concern,
        grade=row.grade,
        effective_grade=row.effective_grade,
        band=Band(row.band),
        floors=_codes(row.floors),
        flags=frozenset(_codes(row.flags)),
        asks_for=row.asks_for,
        status=CaseStatus(row.status),
        opened_at=instant_of(row.opened_at),
        first_aware_at=instant_of(row.first_aware_at),
        referrer=PersonId(row.referrer),
        referring_agency=_agency(row.referring_agency),
        origin_channel=ChannelId(row.origin_channel) if row.origin_channel is not None else None,
        parties=tuple(parties),
        facts={code: Answer(answer) for code, answer in json.loads(row.facts).items()},
        policy_version=row.policy_version,
        last_act_at=instant_of(row.last_act_at),
        graded_at=instant_or_none(row.graded_at),
        ended_flags=frozenset(_codes(row.ended_flags)),
        fired_at={code: datetime.fromisoformat(at) for code, at in json.loads(row.fired_at).items()},
        referral_number=row.referral_number,
        closed_at=instant_or_none(row.closed_at),
        no_further_action=bool(row.no_further_action),
        merged_into=CaseId(row.merged_into) if row.merged_into is not None else None,
        also_referred=tuple(PersonId(person) for person in _codes(row.also_referred)),
        left_out=tuple(PersonId(person) for person in _codes(row.left_out)),
        restricted_to=tuple(map(PersonId, _codes(row.restricted_to))) if row.restricted_to is not None else None,
    )


def party_values(case_id: CaseId, position: int, party: Party) -> Values:
    """Return the plain columns of an agency's part in a case."""
    heard, phone = party.acknowledged, party.phone
    return {
        "case_id": case_id,
        "agency": party.agency,
        "position": position,
        "team": party.team,
        "channel": party.channel,
        "told_at": party.told_at,
        "owes_acknowledgement": int(party.owes_acknowledgement),
        "owner": party.owner,
        "acknowledged_by": heard.by if heard else None,
        "acknowledged_at": heard.at if heard else None,
        "phone_recorded_by": phone.recorded_by if phone else None,
        "phone_at": phone.at if phone else None,
        "phone_holds_until": phone.holds_until if phone else None,
        "reads_as": party.reads_as,
    }


def party_of(row: Row[Any], record_number: str) -> Party:
    """Return an agency's part in a case, with its opened record number."""
    heard = phone = None
    if row.acknowledged_by is not None:
        heard = Acknowledgement(PersonId(row.acknowledged_by), instant_of(row.acknowledged_at))
    if row.phone_recorded_by is not None:
        phone = PhoneTold(PersonId(row.phone_recorded_by), instant_of(row.phone_at), instant_of(row.phone_holds_until))
    return Party(
        agency=AgencyId(row.agency),
        team=TeamId(row.team),
        channel=ChannelId(row.channel),
        told_at=instant_of(row.told_at),
        owes_acknowledgement=bool(row.owes_acknowledgement),
        owner=PersonId(row.owner) if row.owner is not None else None,
        acknowledged=heard,
        phone=phone,
        record_number=record_number,
        reads_as=row.reads_as,
    )


def act_values(act: HumanAct) -> Values:
    """Return the plain columns of a human act."""
    return {
        "case_id": act.case_id,
        "code": act.code,
        "by_person": act.by,
        "agency": act.agency,
        "at": act.at,
        "protective": int(act.protective),
        "number": act.count,
        "happened_at": act.happened_at,
        "named": act.named,
        "child": act.child,
    }


def act_of(row: Row[Any], note: str) -> HumanAct:
    """Return a human act with its opened note."""
    return HumanAct(
        case_id=CaseId(row.case_id),
        code=row.code,
        by=PersonId(row.by_person),
        agency=_agency(row.agency),
        at=row.at,
        protective=bool(row.protective),
        note=note,
        happened_at=row.happened_at,
        named=PersonId(row.named) if row.named is not None else None,
        count=row.number,
        child=row.child,
    )


def decision_values(decision: Decision) -> Values:
    """Return the plain columns of a decision."""
    return {
        "id": decision.id,
        "case_id": decision.case_id,
        "act": decision.act.value,
        "subject": decision.subject,
        "by_person": decision.by,
        "at": decision.at,
        "until_at": decision.until_at,
        "version": decision.version,
        "outcome": decision.outcome.value,
        "decided_by": decision.decided_by,
        "decided_at": decision.decided_at,
        "revision": decision.revision,
    }


def decision_of(row: Row[Any], reason: str) -> Decision:
    """Return a decision with its opened reason."""
    return Decision(
        id=DecisionId(row.id),
        case_id=CaseId(row.case_id),
        act=Grave(row.act),
        subject=row.subject,
        reason=reason,
        by=PersonId(row.by_person),
        at=row.at,
        until_at=row.until_at,
        version=row.version,
        outcome=Outcome(row.outcome),
        decided_by=PersonId(row.decided_by) if row.decided_by is not None else None,
        decided_at=row.decided_at,
        revision=row.revision,
    )


def notice_values(notice: Notice) -> Values:
    """Return the columns of a notice as it is first stored."""
    return {
        "id": notice.id,
        "key": notice.key,
        "kind": notice.kind.value,
        "destination": destination_text(notice.destination),
        "created_at": notice.created_at,
        "not_before": notice.not_before,
        "case_id": notice.case_id,
        "band": notice.band.value if notice.band else None,
        "urgency": notice.band.rank if notice.band else NO_BAND,
        "payload": json_text(dict(notice.payload)),
        "state": notice.state.value,
        "tries": notice.tries,
        "first_tried_at": notice.first_tried_at,
        "lease_until": notice.lease_until,
        "posted_channel": notice.posted.channel if notice.posted else None,
        "posted_ts": notice.posted.ts if notice.posted else None,
        "settled_at": notice.sent_at,
        "last_error": notice.last_error,
        "in_doubt": int(notice.in_doubt),
    }


def notice_of(row: Row[Any]) -> Notice:
    """Return the notice of a row."""
    state = NoticeState(row.state)
    return Notice(
        id=NoticeId(row.id),
        key=row.key,
        kind=NoticeKind(row.kind),
        destination=destination_of(row.destination),
        created_at=instant_of(row.created_at),
        not_before=instant_of(row.not_before),
        case_id=CaseId(row.case_id) if row.case_id is not None else None,
        band=Band(row.band) if row.band is not None else None,
        payload=json.loads(row.payload),
        state=state,
        tries=row.tries,
        first_tried_at=instant_or_none(row.first_tried_at),
        lease_until=instant_or_none(row.lease_until),
        posted=Posted(ChannelId(row.posted_channel), row.posted_ts) if row.posted_ts is not None else None,
        sent_at=instant_or_none(row.settled_at) if state is NoticeState.SENT else None,
        last_error=row.last_error,
        in_doubt=bool(row.in_doubt),
    )


def destination_text(destination: Destination) -> str:
    """Return a destination as one column: "channel:C1", "person:p1"."""
    return f"{destination.kind.value}:{destination.id}"


def destination_of(stored: str) -> Destination:
    """Return the destination of a column."""
    kind, _, name = stored.partition(":")
    return Destination(DestinationKind(kind), name)


def referral_text(referral: Referral) -> str:
    """Return a whole draft as JSON, to be sealed."""
    children = [
        {"number": child.number, "references": [[each.kind, each.value] for each in child.references]}
        for child in referral.children
    ]
    return json_text(
        {
            "concern": referral.concern,
            "grade": referral.grade,
            "asks_for": referral.asks_for,
            "children": children,
            "narrative": referral.narrative,
            "address": referral.address,
            "channel": referral.channel,
            "details": {code: list(choices) for code, choices in referral.details.items()},
            "happened_at": instant_text(referral.happened_at) if referral.happened_at else None,
        }
    )


def referral_of(stored: str) -> Referral:
    """Return the draft of opened JSON."""
    body = json.loads(stored)
    children = tuple(
        Child(each["number"], tuple(ChildReference(kind, value) for kind, value in each["references"]))
        for each in body["children"]
    )
    details = {code: tuple(choices) for code, choices in body.pop("details", {}).items()}
    at = body.pop("happened_at", None)
    happened_at = datetime.fromisoformat(at) if at else None
    return Referral(**{**body, "children": children, "details": details, "happened_at": happened_at})


def instant_text(at: datetime) -> str:
    """Return an instant as it stands inside JSON."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


@lru_cache(maxsize=1024)
def _codes(stored: str) -> tuple[str, ...]:
    """Return a list of codes: a few that come again and again."""
    return tuple(json.loads(stored))


def _agency(stored: str | None) -> AgencyId | None:
    return AgencyId(stored) if stored is not None else None


def json_text(value: object) -> str:
    """Return JSON without spaces."""
    if value == []:  # six of a case are, mostly
        return "[]"
    return _ENCODE(value)
