"""The three languages of the product, and the one way in which a single row holds its text in all of them."""

from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpResponseBase
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

LANGUAGE_CODES = tuple(code for code, _name in settings.LANGUAGES)
LANGUAGE_NAMES = dict(settings.LANGUAGES)
# Tried in this order where a text is missing in the wanted language.
FALLBACKS = ("ky", "ru", "en")


class ReviewState(models.TextChoices):
    """Whether a speaker of the language has read the text."""

    AWAITING = "awaiting", _("awaits native review")
    REVIEWED = "reviewed", _("reviewed")


def pick(texts: dict[str, str], language: str | None = None) -> str:
    """The text in `language` (default: the active one), else the first that is there, else an empty string."""
    wanted = language or get_language() or settings.LANGUAGE_CODE
    return next((texts[code] for code in (wanted, *FALLBACKS) if texts.get(code)), "")


def remember_language(response: HttpResponseBase, language: str) -> None:
    """The next pages without a language in their address speak this one."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )


def texts_of(instance: models.Model, field: str) -> dict[str, str]:
    """All languages of a translated field: {"ky": …, "ru": …, "en": …}."""
    return {code: getattr(instance, f"{field}_{code}") for code in LANGUAGE_CODES}


def _active_text(name: str, field: TranslatedField) -> Any:
    def text(instance: models.Model) -> str:
        return pick({code: getattr(instance, f"{name}_{code}") for code in LANGUAGE_CODES})

    return text


def translated(field: models.Field) -> TranslatedField:
    """One column per language: `translated(models.CharField(...))` as `title` gives title_ky, title_ru, title_en.

    Reading `title` gives the active language, else the first of FALLBACKS that is not empty.
    """
    return TranslatedField(field, attrgetter=_active_text)


def review_states() -> TranslatedField:
    """A review state per language."""
    return TranslatedField(
        models.CharField(_("review"), max_length=10, choices=ReviewState, default=ReviewState.AWAITING),
        attrgetter=lambda name, field: lambda instance: getattr(instance, f"{name}_{get_language() or 'en'}"),
    )
