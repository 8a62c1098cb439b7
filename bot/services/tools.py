"""What every use case is given: where records are, which rules hold, what time it is, and how to wake the engine."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import ParamSpec, TypeVar

from bot.domain.errors import Conflict
from bot.ports import Alarm, Clock, Rules, Store
from bot.watch import Unwatched, Watch

P = ParamSpec("P")
T = TypeVar("T")

MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class Tools:
    """The dependencies of the use cases, bound once in the Desk. `new_id` gives an identifier never given before."""

    store: Store
    rules: Rules
    clock: Clock
    alarm: Alarm
    new_id: Callable[[], str]
    watch: Watch = field(default_factory=Unwatched)


def again(use_case: Callable[P, T]) -> Callable[P, T]:
    """The use case, done from its start once more when somebody else changed the same records first.

    Nothing of a try that met a Conflict was kept, so trying again does nothing twice. After five tries the Conflict stands.
    """

    @wraps(use_case)
    def trying(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(MOST_TRIES - 1):
            try:
                return use_case(*args, **kwargs)
            except Conflict:
                continue
        return use_case(*args, **kwargs)

    return trying
