"""The order of the alphabet for lists that people read; Python and both databases sort by code point.

One order for all three languages: the Kyrgyz alphabet holds every letter of the Russian one, in its order, and Latin
letters come behind it in theirs.
"""

_LETTERS = "абвгдеёжзийклмнңоөпрстуүфхцчшщъыьэюя"
# Places behind every sign and digit: first our letters, then all others in the order of their code points.
_OURS, _OTHERS = 0xF0000, 0xF1000


class _Places(dict[int, int]):
    """Code point of a letter → code point that sorts where the letter belongs; filled as letters are met."""

    def __missing__(self, code: int) -> int:
        place = min(_OTHERS + code, 0x10FFFF) if chr(code).isalpha() else code
        self[code] = place
        return place


_PLACES = _Places({ord(letter): _OURS + place for place, letter in enumerate(_LETTERS)})


def alphabetical(text: str) -> str:
    """A key to sort by: signs and digits, then Cyrillic letters in the Kyrgyz order, then all others."""
    return text.casefold().translate(_PLACES)
