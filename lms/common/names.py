"""Names and titles as people type or paste them, and what of it is kept."""

import unicodedata
from typing import Any

from django import forms

from lms.common.crypto import fold

# Small letters as `fold` leaves them, by what they look like small or capital; to the Cyrillic ones, as most names are.
LOOK_ALIKES = str.maketrans("abcehkmoptxyɵѳӊұ", "авсенкмортхуөөңү")
# Nothing to see, and none of what only some programs show: control, format, private, unassigned, halves of letters.
_INVISIBLE = {"Cc", "Cf", "Co", "Cn", "Cs"}
# Letters and signs that are blank all the same.
_BLANK = {"\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u2800", "\u3164", "\uffa0"}
# They join and part the letters of Arabic and Indic scripts, and mean nothing between others.
_JOINERS = {"\u200c", "\u200d"}
_WITHOUT_JOINERS = ("LATIN", "CYRILLIC", "GREEK")


def clean_name(typed: str) -> str:
    """One line of visible letters, composed, with single spaces.

    A mark that turns the direction of writing would make one name look like another, and an invisible one would make
    two names of one: on lists, in the trainer's search and on paper.
    """
    composed = unicodedata.normalize("NFC", " ".join(typed.split()))
    kept = (letter for place, letter in enumerate(composed) if _is_kept(composed, place))
    return " ".join("".join(kept).split())


def looks_of(name: str) -> str:
    """The one spelling of all names that nobody tells apart on paper: letters and digits, by what they look like.

    Latin c is Cyrillic с, and quotes, stops and spaces make no other name.
    """
    return "".join(letter for letter in fold(name).translate(LOOK_ALIKES) if letter.isalnum())


def _is_kept(text: str, place: int) -> bool:
    letter = text[place]
    if letter in _JOINERS:
        return place > 0 and _may_be_joined(text[place - 1]) and _may_be_joined(text[place + 1 : place + 2])
    return letter not in _BLANK and unicodedata.category(letter) not in _INVISIBLE


def _may_be_joined(letter: str) -> bool:
    if not letter or unicodedata.category(letter)[0] not in "LM":
        return False
    return not unicodedata.name(letter, "").startswith(_WITHOUT_JOINERS)


class NameField(forms.CharField):
    """A name, title or place: what is invisible is gone before it is asked whether anything was typed."""

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        # A zero is no slip of a keyboard: the field's own validator refuses it.
        return clean_name(typed) if isinstance(typed, str) and "\x00" not in typed else typed
