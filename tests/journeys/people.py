"""Somebody at a browser: she opens addresses, fills in forms by the names of their fields and presses buttons.

Nothing is found by its words, which differ with the language.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Dialog, Page

from lms.dashboard.starter.people import PASSWORD

SUBMIT = "main form button:not([type=button])"


@dataclass
class Person:
    """One person with one browser of her own."""

    page: Page
    base: str
    language: str
    check: Callable[[Page], None]

    def open(self, path: str, *, status: int = 200) -> None:
        """An address, in her language unless it begins with a slash; what answers has no barrier."""
        address = f"{self.base}{path}" if path.startswith("/") else f"{self.base}/{self.language}/{path}"
        self.visit(address, status=status)

    def visit(self, address: str, *, status: int = 200) -> None:
        """A whole address, as a QR code has it."""
        answer = self.page.goto(address)
        assert answer
        assert (address, answer.status) == (address, status)
        self.check(self.page)

    def fill(self, **fields: str) -> None:
        """Fields by their names."""
        for name, value in fields.items():
            self.page.locator(f"main [name='{name}']").fill(value)

    def tick(self, name: str, *values: str) -> None:
        """Exactly these of the boxes of this name, or this radio button."""
        boxes = self.page.locator(f"main input[name='{name}']")
        for box in boxes.all():
            if box.get_attribute("type") == "radio":
                if box.get_attribute("value") in values:
                    box.check()
            else:
                box.set_checked(box.get_attribute("value") in values)

    def choose(self, name: str, value: str) -> None:
        """An option by its value."""
        self.page.locator(f"main select[name='{name}']").select_option(value)

    def press(self, selector: str = SUBMIT, *, check: bool = True) -> None:
        """A button that leads to another page."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        if check:
            self.check(self.page)

    def download(self, selector: str = SUBMIT) -> bytes:
        """What a button or a link gives as a file."""
        with self.page.expect_download() as waiting:
            self.page.locator(selector).first.click()
        return waiting.value.path().read_bytes()

    @property
    def text(self) -> str:
        """What stands on the page."""
        return self.page.locator("body").inner_text()


@dataclass
class House:
    """Gives everybody a browser of her own in front of the same site."""

    browser: Browser
    base: str
    listen: Callable[[BrowserContext], list[str]]
    check: Callable[[Page], None]
    arguments: dict
    contexts: list[BrowserContext] = field(default_factory=list)

    def enter(self, language: str = "ky", *, scripts: bool = True, **more: object) -> Person:
        """A visitor.  Without scripts a page cannot be checked for barriers either."""
        context = self.browser.new_context(**{**self.arguments, "java_script_enabled": scripts, **more})
        self.contexts.append(context)
        self.listen(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("dialog", Dialog.accept)
        return Person(page, self.base, language, self.check if scripts else _unchecked)

    def staff(self, username: str, language: str = "en", **more: object) -> Person:
        """Somebody who signs in with her user name."""
        person = self.enter(language, **more)
        person.open("accounts/login/")
        person.fill(login=username, password=PASSWORD)
        person.press()
        return person

    def participant(self, code: str, pin: str, language: str, **more: object) -> Person:
        """Somebody who signs in with her card; with scripts the card's QR fills in the code."""
        person = self.enter(language, **more)
        person.open(f"/card/#{code}")
        if not more.get("scripts", True):
            person.fill(code=code)
        assert person.page.locator("[name=code]").input_value().replace(" ", "") == code
        person.fill(pin=pin)
        person.press()
        return person

    def close(self) -> None:
        """Everybody leaves: a browser that stays keeps its connections, and the server a thread and a database
        connection for each.
        """
        for context in self.contexts:
            context.close()


def _unchecked(_page: Page) -> None:
    pass
