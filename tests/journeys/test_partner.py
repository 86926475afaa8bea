"""A partner on her phone, from the photo of a paper to a signed list: in two languages, with scripts and without.

Without scripts no photo is read on the page: the phone's own camera opens the address of the code.  The words of the
verdict are the same.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from lms.certificates.actions import ensure_installation_key, revoke_certificate
from lms.certificates.models import Certificate, NameCheckCount
from lms.certificates.rendering import public_address
from lms.common.codes import decode_id, dictated
from lms.common.dates import long_date
from tests.factories import certificates as make
from tests.factories.people import AT, make_staff
from tests.journeys.pictures import photographed
from tests.journeys.verifying import PATIENCE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PAPERS = ("genuine", "revoked")


@dataclass(frozen=True)
class Words:
    """What she reads and taps."""

    states: dict[str, str]
    ask_online: str
    compare: str
    right: str
    wrong: str
    check_list: str
    matches: str
    as_csv: str
    judge: str
    unchanged: str


WORDS = {
    "ky": Words(
        {"genuine": "Чыныгы", "revoked": "Жокко чыгарылган"},
        "Интернет аркылуу текшерүү",
        "Салыштыруу",
        "Ооба: сертификатта ушул аты-жөнү жазылган.",
        "Дал келген жок",
        "Тизмени текшерүү",
        "Дал келет",
        "Жыйынтык CSV түрүндө",
        "Жыйынтыкты текшерүү",
        "өзгөртүлгөн эмес",
    ),
    "ru": Words(
        {"genuine": "Подлинный", "revoked": "Отозван"},
        "Проверить через интернет",
        "Сравнить",
        "Да: в сертификате стоит это имя.",
        "Не совпало",
        "Проверить список",
        "Совпадает",
        "Результат в CSV",
        "Проверить результат",
        "не изменён",
    ),
}


@pytest.fixture
def papers(live_server, settings) -> Iterator[dict[str, Certificate]]:
    cache.clear()
    settings.PUBLIC_BASE_URL = live_server.url
    ensure_installation_key(at=timezone.now())
    found = {name: make.make_certificate() for name in PAPERS}
    said = {"public_wording": {}, "internal_reason": "a reason", "by": make_staff(), "at": AT}
    revoke_certificate(certificate=found["revoked"], **said)
    yield {name: Certificate.objects.get(pk=one.pk) for name, one in found.items()}
    cache.clear()


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_from_the_photo_of_a_paper_to_a_signed_list(
    browser: Browser, browser_context_args, listen, check_page, live_server, papers, tmp_path, language, scripts
):
    words = WORDS[language]
    speaks = {**browser_context_args, "locale": language}
    context = browser.new_context(**speaks, java_script_enabled=scripts)
    listen(context)
    page = context.new_page()
    look: Callable[[Page], None] = check_page if scripts else lambda _page: None
    for name in reversed(PAPERS):
        if scripts:
            _photo_is_judged(page, live_server.url, photographed(papers[name], tmp_path), words, name, language)
            look(page)
            page.get_by_role("link", name=words.ask_online).click()
        else:
            page.goto(public_address(papers[name]))
        expect(page.locator("h1")).to_have_text(words.states[name])
        assert (_decided_on(language) in page.locator(".verdict").inner_text()) == (name == "revoked")
        look(page)
    _name_is_compared(page, words, look)
    counted = NameCheckCount.objects.values_list("certificate", "matches", "mismatches")
    assert list(counted) == [(papers["genuine"].pk, 1, 1)]
    _list_is_checked(page, live_server.url, papers, words, language, look, tmp_path)
    context.close()


def _photo_is_judged(page: Page, site: str, photo: Path, words: Words, name: str, language: str) -> None:
    page.goto(f"{site}/verify/?lang={language}")
    page.locator("[data-picture]").set_input_files(photo)
    expect(page.locator("[data-word]")).to_have_text(words.states[name], timeout=PATIENCE)
    assert (_decided_on(language) in page.locator("[data-sentence]").inner_text()) == (name == "revoked")


def _decided_on(language: str) -> str:
    return long_date(AT.date(), language, case="on")


def _name_is_compared(page: Page, words: Words, look: Callable[[Page], None]) -> None:
    for typed, said in (("Бермет Асанова", words.wrong), (make.FULL_NAME, words.right)):
        page.locator("#id_name").fill(typed)
        page.get_by_role("button", name=words.compare).click()
        expect(page.locator("#name [role=status]")).to_contain_text(said)
        look(page)


def _list_is_checked(
    page: Page,
    site: str,
    papers: dict[str, Certificate],
    words: Words,
    language: str,
    look: Callable[[Page], None],
    folder: Path,
) -> None:
    genuine, revoked = (dictated(decode_id(papers[name].public_id)) for name in PAPERS)
    page.goto(f"{site}/verify/list/?lang={language}")
    page.locator("[name=codes]").fill(f"{genuine}; {make.FULL_NAME}\n{revoked}")
    page.get_by_role("button", name=words.check_list).click()
    rows = page.locator("table.data tbody tr")
    expect(rows.nth(0)).to_contain_text(words.states["genuine"])
    expect(rows.nth(0)).to_contain_text(words.matches)
    expect(rows.nth(1)).to_contain_text(words.states["revoked"])
    look(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name=words.as_csv).click()
    waiting.value.save_as(folder / "result.csv")
    page.locator("[name=result]").set_input_files(folder / "result.csv")
    page.get_by_role("button", name=words.judge).click()
    expect(page.locator(".notice.done")).to_contain_text(words.unchanged)
    look(page)
