"""How somebody answers a test on the screen: she reads the texts, and knows the answers from the paper itself."""

from typing import Any

from playwright.sync_api import Locator

from lms.assessments.models import Paper
from tests.journeys.people import Person


def answer(person: Person, paper: Paper, *, right: bool) -> None:
    """Every question, rightly or wrongly."""
    for item in paper.content["items"]:
        field = person.page.locator(f"fieldset[data-item='{item['key']}']")
        {"ordering": _order, "matching": _match}.get(item["kind"], _tick)(field, item, person.language, right=right)


def _tick(field: Locator, item: dict[str, Any], language: str, *, right: bool) -> None:
    chosen = [choice for choice in item["choices"] if (choice["key"] in item["answer"]) == right]
    for choice in chosen if item["kind"] == "multiple" else chosen[:1]:
        _row(field, choice["text"][language]).click()


def _order(field: Locator, item: dict[str, Any], language: str, *, right: bool) -> None:
    places = {key: place for place, key in enumerate(item["answer"] if right else item["answer"][::-1], start=1)}
    for choice in item["choices"]:
        _row(field, choice["text"][language]).locator("select").select_option(label=str(places[choice["key"]]))


def _match(field: Locator, item: dict[str, Any], language: str, *, right: bool) -> None:
    texts = {choice["match_key"]: choice["match"][language] for choice in item["choices"]}
    wanted = [texts[item["answer"][choice["key"]]] for choice in item["choices"]]
    for choice, text in zip(item["choices"], wanted if right else wanted[1:] + wanted[:1], strict=True):
        _row(field, choice["text"][language]).locator("select").select_option(label=text)


def _row(field: Locator, text: str) -> Locator:
    return field.locator("label.choice").filter(has=field.page.get_by_text(text, exact=True))
