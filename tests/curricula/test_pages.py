"""What the public reads, and what it never gets."""

import re

import pytest
from django.core.cache import cache, caches
from django.urls import reverse
from django.utils import translation
from wagtail.models import PageViewRestriction
from wagtail.search.models import IndexEntry

from curricula.models import CurriculumPage, HomePage
from tests.factories.curricula import PLAN_CANARY, make_fact, make_lesson, make_module

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_cached_site():
    cache.clear()


def home_url(language):
    with translation.override(language):
        return reverse("wagtail_serve", args=[""])


def urls(language="ky", module="m1", lesson="lesson-1"):
    home = home_url(language)
    return {
        "home": home,
        "curriculum": f"{home}test/",
        "module": f"{home}test/{module}/",
        "lesson": f"{home}test/{module}/{lesson}/",
    }


def page_of(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_every_page_speaks_the_language_of_its_address(client, language):
    make_module("M1")
    for url in urls(language).values():
        page = page_of(client, url)
        assert f'<html lang="{language}">' in page
        for other in {"ky", "ru", "en"} - {language}:
            assert f"M1 {other}" not in page


@pytest.mark.parametrize("kind", ["home", "curriculum", "module", "lesson"])
def test_no_page_gives_the_plan_away(client, kind):
    make_module("M1", facts=[make_fact()])
    for language in ("ky", "ru", "en"):
        assert PLAN_CANARY not in page_of(client, urls(language)[kind])
        assert (
            PLAN_CANARY not in client.get(urls(language)[kind], HTTP_X_REQUESTED_WITH="XMLHttpRequest").content.decode()
        )


@pytest.mark.parametrize("parameter", ["plan", "mode=plan", "preview=plan", "in_preview_panel=1&mode=plan"])
def test_asking_for_the_plan_gives_the_text(client, parameter):
    make_module("M1")
    page = page_of(client, f"{urls()['lesson']}?{parameter}")
    assert "Key message of M1.1" in page
    assert PLAN_CANARY not in page


def test_preview_is_not_for_the_public(client):
    lesson = make_module("M1")["ky"].get_children().first()
    for name in ("wagtailadmin_pages:view_draft", "wagtailadmin_pages:preview_on_edit"):
        response = client.get(reverse(name, args=[lesson.pk]) + "?mode=plan")
        assert response.status_code == 302
        assert PLAN_CANARY not in response.content.decode()


def test_search_index_knows_nothing_of_the_plan(settings):
    settings.WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
    make_module("M1", facts=[make_fact()])
    # Words of the texts on SQLite, their stems on PostgreSQL.
    indexed = [f"{title} {body}".casefold() for title, body in IndexEntry.objects.values_list("title", "body")]
    assert any("text" in words for words in indexed)
    assert not any("canary" in words for words in indexed)


def test_the_editor_finds_texts_and_questions_by_their_codes(settings):
    settings.WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
    make_module("M7", facts=[make_fact()])
    indexed = " ".join(IndexEntry.objects.values_list("autocomplete", flat=True)).casefold()
    assert {"m7", "m7.1", "m7.2", "m7-q01"} - set(re.split(r"[\s']+", indexed)) == set()


def test_lesson_shows_messages_text_facts_and_neighbours(client):
    make_module("M1", lessons=3, facts=[make_fact("udhr-adopted", status="sourced")])
    page = page_of(client, urls(lesson="lesson-2")["lesson"])
    assert "Key message of M1.2" in page
    assert "Statement of udhr-adopted ky" in page
    assert "UN document" in page
    assert "2026\u2011жылдын 24\u2011ноябры" in page
    assert 'rel="prev" href="/ky/test/m1/lesson-1/"' in page
    assert 'rel="next" href="/ky/test/m1/lesson-3/"' in page


def test_a_lesson_asks_for_no_more_files_than_the_first_page(client):
    """Each is a round trip on a slow line: with the fonts they may be eight."""
    make_module("M1")
    home, lesson = [
        re.findall(r'(?:rel="stylesheet" href|<script src)="[^"]+"', page_of(client, urls()[kind]))
        for kind in ("home", "lesson")
    ]
    assert lesson == home
    assert len(lesson) == 2


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", '<span lang="en">Law No 217</span>'),
        ("ru", "<span>Закон № 217</span>"),
        ("ky", '<span lang="en">Law No 217</span>'),
    ],
)
def test_the_source_of_a_fact_stands_in_the_language_of_the_page(client, language, shown):
    """And where one title serves all languages, it says in which one it is read aloud."""
    sources = {"source_en": "Law No 217", "source_ru": "Закон № 217", "source_ky": "Law No 217"}
    make_module("M1", facts=[make_fact(**sources)])
    assert shown in page_of(client, urls(language)["lesson"])


def test_a_fact_in_need_of_review_says_so(client):
    make_module("M1", facts=[make_fact(status="needs_review")])
    assert "to be confirmed" in page_of(client, urls("en")["lesson"])


