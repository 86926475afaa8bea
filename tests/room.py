"""Room on Python's stack.

Its frames lie in chunks of 16 KiB, and up to Python 3.13.12 each call that crosses the end of one asks the system for
memory and gives it back when it returns (python/cpython#142183).  Where the templates of a page happen to stand on such
an edge that is thousands of times a page, and took a sixth of the tests' time.
"""

from types import FunctionType
from typing import Any


def _through(call: Any, *given: Any) -> Any:
    return call(*given)


# Whose frame asks for more than half a MiB gets a chunk of a whole one; whatever it calls finds the rest of it free.
with_room = FunctionType(_through.__code__.replace(co_stacksize=70_000), globals(), "with_room")
