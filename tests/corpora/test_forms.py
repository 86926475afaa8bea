"""Scripts typed into every field of every form that a page shows: the answer shows them as text, and never fails."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from django.db import transaction
from django.test import Client

from tests.access.asking import Asker
from tests.access.world import OWN
from tests.corpora.test_scripts import SCRIPTS, Reader
from tests.house import addresses, filled

pytestmark = pytest.mark.django_db
OURS = [address for address in addresses() if not address.path.startswith("cms/")]
ROLES = ("visitor", "enrolled", "graduate", "lead", "coordinator", "administrator", "superuser")
# What a browser would send from a field of this type.
TYPED = {
    "number": "5",
    "date": "2026-12-01",
    "datetime-local": "2026-12-01T10:00",
    "time": "10:00",
    "email": "a@example.org",
    "url": "http://example.org",
}


def forms_of(page: str, path: str) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Where each form of the page is sent to, and its fields with the hostile text in each that takes text."""
    for form in BeautifulSoup(page, "html.parser").find_all("form"):
        if form.get("method", "get").lower() != "post":
            continue
        sent: dict[str, list[str]] = {}
        for field in form.find_all(["input", "textarea", "select", "button"]):
            if name := field.get("name"):
                sent.setdefault(name, []).extend(_value(field))
        yield form.get("action") or path, sent


def _value(field) -> list[str]:
    kind = field.get("type", "text")
    if field.name == "select":
        options = [option.get("value", "") for option in field.find_all("option")]
        return options[-1:]
    if field.name == "textarea" or kind in {"text", "search", "tel", "password"}:
        return [SCRIPTS[: int(field.get("maxlength") or 500)]]
    if kind == "file" or (kind == "radio" and field.get("checked") is None):
        return []
    return [TYPED.get(kind) or field.get("value", "on")]


def _followed(client: Client, address: str, sent: dict[str, list[str]]):
    """The answer, or the page that it leads to."""
    answer = client.post(address, sent)
    if answer.status_code != 302:
        return answer
    target = urlsplit(answer.headers["Location"])
    return client.get(f"{target.path}?{target.query}")


@pytest.mark.exhaustive
@pytest.mark.parametrize("role", ROLES)
def test_forms_show_what_was_typed_as_text(world, role):
    asker, seen, faults, shown = Asker(world.people[role]), set(), {}, 0
    for address in OURS:
        path = filled(address, world.things[OWN])
        page = asker.ask("GET", path)
        if page.status_code != 200 or not page.headers["Content-Type"].startswith("text/html"):
            continue
        for target, sent in forms_of(page.content.decode(), path):
            if (key := (urlsplit(target).path, frozenset(sent))) in seen or "logout" in target:
                continue
            seen.add(key)
            with transaction.atomic():
                answer = _followed(asker.client, target, sent)
                transaction.set_rollback(True)
            asker.forget()
            if answer.status_code >= 500:
                faults[target] = answer.status_code
            elif answer.headers["Content-Type"].startswith("text/html"):
                reader = Reader(answer.content.decode())
                shown += SCRIPTS[:20] in reader.shown
                if reader.faults:
                    faults[target] = reader.faults
    assert faults == {}
    # Some refuse it beside the field, some show it on the page that they lead to.
    assert len(seen) > 5
    assert shown > 1
