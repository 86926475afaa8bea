"""What the columns of a roster may be called, and what may stand in them, in English, Russian and Kyrgyz.

These are accepted spellings, not interface texts: a file is read the same whatever language the reader's screen is in.
"""

import re
from collections.abc import Iterable
from functools import cache

from django.db.models import TextChoices
from django.utils import translation

from lms.cohorts.models import AgeBand, Category, Cohort, Disability, Sex
from lms.common.crypto import fold
from lms.common.languages import LANGUAGE_CODES, LANGUAGE_NAMES
from lms.regions.queries import codes_with_names

# The first name per language heads the template that people download.
COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "display_name": {
        "en": ("Display name", "Name"),
        "ru": ("Имя на занятиях", "Отображаемое имя", "Имя"),
        "ky": ("Сабактагы аты", "Аты", "Ысымы", "Ысым"),
    },
    "language": {"en": ("Language",), "ru": ("Язык",), "ky": ("Тили", "Тил")},
    "card_code": {
        "en": ("Card code", "Card"),
        "ru": ("Код карточки", "Код карты", "Карточка", "Карта"),
        "ky": ("Карта коду", "Картанын коду", "Карта"),
    },
    "region": {
        "en": ("Region code", "Region", "SOATE"),
        "ru": ("Код региона", "Код СОАТЕ", "СОАТЕ", "Регион"),
        "ky": ("Аймак коду", "Аймактын коду", "Аймак"),
    },
    "sex": {"en": ("Sex", "Gender"), "ru": ("Пол",), "ky": ("Жынысы", "Жыныс")},
    "age_band": {"en": ("Age", "Age band"), "ru": ("Возраст",), "ky": ("Жашы", "Жаш", "Курагы")},
    "category": {
        "en": ("Takes part as", "Category"),
        "ru": ("В качестве кого", "Категория"),
        "ky": ("Ким катары", "Категориясы", "Категория"),
    },
    "disability": {"en": ("Disability",), "ru": ("Инвалидность",), "ky": ("Майыптыгы", "Майыптык")},
    "legal_name": {
        "en": ("Legal name", "Full name"),
        "ru": ("Полное имя по паспорту", "Полное имя", "ФИО"),
        "ky": ("Паспорттогу толук аты", "Толук аты-жөнү", "Толук аты"),
    },
}

LANGUAGE_WORDS = {
    "ky": ("ky", "kg", "kyr", "kyrgyz", "киргизский", "кыргызский", "кыргызча", "кыргыз тили", "кыргыз"),
    "ru": ("ru", "rus", "russian", "русский", "орусча", "орус тили", "орус"),
    "en": ("en", "eng", "english", "английский", "англисче", "англис тили"),
}
# Known, but no lesson is held in them: said so, and not that the word is unknown.
OTHER_LANGUAGE_WORDS = {
    "uz": ("uz", "uzbek", "узбекский", "өзбекче", "өзбек тили", "озбекче"),
    "tg": ("tg", "tajik", "таджикский", "тажикче", "тажик тили"),
}
MORE_WORDS: dict[type[TextChoices], dict[str, tuple[str, ...]]] = {
    Sex: {
        Sex.FEMALE: ("f", "woman", "female", "ж", "жен", "женский", "женщина", "аял", "аялзаты"),
        Sex.MALE: ("m", "man", "male", "м", "муж", "мужской", "мужчина", "эркек", "эр"),
    },
    Category: {Category.AIYL_OKMOTU: ("айыл окмоту", "айыл өкмөтү")},
    Disability: {
        Disability.YES: ("yes", "y", "да", "есть", "ооба", "бар", "1"),
        Disability.NO: ("no", "n", "нет", "жок", "0"),
    },
}
CHOICES_OF: dict[str, type[TextChoices]] = {"sex": Sex, "category": Category, "disability": Disability}
# An age may also be written as a number of years.
OFFERED: dict[str, type[TextChoices]] = {**CHOICES_OF, "age_band": AgeBand}
UNSAID_WORDS = ("", "-", "–", "—", "?", "unsaid", "не указано", "не хочу указывать", "айткым келбейт")
_AGE_LIMITS = (
    (18, AgeBand.UNDER_18),
    (26, AgeBand.TO_25),
    (36, AgeBand.TO_35),
    (46, AgeBand.TO_45),
    (61, AgeBand.TO_60),
)
OLDEST = 110


