"""Every address × every role × whose thing × method: the answer is the one in the table, and neither whoever looks nor
whoever is refused changes a row.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.access.asking import IN, METHOD, ON, WHOSE, Asker, expected, fits
from tests.access.table import BODIES, NO_METHOD, ROWS, STANDS, WITHOUT_TOKEN
from tests.access.world import OWN, World
from tests.house import Address, addresses, filled, rows

pytestmark = pytest.mark.django_db
OURS = [address for address in addresses() if not address.path.startswith("cms/")]
# Nobody writes by these, whatever stands in the table; other people's views show their form again.
OTHER_METHODS = ("PUT", "PATCH", "DELETE")
NOT_OURS = ("account_", "mfa_", "wagtail_")
# What is open to whoever comes by is seen at once, what is open to one role too many before it lands.
EACH = [pytest.param(role, marks=() if role == "visitor" else pytest.mark.exhaustive) for role in STANDS]


def test_every_address_has_one_row():
    assert [address.path for address in OURS if address.name not in ROWS] == []
    assert set(ROWS) - {address.name for address in OURS} == set()
    assert len(OURS) == len(ROWS)


def questions(world: World) -> Iterator[tuple[Address, str | None, str]]:
    """Each address with whose thing it names, and the path; where it names none, once."""
    for address in OURS:
        paths = {filled(address, world.things[whose]): whose for whose in reversed(WHOSE)}
        for path, whose in paths.items():
            yield address, whose if len(paths) > 1 else None, path


def _body(address: Address, things: dict[str, Any]) -> dict[str, str]:
    return {name: value.format_map(things) for name, value in BODIES.get(address.name, {}).items()}


def of_nothing(world: World) -> Iterator[str]:
    """The addresses that name something which the world lacks, with a word in its place instead of a number."""
    for address in OURS:
        path = filled(address, world.things[OWN], "x")
        if path != filled(address, world.things[OWN]):
            yield path


@pytest.mark.parametrize("role", EACH)
def test_looking(world, role):
    asker, wrong, before = Asker(world.people[role]), [], rows()
    for address, whose, path in questions(world):
        promise = expected(ROWS[address.name][0], role, whose)
        answer = asker.ask("GET", path)
        if not fits(promise, answer, visits=asker.visits):
            wrong.append((address.name, whose, promise, answer.status_code))
    statuses = {path: asker.ask("GET", path).status_code for path in of_nothing(world)}
    assert wrong == []
    assert {path: status for path, status in statuses.items() if status >= 500} == {}
    assert {table for table, found in rows().items() if found != before[table]} == set()


@pytest.mark.parametrize("role", EACH)
def test_writing(world, role):
    asker, wrong, refused = Asker(world.people[role]), [], []
    for address, whose, path in questions(world):
        promise, body = expected(ROWS[address.name][1], role, whose), _body(address, world.things[whose or OWN])
        if promise not in (IN, ON):
            refused.append((address, whose, path, promise, body))
            continue
        answer = asker.ask_and_undo("POST", path, body)
        if not fits(promise, answer, visits=asker.visits):
            wrong.append((address.name, whose, promise, answer.status_code))
    before = rows()
    for address, whose, path, promise, body in refused:
        answer = asker.ask("POST", path, body)
        if not fits(promise, answer, visits=asker.visits):
            wrong.append((address.name, whose, promise, answer.status_code))
    assert wrong == []
    assert {table for table, found in rows().items() if found != before[table]} == set()


@pytest.mark.exhaustive
@pytest.mark.parametrize("role", ["visitor", "coordinator", "superuser"])
def test_no_other_method_writes(world, role):
    asker, wrong, before = Asker(world.people[role]), [], rows()
    for address in OURS:
        path = filled(address, world.things[OWN])
        for method in OTHER_METHODS:
            status = asker.ask(method, path).status_code
            if status not in {302, 401, 403, 404, 405} and not address.name.startswith(NOT_OURS):
                wrong.append((address.name, method, status))
    assert wrong == []
    assert {table for table, found in rows().items() if found != before[table]} == set()


@pytest.mark.exhaustive
def test_asking_for_the_head_is_looking(world):
    asker = Asker(world.people["coordinator"])
    for address in OURS:
        path = filled(address, world.things[OWN])
        head = asker.ask("HEAD", path)
        assert head.status_code == asker.ask("GET", path).status_code, address.name
        assert not head.getvalue(), address.name


@pytest.mark.exhaustive
@pytest.mark.parametrize("role", ["visitor", "enrolled", "coordinator", "administrator"])
def test_every_write_wants_the_forms_token(world, role):
    asker = Asker(world.people[role], enforce_csrf_checks=True)
    for address, whose, path in questions(world):
        cell = ROWS[address.name][1]
        if cell != NO_METHOD and expected(cell, role, whose) in (IN, ON) and address.name not in WITHOUT_TOKEN:
            assert asker.ask("POST", path, {}).status_code == 403, address.name


def test_the_table_says_no_more_than_it_must():
    """Each word of a cell is one that somebody can be."""
    known = {word for words in STANDS.values() for word in words} | {"everyone", "signed_in"}
    cells = [cell for row in ROWS.values() for cell in row if cell != NO_METHOD]
    assert {token.rstrip("!>") for cell in cells for token in cell.split()} - known == set()
    assert METHOD == NO_METHOD
