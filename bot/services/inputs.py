"""What an act asks to be given when it is recorded: judged, and put into the words that stand on the record."""

from bot.domain.acts import MOST_COUNTED
from bot.domain.commands import RecordAct
from bot.domain.concerns import Act
from bot.services.changes import Change


def wrong_inputs(change: Change, act: Act, command: RecordAct) -> dict[str, str]:
    """What was asked for and not given, or cannot be, by field: listed, note, count."""
    asks, wrong = act.inputs, dict[str, str]()
    if asks is None:
        return wrong
    offered, least = change.policy.listed.get(asks.listed, {}), change.policy.reasons.least_characters
    if asks.choose and (not command.listed or not offered.keys() >= set(command.listed)):
        wrong["listed"] = f"Select from the list: {asks.choose}"
    if asks.reason and len(" ".join(command.note.split())) < least:
        wrong["note"] = f"{asks.reason} must be {least} characters or more"
    if asks.count and (command.count is None or not 1 <= command.count <= MOST_COUNTED):
        wrong["count"] = f"{asks.count} must be a whole number from 1 to {MOST_COUNTED}"
    elif asks.count and command.count is not None and _too_many(command.count, act, change):
        wrong["count"] = "This is more than are on the record and still to be done. Record the others first"
    return wrong


def _too_many(count: int, act: Act, change: Change) -> bool:
    """Whether more would be done than were ever started."""
    records = change.policy.records_of(act.code)
    rows = [row for row in change.policy.milestones.values() if row.each and row.met_by & records]
    return any(count > change.left_of(row) for row in rows)


def chosen(change: Change, act: Act, command: RecordAct) -> str:
    """What was chosen from the act's list, in words."""
    offered = change.policy.listed.get(act.inputs.listed, {}) if act.inputs else {}
    return "; ".join(offered[code] for code in command.listed if code in offered)


def audited(act: Act, command: RecordAct) -> str:
    """What the audit says of it: codes and a count, nothing that was typed."""
    listed = f" {','.join(command.listed)}" if act.inputs is not None and act.inputs.listed else ""
    count = f" of {command.count}" if act.inputs is not None and act.inputs.count else ""
    return f"{act.code}{listed}{count}"