class UnknownWord(ValueError):
    """The cell says nothing that the column knows."""


def template_header(language: str) -> list[str]:
    """The heads of the template's columns."""
    return [names[language][0] for names in COLUMNS.values()]


def template_choices(language: str, cohort: Cohort, *, with_regions: bool = False) -> dict[str, list[str]]:
    """Which words stand to be chosen below a head of the cohort's template; other spellings are read too."""
    heads = {column: names[language][0] for column, names in COLUMNS.items()}
    with translation.override(language):
        words = {column: offered_words(column, cohort) for column in ("language", *OFFERED)}
    if with_regions:
        words["region"] = codes_with_names(language)
    return {heads[column]: offered for column, offered in words.items()}


def offered_words(column: str, cohort: Cohort) -> list[str]:
    """What may stand in such a column, in the active language."""
    if column == "language":
        return [LANGUAGE_NAMES[code] for code in cohort.languages]
    return [str(label) for label in OFFERED[column].labels]


@cache
def _known_heads() -> dict[str, str]:
    return {
        fold(name): column for column, languages in COLUMNS.items() for names in languages.values() for name in names
    }


def column_of(head: str) -> str | None:
    """The column that a head means, in whatever language; None for one that we do not know."""
    return _known_heads().get(fold(head.strip(" *:")))


def language_of(word: str) -> str:
    """ "кыргызча" → "ky"; outside LANGUAGE_CODES: a language without lessons.  Raises UnknownWord."""
    folded = fold(word)
    for code, words in LANGUAGE_WORDS.items():
        if folded in words or folded == fold(LANGUAGE_NAMES[code]):
            return code
    for code, words in OTHER_LANGUAGE_WORDS.items():
        if folded in words:
            return code
    raise UnknownWord(word)


def choice_of(choices: type[TextChoices], word: str) -> str:
    """The value behind a cell: itself, its label in any language or a usual short form.  Raises UnknownWord."""
    folded = fold(word)
    if folded in UNSAID_WORDS:
        return str(choices["UNSAID"])
    try:
        return _words(choices)[folded.removesuffix(".")]
    except KeyError:
        raise UnknownWord(word) from None


@cache
def _words(choices: type[TextChoices]) -> dict[str, str]:
    known = {fold(str(value)): str(value) for value in choices.values}
    for language in LANGUAGE_CODES:
        with translation.override(language):
            known |= {fold(str(label)): str(value) for value, label in choices.choices}
    for value, words in MORE_WORDS.get(choices, {}).items():
        known |= _each(words, value)
    return known


def _each(words: Iterable[str], value: str) -> dict[str, str]:
    return {fold(word): str(value) for word in words}


def age_band_of(word: str) -> str:
    """ "34" or "26–35" → "26_35".  Raises UnknownWord."""
    plain = word.replace("–", "-").replace("—", "-").replace(" ", "")
    if plain.isdecimal():
        age = int(plain)
        if age > OLDEST:
            raise UnknownWord(word)
        return str(next((band for limit, band in _AGE_LIMITS if age < limit), AgeBand.OVER_60))
    if re.fullmatch(r"\d{2}-\d{2}", plain) and plain.replace("-", "_") in AgeBand.values:
        return plain.replace("-", "_")
    if plain in ("60+", "61+", ">60"):
        return str(AgeBand.OVER_60)
    if plain in ("<18", "18-"):
        return str(AgeBand.UNDER_18)
    return choice_of(AgeBand, word)
