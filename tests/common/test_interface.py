"""The parts every page is made of: icons, chips, the language switch, fields with their errors, error pages."""

import re

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from lms.common import views
from lms.common.icons import ICONS
from lms.common.templatetags.interface import STATUS_ICONS, icon, language_links, status


class PlanForm(forms.Form):
    title = forms.CharField(help_text="As on the poster")
    note = forms.CharField(required=False)
    language = forms.ChoiceField(widget=forms.RadioSelect, choices=[("ky", "Кыргызча"), ("ru", "Русский")])
    agree = forms.BooleanField(label="I agree")


class FakePage:
    """What the language switch reads of a Wagtail page."""

    def __init__(self, code: str, url: str) -> None:
        self.locale = type("Locale", (), {"language_code": code})
        self.url = url

    def get_url(self, request: object) -> str:
        return self.url


def links_for(path: str, language: str, **context: object) -> dict[str, str]:
    with translation.override(language):
        request = RequestFactory().get(path)
        return {link["code"]: link["url"] for link in language_links(Context({"request": request, **context}))}


def test_icon_is_hidden_from_screen_readers() -> None:
    assert all('aria-hidden="true"' in icon(name) for name in ICONS)


def test_icon_unknown_name_fails_loudly() -> None:
    with pytest.raises(KeyError):
        icon("no-such-icon")


def test_status_says_it_in_icon_and_word_and_escapes_the_word() -> None:
    chip = status("done", "<b>Received</b>")
    assert chip.startswith('<span class="status done"><svg')
    assert "<span>&lt;b&gt;Received&lt;/b&gt;</span>" in chip


def test_status_tones_all_have_a_drawn_icon() -> None:
    assert set(STATUS_ICONS.values()) <= set(ICONS)


def test_language_links_keep_place_and_query() -> None:
    assert links_for("/ky/desk/?page=2", "ky") == {
        "ky": "/ky/desk/?page=2",
        "ru": "/ru/desk/?page=2",
        "en": "/en/desk/?page=2",
    }


def test_language_links_without_prefix_ask_by_parameter_and_replace_an_older_one() -> None:
    assert links_for("/verify/?lang=en&code=A+B", "en") == {
        "ky": "/verify/?lang=ky&code=A+B",
        "ru": "/verify/?lang=ru&code=A+B",
        "en": "/verify/?lang=en&code=A+B",
    }


def posted_links(path: str, came_from: str) -> str:
    with translation.override("en"):
        request = RequestFactory().post(path, headers={"referer": came_from})
        return {link["code"]: link["url"] for link in language_links(Context({"request": request}))}["ky"]


def test_language_links_of_a_refused_form_lead_to_the_page_where_it_stands() -> None:
    assert posted_links("/en/me/email/", "http://testserver/en/me/?tab=1") == "/ky/me/?tab=1"
    for elsewhere in ("https://evil.example/en/me/", "//evil.example/en/", "", "javascript:alert(1)"):
        assert posted_links("/en/me/email/", elsewhere) == "/ky/me/email/"


def test_language_links_of_a_page_use_its_translations_else_home() -> None:
    pages = [FakePage("en", "/en/rights/"), FakePage("ky", "/ky/ukuktar/")]
    assert links_for("/en/rights/", "en", translations=pages) == {
        "ky": "/ky/ukuktar/",
        "ru": "/ru/",
        "en": "/en/rights/",
    }


def test_language_links_without_request_are_empty() -> None:
    assert language_links(Context({})) == []


def test_form_puts_each_error_beside_its_field_and_in_the_summary() -> None:
    html = str(PlanForm({"title": "", "note": "kept", "language": "xx"}))
    assert 'role="alert"' in html
    assert re.findall(r'href="#([^"]+)"', html) == ["id_title", "id_language_0", "id_agree"]
    for name in ("title", "language", "agree"):
        assert f'id="id_{name}_error"' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'value="kept"' in html


def test_form_without_errors_has_no_summary_and_marks_what_is_optional() -> None:
    with translation.override("en"):
        html = str(PlanForm())
    assert 'role="alert"' not in html
    assert html.count("(optional)") == 1


def test_form_choices_are_labelled_rows() -> None:
    html = str(PlanForm())
    assert html.count('<label class="choice"') == 3
    assert html.count("<legend>") == 1


@pytest.mark.parametrize("language", ["en", "ru", "ky"])
@pytest.mark.parametrize(
    ("view", "code"),
    [
        (views.bad_request, 400),
        (views.permission_denied, 403),
        (views.csrf_failure, 403),
        (views.page_not_found, 404),
        (views.too_many_requests, 429),
        (views.server_error, 500),
    ],
)
def test_error_pages_answer_in_each_language(rf: RequestFactory, view, code: int, language: str) -> None:
    with translation.override(language):
        response = view(rf.get(f"/{language}/nowhere/"))
    assert response.status_code == code
    assert f'<html lang="{language}">' in response.content.decode()


def test_pages_hold_no_inline_script_style_or_handler() -> None:
    html = render_to_string("base.html")
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html)


def test_text_is_not_kept_waiting_for_a_font() -> None:
    """What is preloaded shares a slow line with the style sheet, without which nothing is shown."""
    with translation.override("ky"):
        html = render_to_string("base.html")
    assert re.findall(r'<link rel="(\w+)"', html)[0] == "stylesheet"
    assert 'rel="preload"' not in html


def test_discreet_page_names_neither_programme_nor_product() -> None:
    source = '{% extends "base.html" %}{% block title %}Lesson{% endblock %}'
    html = Template(source).render(Context({"discreet": True}))
    assert "<title>Lesson · Lessons</title>" in html
    assert "yntymak" not in html.lower()


def test_progress_polls_until_it_is_finished() -> None:
    running = render_to_string("components/progress.html", {"label": "x", "value": 1, "max": 3, "poll_url": "/j/1/"})
    finished = render_to_string(
        "components/progress.html",
        {
            "label": "x",
            "value": 3,
            "max": 3,
            "poll_url": "/j/1/",
            "finished": True,
            "done_url": "/d/",
            "done_label": "On",
        },
    )
    assert 'data-poll="/j/1/"' in running
    assert "data-poll" not in finished
    assert 'href="/d/"' in finished


@pytest.mark.parametrize(
    ("secret", "kept"), [(forms.CharField(), True), (forms.CharField(widget=forms.PasswordInput), False)]
)
def test_a_form_with_a_password_does_not_say_that_all_is_still_there(secret, kept):
    form = type("Typed", (forms.Form,), {"name": forms.CharField(), "secret": secret})({"secret": "x"})
    html = render_to_string("components/error_summary.html", {"form": form})
    assert ("still here; please" in html, "but not the password" in html) == (kept, not kept)
