"""How a view says what an action refused: on the next page, or in the form that asked for it.

    with refusal_shown(request):
        admit_enrolment(enrolment=enrolment, by=request.user, at=timezone.now())
        messages.success(request, _("The place is given."))
    return redirect(back)

The block ends where an action refuses, the view goes on below it.  Any other error passes through.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from types import TracebackType

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest

from lms.common.errors import ActionError


class _Refusal(AbstractContextManager[None, bool]):
    """A class, because a generator cannot tell the type checker that the block may end early."""

    def __init__(self, say: Callable[[str], object]) -> None:
        self._say = say

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, ActionError):
            return False
        self._say(str(error))
        return True


def refusal_shown(request: HttpRequest) -> AbstractContextManager[None, bool]:
    """A refusal inside the block becomes a message on the page that is shown next."""
    return _Refusal(partial(messages.error, request))


def refusal_in(form: BaseForm, field: str | None = None) -> AbstractContextManager[None, bool]:
    """A refusal inside the block becomes an error of this field, or of the form as a whole."""
    return _Refusal(partial(form.add_error, field))
