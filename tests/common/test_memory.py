"""What is remembered once is not remembered for ever."""

import gc
import weakref

from lms.common.memory import SECONDS, kept_a_while


class Thing:
    """What a weak reference can look at."""


def test_answer_is_made_once_and_let_go_when_its_time_is_over(clock) -> None:
    made = kept_a_while(maxsize=8)(lambda name: Thing())
    looked_at = weakref.ref(made("old"))
    assert made("old") is looked_at()
    clock["at"] += SECONDS
    made("another")
    gc.collect()
    assert looked_at() is None


def test_no_more_is_kept_than_was_asked_for(clock) -> None:
    made = kept_a_while(maxsize=2)(lambda name: Thing())
    first = weakref.ref(made("a"))
    made("b"), made("c")
    gc.collect()
    assert first() is None
