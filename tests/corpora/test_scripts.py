"""Scripts typed wherever text can be typed: every page shows them as text."""

import json
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

from tests.access.asking import Asker
from tests.access.world import OWN
from tests.corpora.poison import poison
from tests.house import addresses, filled

pytestmark = pytest.mark.django_db
# Out of a text, of an attribute in each kind of quotes, of a title, a text area, a script; and of a template.
SCRIPTS = "\"'></title><svg/onload=canary()></script>{{canary}}${canary}"
LINK = "javascript:canary()//"
ADDRESSES = list({address.path: address for address in addresses()}.values())
# Between them they see every kind of page; the editor's are for one of them.
ROLES = ("visitor", "graduate", "coordinator", "administrator")
LINKS = {"href", "src", "action", "formaction", "data", "poster", "srcset", "hx-get", "hx-post"}


class Reader(HTMLParser):
    """What a browser would make of the page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.shown = ""
        self._json: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            value = value or ""
            self.shown += value
            if "canary" in name or (name.startswith("on") and "canary" in value):
                self.faults.append(f"<{tag} {name}>")
            if name in LINKS and unquote(value).strip().lower().startswith(("javascript:", "data:text")):
                self.faults.append(f"<{tag} {name}={value[:40]}>")
        if "canary" in tag:
            self.faults.append(f"<{tag}>")
        self._json = "" if tag == "script" and ("type", "application/json") in attrs else None

    def handle_data(self, data: str) -> None:
        self.shown += data
        if self._json is not None:
            self._json += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._json:
            try:
                json.loads(self._json)
            except ValueError:
                self.faults.append("broken JSON")
        self._json = None


@pytest.mark.exhaustive
@pytest.mark.parametrize("payload", [SCRIPTS, LINK], ids=["scripts", "link"])
def test_pages_show_what_was_typed_as_text(world, payload):
    assert poison(world, payload) > 60
    faults, shown = {}, set()
    for role in ROLES:
        asker = Asker(world.people[role])
        for address in ADDRESSES:
            if address.path.startswith("cms/") and role != "administrator":
                continue
            answer = asker.ask("GET", filled(address, world.things[OWN]))
            if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
                continue
            reader = Reader(answer.content.decode())
            if reader.faults:
                faults[address.path] = reader.faults
            if payload[:20] in reader.shown:
                shown.add(address.path)
    assert faults == {}
    # Many pages show it; those that show none of it prove nothing.
    assert len(shown) > 40, sorted(shown)


@pytest.mark.parametrize(
    "address", ["javascript:canary()", "JaVaScRiPt:canary()", " java\tscript:canary()", "data:text/html,x"]
)
def test_what_an_editor_formats_holds_no_script(address):
    link = {"type": "LINK", "mutability": "MUTABLE", "data": {"url": address}}
    block = {
        "key": "a",
        "text": "<script>canary()</script>",
        "type": "unstyled",
        "depth": 0,
        "inlineStyleRanges": [],
        "entityRanges": [{"offset": 0, "length": 8, "key": 0}],
    }
    typed = json.dumps({"entityMap": {"0": link}, "blocks": [block]})
    kept = Reader(ContentstateConverter(features=["bold", "link"]).to_database_format(typed))
    assert kept.faults == []
    assert "<script>" in kept.shown
