"""What every use case is given: where records are, which rules hold, what time it is, and how to wake the engine."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.ports import Alarm, Clock, Rules, Store
from bot.watch import Unwatched, Watch


@dataclass(frozen=True, slots=True)
class Tools:
    """The dependencies of the use cases, bound once in the Desk. `new_id` gives an identifier never given before."""

    store: Store
    rules: Rules
    clock: Clock
    alarm: Alarm
    new_id: Callable[[], str]
    watch: Watch = field(default_factory=Unwatched)
