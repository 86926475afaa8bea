"""Where a parameter says where to go on: never to another house."""

from types import SimpleNamespace
from urllib.parse import quote, urljoin, urlsplit

import pytest
from django.test import Client

from tests.access.asking import Asker
from tests.access.world import OWN
from tests.factories.people import PASSWORD
from tests.house import addresses, filled

pytestmark = pytest.mark.django_db
ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "////evil.example/%2e%2e",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https://evil.example",
    "HTTPS://EVIL.example",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "//testserver:80@evil.example",
    "https://evil.example#@testserver",
    "javascript:alert(1)",
    "data:text/html,x",
    "/%0d%0aLocation:https://evil.example",
    "/\r\nLocation: https://evil.example",
    "/%5cevil.example",
    "/%2f%2fevil.example",
    "ftp://evil.example",
    " https://evil.example",
    "//evil%E3%80%82example",
]
PARAMETERS = ("next", "back", "lang", "url", "to", "return", "redirect_to", "page")
HOME = "http://testserver/"


def leads_out(answer, path: str) -> bool:
    """Would a browser that follows the answer leave the site?  Browsers read \\ as / and drop tabs and newlines."""
    where = answer.headers.get("Location")
    if where is None:
        return False
    seen = where.replace("\\", "/").translate({9: None, 10: None, 13: None}).strip()
    target = urlsplit(urljoin(urljoin(HOME, path), seen))
    return (target.scheme, target.hostname) != ("http", "testserver") or "\r" in where or "\n" in where


@pytest.mark.exhaustive
@pytest.mark.parametrize("role", ["visitor", "coordinator"])
def test_no_parameter_of_any_address_leads_out(world, role):
    asker, out = Asker(world.people[role]), []
    for number, address in enumerate({address.path: address for address in addresses()}.values()):
        path = filled(address, world.things[OWN])
        # All of them where it leads on anyway, in turns where it does not.
        leads_on = "Location" in asker.ask("GET", path).headers
        for place in ELSEWHERE if leads_on and not address.path.startswith("cms/") else ELSEWHERE[number % 12 :: 12]:
            query = "&".join(f"{name}={quote(place)}" for name in PARAMETERS)
            if leads_out(asker.ask("GET", f"{path}?{query}"), path):
                out.append((path, place))
    assert out == []


@pytest.mark.parametrize("place", ELSEWHERE)
def test_no_form_that_goes_on_leads_out(world, place):
    lead = world.people["lead"]
    forms = {
        "/en/accounts/login/": {"login": lead.username, "password": PASSWORD, "next": place},
        "/language/": {"language": "ky", "next": place},
        "/en/accounts/logout/": {"next": place},
        "/cms/logout/": {"next": place},
        "/en/me/language/": {"language": "ky", "next": place},
    }
    for path, body in forms.items():
        asker = Asker(None if "login" in path else lead)
        for address in (path, f"{path}?next={quote(place)}"):
            answer = asker.ask_and_undo("POST", address, body)
            assert answer.status_code == 302, (path, place)
            assert not leads_out(answer, path), (path, place)
    back = Client().post("/language/", {"language": "ky"}, headers={"referer": "https://evil.example/x"})
    assert not leads_out(back, "/language/")


def test_the_test_sees_a_way_out():
    """A redirect that does lead out is found, however it is written."""
    for place in ("//evil.example", "/\\evil.example", "https:evil.example", "/\t/evil.example"):
        assert leads_out(SimpleNamespace(headers={"Location": place}), "/x"), place
    assert not leads_out(SimpleNamespace(headers={"Location": "/x/?next=//evil.example"}), "/x")
