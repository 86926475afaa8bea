"""A personnel officer checks a list on her phone, keeps the result, and somebody else learns that it is unchanged."""

from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from lms.certificates.actions import ensure_installation_key, erase_holder, revoke_certificate
from lms.common.codes import decode_id, dictated
from tests.factories import certificates as make
from tests.factories.people import AT, make_staff

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
WORDS = {
    "ky": ("Тизмени текшерүү", "Дал келет", "Жыйынтык CSV түрүндө", "Жыйынтыкты текшерүү", "өзгөртүлгөн эмес"),
    "ru": ("Проверить список", "Совпадает", "Результат в CSV", "Проверить результат", "не изменён"),
}


@pytest.fixture
def typed(live_server, settings) -> str:
    """What she has in her hands: papers of each kind, one code with a slip, one address of somebody else."""
    cache.clear()
    settings.PUBLIC_BASE_URL = live_server.url
    ensure_installation_key(at=timezone.now())
    good, trainer = make.make_certificate(), make.make_trainer_certificate()
    revoked, erased = make.make_certificate(), make.make_certificate()
    said = {"public_wording": {}, "internal_reason": "a reason", "by": make_staff(), "at": AT}
    revoke_certificate(certificate=revoked, **said)
    erase_holder(certificate=erased, by=None, at=AT)
    code, *others = [dictated(decode_id(one.public_id)) for one in (good, trainer, revoked, erased)]
    return "\n".join([f"{code}; {make.FULL_NAME}", *others, code, "ABCD-1234", "https://evil.example/v/x"])


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_list_is_checked_kept_and_known_again(browser, live_server, typed, check_page, tmp_path, language, scripts):
    check, match, keep, judge, unchanged = WORDS[language]
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=scripts)
    page = context.new_page()
    look = check_page if scripts else lambda _page: None
    page.goto(f"{live_server.url}/verify/?lang={language}")
    page.locator("main a[href*='/verify/list/']").click()
    look(page)
    page.locator("[name=codes]").fill(typed)
    page.get_by_role("button", name=check).click()
    rows = page.locator("table.data tbody tr")
    expect(rows).to_have_count(7)
    expect(rows.first).to_contain_text(match)
    look(page)
    file = _download(page, keep, tmp_path)
    page.locator("[name=result]").set_input_files(file)
    page.get_by_role("button", name=judge).click()
    expect(page.locator(".notice.done")).to_contain_text(unchanged)
    look(page)
    file.write_bytes(file.read_bytes().replace(b";", b",", 1))
    page.locator("[name=result]").set_input_files(file)
    page.get_by_role("button", name=judge).click()
    expect(page.locator(".notice.done")).to_have_count(0)
    expect(page.get_by_role("alert")).to_be_visible()
    look(page)
    context.close()


def _download(page: Page, button: str, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button).click()
    waiting.value.save_as(folder / "result.csv")
    return folder / "result.csv"
