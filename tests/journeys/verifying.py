"""What a partner does on `/verify/`, and what the page answers."""

from playwright.sync_api import Page, expect

from tests.journeys.lines import Line

# To compile the decoder takes a busy machine some seconds.
PATIENCE = 30_000
READY = """async () => {
  await navigator.serviceWorker.ready;
  while (!(await caches.match("/verify/kept-list"))) await new Promise((done) => setTimeout(done, 50));
}"""


def opened_once(page: Page, server: Line, language: str = "ky") -> None:
    """With a connection, until the phone holds the page and the list; then the server is gone."""
    page.goto(f"{server.url}/verify/?lang={language}")
    page.evaluate(READY)
    expect(page.locator("[data-ready]")).not_to_be_empty()
    server.cut()


def paste(page: Page, text: str) -> None:
    page.locator("[name=code]").fill(text)
    page.locator("main form button").click()


def verdict(page: Page) -> str:
    """The word of the state in English, from among the three."""
    panel = page.locator("[data-verdict]")
    expect(panel).to_be_visible(timeout=PATIENCE)
    word = panel.locator("[data-word]")
    english = panel.locator("[lang=en]")
    return english.inner_text() if english.count() else word.inner_text()


def answer(page: Page) -> str:
    """What is said in place of a verdict: none stands there, and whoever looks or listens is led to the words."""
    said = page.locator("[data-answer]")
    expect(said).to_be_focused(timeout=PATIENCE)
    expect(said).to_be_in_viewport()
    assert page.locator("[data-verdict]").is_hidden()
    return said.inner_text()
