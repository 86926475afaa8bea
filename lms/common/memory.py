"""What a process remembers of people is forgotten again: an erasure reaches the database and no other process."""

import time
from collections.abc import Callable
from functools import lru_cache, wraps

# Long enough for whoever checks a certificate, and for a page that many open at once.
SECONDS = 600


def kept_a_while[**P, R](*, maxsize: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """`lru_cache` that drops all it holds when SECONDS are over, with the next question that it is asked."""

    def keep(function: Callable[P, R]) -> Callable[P, R]:
        @lru_cache(maxsize=1)
        def of_span(_number: int) -> Callable[..., R]:
            return lru_cache(maxsize=maxsize)(function)

        @wraps(function)
        def ask(*args: P.args, **kwargs: P.kwargs) -> R:
            return of_span(int(time.time()) // SECONDS)(*args, **kwargs)

        return ask

    return keep
