"""A text that is missing in one language is shown in another, never as nothing."""

import pytest
from django.utils import translation

from lms.common.languages import LANGUAGE_CODES, pick, texts_of
from lms.regions.models import Region

ALL = {"ky": "ай", "ru": "месяц", "en": "month"}


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_pick_gives_the_wanted_language(language: str) -> None:
    assert pick(ALL, language) == ALL[language]
    with translation.override(language):
        assert pick(ALL) == ALL[language]


@pytest.mark.parametrize(
    ("texts", "language", "expected"),
    [
        ({"ky": "", "ru": "месяц", "en": "month"}, "ky", "месяц"),
        ({"ky": "ай", "ru": "", "en": "month"}, "ru", "ай"),
        ({"ky": "ай", "ru": "месяц", "en": ""}, "en", "ай"),
        ({"en": "month"}, "ky", "month"),
        ({"ky": "ай"}, "de", "ай"),
        ({"ky": "", "ru": "", "en": ""}, "ky", ""),
        ({}, "ky", ""),
    ],
)
def test_pick_falls_back_to_kyrgyz_then_russian_then_english(texts: dict, language: str, expected: str) -> None:
    assert pick(texts, language) == expected


def test_pick_without_an_active_language_uses_the_default() -> None:
    with translation.override(None):
        assert pick(ALL) == "month"


def test_translated_field_reads_the_active_language_else_another() -> None:
    region = Region(name_ky="Лейлек", name_ru="Лейлекский", name_en="")
    with translation.override("ru"):
        assert region.name == "Лейлекский"
    with translation.override("en"):
        assert region.name == "Лейлек"
    assert texts_of(region, "name") == {"ky": "Лейлек", "ru": "Лейлекский", "en": ""}
