"""Somebody asks for an address; what was expected, and what she got."""

from http.cookies import SimpleCookie
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.test import Client

from lms.people.models import User
from tests.access.table import EVERYONE, NO_METHOD, SIGNED_IN, STANDS
from tests.access.world import FOREIGN, OTHER, OWN

WHOSE = (OWN, OTHER, FOREIGN)
IN, ON, READ_ONLY, METHOD, SIGN_IN, NOT_FOUND = "in", "led on", "403", "405", "sign in", "404"
MARKS = {"!": READ_ONLY, ">": ON}
# What each answer looks like.  A form that is not accepted was taken in, too: it was read.
STATUSES = {
    IN: {"GET": {200}, "POST": {200, 302, 400, 409, 422}},
    ON: {"GET": {302}, "POST": {302}},
    READ_ONLY: {"GET": {403}, "POST": {403}},
    METHOD: {"GET": {405}, "POST": {405}},
    SIGN_IN: {"GET": set(), "POST": {401}},  # and the way to a door
    NOT_FOUND: {"GET": {404}, "POST": {404}},
}
DOORS = ("/en/accounts/login/", "/card/")


class Asker:
    """One person's browser.  Every question finds her signed in anew and nothing counted against her yet."""

    def __init__(self, person: User | None, **how: Any) -> None:
        cache.clear()
        self.visits = person is None
        self.client = Client(raise_request_exception=False, **how)
        if person:
            self.client.force_login(person, backend="lms.people.backends.RoleBackend")
        self.cookies = self.client.cookies.output(header="")

    def ask(self, method: str, path: str, body: dict[str, str] | None = None) -> Any:
        """The answer."""
        return self.client.generic(method, path) if body is None else getattr(self.client, method.lower())(path, body)

    def ask_and_undo(self, method: str, path: str, body: dict[str, str] | None = None) -> Any:
        """The answer to something that may change rows or end her session."""
        with transaction.atomic():
            answer = self.ask(method, path, body)
            transaction.set_rollback(True)
        self.forget()
        return answer

    def forget(self) -> None:
        """As if she had just signed in."""
        cache.clear()
        self.client.cookies = SimpleCookie(self.cookies)


def expected(cell: str, role: str, whose: str | None) -> str:
    """What the table's cell promises to this role, at whose thing (None: the address names none)."""
    if cell == NO_METHOD:
        return METHOD
    word = STANDS[role][WHOSE.index(whose) if whose else -1]
    found = SIGN_IN if word == "visitor" and cell else NOT_FOUND
    for token in cell.split():
        who, mark = (token[:-1], token[-1]) if token[-1] in MARKS else (token, "")
        if who in (word, EVERYONE) or (who == SIGNED_IN and word != "visitor"):
            found = MARKS.get(mark, IN)
    return found


def fits(promise: str, answer: Any, *, visits: bool) -> bool:
    """Is it the answer that was promised?  A visitor need not even learn that there is nothing for her."""
    to_door = answer.status_code == 302 and answer["Location"].startswith(DOORS)
    if to_door and promise != ON:
        return visits and promise != IN
    return answer.status_code in STATUSES[promise][answer.request["REQUEST_METHOD"]]
