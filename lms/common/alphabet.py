"""The order of the alphabet for lists that people read; Python and both databases sort by code point.

One order for all three languages: the Kyrgyz alphabet holds every letter of the Russian one, in its order, and Latin
letters come behind it in theirs.
"""

_LETTERS = "абвгдеёжзийклмнңоөпрстуүфхцчшщъыьэюя"
_PLACES = {letter: place for place, letter in enumerate(_LETTERS)}


def alphabetical(text: str) -> tuple[tuple[int, int], ...]:
    """A key to sort by: signs and digits, then Cyrillic letters in the Kyrgyz order, then all others."""
    return tuple(
        (0, _PLACES[letter]) if letter in _PLACES else (_rank(letter), ord(letter)) for letter in text.casefold()
    )


def _rank(letter: str) -> int:
    return 1 if letter.isalpha() else -1
