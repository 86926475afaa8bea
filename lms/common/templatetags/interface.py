"""The small parts of the interface that a template cannot say well: icons, status chips, the language switch.

Every template has them without `{% load %}` (settings, TEMPLATES, "builtins").
"""

import re
from typing import Any, TypedDict
from urllib.parse import urlsplit, urlunsplit

from django import template
from django.conf import settings
from django.forms import BaseForm, PasswordInput
from django.http import HttpRequest, QueryDict
from django.template import Context
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from lms.common.icons import ICONS
from lms.common.panels import panels_at

register = template.Library()

STATUS_ICONS = {"done": "check", "waiting": "clock", "attention": "alert", "info": "info", "quiet": "minus"}


class LanguageLink(TypedDict):
    """One entry of the language switch; `short` stands in the header, `name` in the footer."""

    code: str
    name: str
    short: str
    url: str
    current: bool


@register.filter
def asks_secret(form: BaseForm) -> bool:
    """Does it ask for a password or a PIN?  These never come back with what was typed."""
    return any(isinstance(field.widget, PasswordInput) for field in form.fields.values())


@register.simple_tag
def icon(name: str) -> SafeString:
    """An ornament beside a word, hidden from screen readers; an unknown name is a KeyError."""
    return ICONS[name]


@register.simple_tag
def status(tone: str, label: str | Promise, icon_name: str = "") -> SafeString:
    """A chip of icon, word and colour; `tone` is a key of STATUS_ICONS."""
    picture = ICONS[icon_name or STATUS_ICONS[tone]]
    return format_html('<span class="status {}">{}<span>{}</span></span>', tone, picture, label)


@register.filter
def tone_icon(tone: str) -> SafeString:
    """The icon that goes with a tone: `{{ "done"|tone_icon }}`."""
    return ICONS[STATUS_ICONS[tone]]


@register.simple_tag
def neutral_site() -> str:
    """Where whoever leaves quickly goes."""
    return settings.NEUTRAL_SITE


@register.simple_tag(takes_context=True)
def panels(context: Context, place: str, subject: Any = None) -> SafeString:
    """What the apps above show at this place, each panel rendered by its own template."""
    request: HttpRequest = context["request"]
    return mark_safe("".join(panel(request, subject) for panel in panels_at(place)))  # noqa: S308  # templates escape


@register.simple_tag(takes_context=True)
def language_links(context: Context) -> list[LanguageLink]:
    """The page one stands on, in each language.

    A Wagtail page passes its `translations`; other addresses change their prefix; those without a language in front get
    `?lang=`, which reads the page in that language and stores nothing.  Without a request (500) the list is empty.
    """
    request: HttpRequest | None = context.get("request")
    if request is None:
        return []
    pages = {page.locale.language_code: page.get_url(request) for page in context.get("translations") or ()}
    current = get_language()
    return [
        LanguageLink(code=code, name=name, short=name[:3], current=code == current, url=_url_in(request, code, pages))
        for code, name in settings.LANGUAGES
    ]


@register.simple_tag(takes_context=True)
def page_name(context: Context) -> str:
    """Which page this is, without what its address says about a person or opens: "desk/cohorts/…/people/".

    A public page of Wagtail's is named by its address; one that does not exist, by nothing.
    """
    request: HttpRequest | None = context.get("request")
    match = getattr(request, "resolver_match", None)
    if request is None or match is None:
        return ""
    if match.url_name == "wagtail_serve":
        return request.path.strip("/")[:120]
    return (match.view_name if "(" in match.route else re.sub("<[^>]*>", "…", match.route))[:120]


def _url_in(request: HttpRequest, code: str, pages: dict[str, str]) -> str:
    path = _address_read(request)
    if code == get_language():
        return path
    if pages:
        return pages.get(code) or f"/{code}/"
    # No address of ours is worded per language, so the prefix is all that changes.
    prefix = f"/{get_language()}/"
    if path.startswith(prefix):
        return f"/{code}/{path.removeprefix(prefix)}"
    return _with_language(path, code)


def _address_read(request: HttpRequest) -> str:
    """Where this page can be read again: what answers a form stands at an address that may take nothing but forms."""
    path = request.get_full_path()
    if request.method in {"GET", "HEAD"}:
        return path
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return path
    parts = urlsplit(came_from)
    return urlunsplit(("", "", parts.path or "/", parts.query, ""))


def _with_language(path: str, code: str) -> str:
    parts = urlsplit(path)
    query = QueryDict(parts.query, mutable=True)
    query["lang"] = code
    return urlunsplit(("", "", parts.path, query.urlencode(), ""))
