"""A use case that met somebody else's change is done again from its start."""

import pytest

from bot.domain.errors import Conflict
from bot.services.tools import MOST_TRIES, again


def test_a_use_case_that_meets_a_conflict_is_done_again_and_answers() -> None:
    tries: list[int] = []

    def third_time_lucky(answer: str) -> str:
        tries.append(1)
        if len(tries) < 3:
            raise Conflict
        return answer

    assert again(third_time_lucky)("stored") == "stored"
    assert len(tries) == 3


def test_a_conflict_that_never_ends_is_raised_after_five_tries() -> None:
    tries: list[int] = []

    def never() -> None:
        tries.append(1)
        raise Conflict

    with pytest.raises(Conflict):
        again(never)()
    assert len(tries) == MOST_TRIES == 5
