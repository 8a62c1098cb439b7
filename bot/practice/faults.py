"""Faults on demand: what the workspace does wrong next, for which calls, and how often."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.practice.wire import ControlError, Json

CALL_FAULTS = ("error", "429", "timeout_after_post", "accepted_then_500", "revoked")
SOCKET_FAULTS = ("drop_socket", "deaf", "duplicate")
RETRY_AFTER = 30


@dataclass(slots=True)
class Fault:
    """One fault: its kind, the calls it is for (None = any) and how many of them are still to be hit."""

    kind: str
    method: str | None
    channel: str | None
    count: int
    retry_after: int
    code: str
    hold: float | None
    until: datetime | None = None

    def as_json(self) -> Json:
        """The fault as the page shows it."""
        shown: Json = {"kind": self.kind, "method": self.method, "channel": self.channel, "count": self.count}
        if self.kind == "429":
            shown["retry_after"] = self.retry_after
        return shown


def fault_from(body: Json, channel_id: str | None) -> Fault:
    """The fault that a control call asks for; ControlError `bad_fault` when it asks for none there is."""
    kind = str(body.get("kind"))
    if kind not in CALL_FAULTS + SOCKET_FAULTS:
        known = ", ".join(CALL_FAULTS + SOCKET_FAULTS)
        raise ControlError("bad_fault", f"There is no fault {kind!r}: the kinds are {known}.")
    try:
        hold = None if body.get("hold") is None else float(body["hold"])
        count, retry_after = int(body.get("count") or 1), int(body.get("retry_after") or RETRY_AFTER)
    except (TypeError, ValueError):
        raise ControlError("bad_fault", "count, retry_after and hold are numbers.") from None
    return Fault(
        kind=kind,
        method=body.get("method"),
        channel=channel_id,
        count=count,
        retry_after=retry_after,
        code=str(body.get("error") or "internal_error"),
        hold=hold,
    )


class Faults:
    """The faults in force, in the order they were asked for."""

    def __init__(self) -> None:
        self.active: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Put a fault in force."""
        self.active.append(fault)

    def clear(self, kind: str | None = None) -> None:
        """Lift the faults of one kind, or all of them."""
        self.active = [fault for fault in self.active if kind is not None and fault.kind != kind]

    def for_call(self, method: str, channel: str | None, now: datetime) -> Fault | None:
        """The fault that hits this call, used up by one; a revoked token stays until it is lifted."""
        for fault in self.active:
            if fault.kind not in CALL_FAULTS or fault.method not in (None, method):
                continue
            if fault.channel not in (None, channel):
                continue
            if fault.kind == "revoked":
                return fault
            if fault.kind == "429":
                return self._limit(fault, now)
            self._use(fault)
            return fault
        return None

    def _limit(self, fault: Fault, now: datetime) -> Fault | None:
        """A 429 holds until its Retry-After has passed in practice time, `count` times over."""
        if fault.until is None or now >= fault.until:
            if fault.count == 0:
                self.active.remove(fault)
                return None
            fault.count -= 1
            fault.until = now + timedelta(seconds=fault.retry_after)
        return fault

    def take(self, kind: str) -> bool:
        """Whether a socket fault of this kind is in force, used up by one."""
        for fault in self.active:
            if fault.kind == kind:
                self._use(fault)
                return True
        return False

    def _use(self, fault: Fault) -> None:
        fault.count -= 1
        if fault.count <= 0:
            self.active.remove(fault)
