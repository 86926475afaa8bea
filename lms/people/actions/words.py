"""A word that is told to a person: whoever printed her card signs in as she does, but was not told the word."""

from typing import NamedTuple

from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from lms.common.codes import clean_code, random_code
from lms.common.crypto import keyed_index
from lms.common.errors import ActionError

# How many symbols it has, and what it is indexed as.
_LENGTH, _INDEXED_AS = 8, "offer"


class WordNeeded(ActionError):
    """Only what she was told herself tells her from whoever printed her card."""

    code = "word_needed"
    message = _(
        "This is not the word. Ask the organisation’s administrator for it; if she does not have it any more, she makes"
        " a new one."
    )


class Word(NamedTuple):
    """As it is told, and what is kept of it."""

    told: str
    kept: str


def new_word() -> Word:
    """For one person's ears: shown once to whoever tells it to her."""
    code = random_code(_LENGTH)
    return Word(f"{code[:4]}-{code[4:]}", keyed_index(_INDEXED_AS, code))


def is_word(*, kept: str, typed: str) -> bool:
    """Is it the word of which this is kept?"""
    return constant_time_compare(kept, keyed_index(_INDEXED_AS, clean_code(typed)))