def test_a_page_says_that_native_review_is_awaited(client):
    module = make_module("M1")["en"]
    note = "A native speaker has not yet reviewed this text."
    for url in urls("en").values():
        assert note in page_of(client, url)
    module.native_review = "reviewed"
    module.save_revision().publish()
    assert note not in page_of(client, urls("en")["module"])


def test_module_shows_objectives_rule_and_the_day_of_the_law(client):
    make_module("M1", lessons=2, minutes=90, attendance_percent=75)
    page = page_of(client, urls("en")["module"])
    assert "Objective 1 of M1" in page
    assert "at least 75 % of the sessions" in page
    assert "24 November 2026" in page
    assert "2 lessons · 3 hours" in page


def test_a_closed_curriculum_keeps_its_lessons(client):
    modules = make_module("M1", is_public=False)
    for language in ("ky", "ru", "en"):
        assert client.get(urls(language)["lesson"]).status_code == 404
        page = page_of(client, urls(language)["module"])
        assert f"Lesson M1.1 {language}" in page
        assert f'href="{urls(language)["lesson"]}"' not in page
    assert modules["en"].live


def test_a_curriculum_that_is_closed_in_one_language_is_closed_in_all(client):
    make_module("M1")
    CurriculumPage.objects.filter(locale__language_code="ru").update(is_public=False)
    assert client.get(urls("ky")["lesson"]).status_code == 404


def test_what_is_not_published_is_not_there(client):
    module = make_module("M1")["ky"]
    module.get_children().first().unpublish()
    assert client.get(urls()["lesson"]).status_code == 404
    assert "Lesson M1.1" not in page_of(client, urls()["module"])
    assert client.get(f"{urls()['module']}nothing/").status_code == 404
    assert client.get(f"{urls()['lesson']}further/down/").status_code == 404


def test_a_restricted_page_asks_for_what_the_editor_set(client):
    module = make_module("M1")["ky"]
    PageViewRestriction.objects.create(page=module.get_parent(), restriction_type="login")
    assert client.get(urls()["lesson"]).status_code == 302
    assert client.get(urls("ru")["lesson"]).status_code == 200


@pytest.mark.parametrize("kind", ["home", "curriculum", "module", "lesson"])
def test_the_anonymous_get_no_cookie(client, kind):
    make_module("M1")
    response = client.get(urls()[kind])
    assert not response.cookies
    assert "Set-Cookie" not in response.headers


def test_switch_of_language_keeps_the_place(client):
    make_module("M1")
    page = page_of(client, urls("ky")["lesson"])
    assert 'href="/ru/test/m1/lesson-1/"' in page
    assert 'hreflang="en" href="http://testserver/en/test/m1/lesson-1/"' in page


@pytest.mark.parametrize("count", [0, 1, 5])
def test_lesson_takes_the_same_queries_for_any_number_of_facts(client, django_assert_num_queries, count):
    modules = make_module("M1", lessons=1)
    make_lesson(modules, 2, facts=[make_fact(f"fact-{number}") for number in range(count)])
    url = urls(lesson="lesson-2")["lesson"]
    client.get(url)
    caches["texts"].clear()
    with django_assert_num_queries(7 if count else 6):
        assert page_of(client, url).count('<aside class="fact">') == count
    with django_assert_num_queries(5):
        assert page_of(client, url).count('<aside class="fact">') == count


def test_a_changed_fact_and_a_changed_lesson_are_read_at_once(client):
    fact = make_fact("fact-1")
    page = make_lesson(make_module("M1", lessons=1), 2, facts=[fact])["en"]
    url = urls("en", lesson="lesson-2")["lesson"]
    assert fact.statement_en in page_of(client, url)
    fact.statement_en = "It was counted anew."
    fact.save()
    fact.save_revision()
    assert "It was counted anew." in page_of(client, url)
    page.body = [("reflect", "What has changed?")]
    page.save_revision().publish()
    assert "What has changed?" in page_of(client, url)
    assert "It was counted anew." not in page_of(client, url)


@pytest.mark.parametrize("count", [1, 4])
def test_home_takes_the_same_queries_for_any_number_of_modules(client, django_assert_num_queries, count):
    for number in range(1, count + 1):
        make_module(f"M{number}", lessons=1, items=())
    client.get(urls()["home"])
    with django_assert_num_queries(6):
        page = page_of(client, urls()["home"])
    assert page.count('class="card"') == count


def test_wagtails_own_sign_in_is_not_there(client):
    make_module("M1")
    response = client.get(reverse("wagtailcore_login"))
    assert (response.status_code, response.url) == (302, "/card/")


def test_without_a_home_in_the_language_the_sites_own_is_shown(client):
    make_module("M1")
    HomePage.objects.get(locale__language_code="ru").delete()
    assert client.get(home_url("ru")).status_code == 200


def test_a_lesson_survives_the_loss_of_a_fact(client):
    fact = make_fact()
    make_module("M1", facts=[fact])
    fact.delete()
    page = page_of(client, urls()["lesson"])
    assert "A heading" in page
    assert '<aside class="fact">' not in page
