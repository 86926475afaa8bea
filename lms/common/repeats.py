"""A page that is sent twice does its work once."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache


@contextmanager
def asked_first(key: str, seconds: int) -> Iterator[bool]:
    """Is this asked for the first time within so many seconds?

    Where the block raises, whatever it was, nothing was done: whoever sends the page again asks for the first time.
    """
    is_first = cache.add(key, 1, seconds)
    try:
        yield is_first
    except BaseException:
        if is_first:
            cache.delete(key)
        raise
