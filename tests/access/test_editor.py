"""The editor's addresses: each has one rule, lets in whom the rule names, and changes nothing for anybody else."""

import pytest

from tests.access.asking import Asker
from tests.access.editor import INSIDERS, RULES, Rule
from tests.access.table import STANDS
from tests.access.world import OWN
from tests.house import Address, addresses, filled, rows

pytestmark = pytest.mark.django_db
EDITORS = [address for address in addresses() if address.path.startswith("cms/")]
# The gate before all of them is one; these stand for everybody whom it stops.
STOPPED = ("visitor", "enrolled", "lead", "coordinator", "monitor")
# Of the pages so many are opened by whoever may do least.
LEAST_OPENED = 80
# Led away, not there, no such method: nothing was shown and nothing taken in.
NOTHING = {302, 403, 404, 405}


def rules_of(address: Address) -> list[Rule]:
    return [rule for rule in RULES if rule.matches(address.path)]


def test_every_address_has_one_rule():
    counts = {address.path: [rule.name for rule in rules_of(address)] for address in EDITORS}
    assert {path: names for path, names in counts.items() if len(names) != 1} == {}
    assert {name for names in counts.values() for name in names} == {rule.name for rule in RULES}


@pytest.mark.exhaustive
@pytest.mark.parametrize("role", INSIDERS)
def test_insiders(world, role):
    asker, opened, wrong, before = Asker(world.people[role]), [], [], rows()
    for address in EDITORS:
        [rule], path = rules_of(address), filled(address, world.things[OWN])
        status = asker.ask("GET", path).status_code
        word = filled(address, world.things[OWN], "x")
        if word != path and asker.ask("GET", word).status_code == 200 and role not in rule.opens:
            wrong.append((rule.name, word))
        if role in rule.opens:
            opened += [rule.name] if status == 200 else []
        elif status not in NOTHING or asker.ask("POST", path, {}).status_code not in NOTHING:
            wrong.append((rule.name, address.path))
    assert wrong == []
    assert {table for table, found in rows().items() if found != before[table]} == set()
    # What the rules promise is there; nothing was chosen of which several could be changed at once.
    promised = {rule.name for rule in RULES if role in rule.opens}
    assert promised - set(opened) <= {"several at once", "signing out"}
    assert len(opened) > LEAST_OPENED


@pytest.mark.exhaustive
@pytest.mark.parametrize("role", STANDS)
def test_everybody_else_finds_no_editor(world, role):
    if role in INSIDERS:
        return
    asker, wrong, before, seen = Asker(world.people[role]), [], rows(), set()
    for address in EDITORS:
        [rule], path = rules_of(address), filled(address, world.things[OWN])
        if rule.is_public or (role not in STOPPED and rule.name in seen):
            continue
        seen.add(rule.name)
        answers = {asker.ask("GET", path).status_code, asker.ask("POST", path, {}).status_code}
        if answers - NOTHING:
            wrong.append((address.path, answers))
    assert wrong == []
    assert {table for table, found in rows().items() if found != before[table]} == set()
