"""A lesson as it is read.  Where a term of the glossary is met for the first time, its word opens the definition."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from curricula.models import LessonPage
from curricula.queries import LibraryState, Wording, glossary_wordings, instrument_names, library_state
from lms.common.languages import LANGUAGE_CODES

# What is passed over whole (tags, quotations, entities), and the words between.  A word keeps its hyphens.
_PASSED_OVER = r"<[^>]*>|«[^»]*»|“[^”]*”|„[^“”]*[“”]|&quot;(?:(?!&quot;|</p>|</li>).)*&quot;|&\#?\w+;"
_PIECE = re.compile(rf"{_PASSED_OVER}|(?P<word>\w+(?:-\w+)*)", re.DOTALL)
_FIRST_WORD = re.compile(r"\w+(?:-\w+)*")
_BRACKETS = re.compile(r"\s*\([^()]*\)$")
_GOES_ON = re.compile(r"-?\w")
# Every sign for one sign, so that a place in the folded text is the same place in the text itself.
_ALIKE = str.maketrans({"\n": " ", "\u00a0": " ", "\u202f": " ", "\u2011": "-"})
# A button for browsers that know popovers, a link into the list below for all others: the style shows one of them.
_OPENER = (
    '<button class="term" type="button" popovertarget="term-{key}">{word}</button>'
    '<a class="term" href="#term-{key}">{word}</a>'
)
# Signs that stay at a word: a line may end on either side of a button, unless it is told not to.
_BEFORE, _BEHIND = "([", ".,;:!?…)]"


def lesson_text(lesson: LessonPage) -> SafeString:
    """What a participant reads of the lesson, in the active language: written once a process for the same words.

    Writing it takes half of the CPU of the page on which it stands.
    """
    key, texts = _text_key(lesson), caches["texts"]
    text: SafeString | None = texts.get(key)
    if text is None:
        text = render_to_string("curricula/lesson_text.html", {"lesson": lesson})
        texts.set(key, text)
    return text


def _text_key(lesson: LessonPage) -> str:
    """Of all that the text is made of: a draft, a pinned and a published wording are each its own."""
    words = [lesson._meta.get_field(name).value_to_string(lesson) for name in ("key_messages", "body")]
    made_of = repr((get_language(), library_state(), words))
    return sha256(made_of.encode()).hexdigest()


@dataclass(frozen=True)
class Glossary:
    """The words of one language: {first word: phrases that begin with it, longest first, each with its term}.

    A phrase without a term (the name of a law, "Jogorku Kenesh") hides the shorter ones inside it.
    """

    phrases: dict[str, list[tuple[str, Wording | None]]]

    @classmethod
    def of(cls, wordings: Iterable[Wording], names: Iterable[str]) -> "Glossary":
        """A name that is itself a form of a term means the term; what stands behind it in brackets is left out."""
        meant: dict[str, Wording | None] = dict.fromkeys(_fold(_BRACKETS.sub("", name)) for name in names)
        for wording in wordings:
            meant |= dict.fromkeys(map(_fold, wording.not_in))
        for wording in wordings:
            meant |= dict.fromkeys(map(_fold, wording.forms), wording)
        phrases: dict[str, list[tuple[str, Wording | None]]] = {}
        for phrase in sorted(meant, key=len, reverse=True):
            if first := _FIRST_WORD.match(phrase):
                phrases.setdefault(first[0], []).append((phrase, meant[phrase]))
        return cls(phrases)

    def find(self, folded: str, start: int, word: str) -> tuple[str, Wording | None] | None:
        """The longest phrase that stands at `start` as whole words."""
        for phrase, wording in self.phrases.get(word, ()):
            if folded.startswith(phrase, start) and not _GOES_ON.match(folded, start + len(phrase)):
                return phrase, wording
        return None


class Marker:
    """Goes through the texts of one lesson as they are read, and keeps which terms it has met."""

    def __init__(self, glossary: Glossary) -> None:
        self.glossary = glossary
        self.met: dict[str, Wording] = {}

    def mark(self, html: SafeString) -> SafeString:
        """`html` with the first word of each term not met before as something to tap."""
        folded = _fold(html)
        if len(folded) != len(html):  # a letter without a small form of the same length: no place would fit
            return html
        pieces, written, passed = [], 0, 0
        for piece in _PIECE.finditer(folded):
            start = piece.start()
            found = self.glossary.find(folded, start, piece["word"]) if piece["word"] and start >= passed else None
            if found is None:
                continue
            passed, wording = start + len(found[0]), found[1]
            if wording and wording.key not in self.met:
                self.met[wording.key] = wording
                begins, ends = _with_signs(html, start, passed)
                opener = _OPENER.format(key=wording.key, word=html[start:passed])
                if (begins, ends) != (start, passed):
                    opener = f'<span class="nowrap">{html[begins:start]}{opener}{html[passed:ends]}</span>'
                pieces += [html[written:begins], opener]
                written = ends
        return mark_safe("".join([*pieces, html[written:]]))  # noqa: S308 - pieces of what was safe, and our own tags


def _with_signs(html: str, start: int, end: int) -> tuple[int, int]:
    """From where to where the word at `start` reaches together with the signs at it."""
    while start and html[start - 1] in _BEFORE:
        start -= 1
    while end < len(html) and html[end] in _BEHIND:
        end += 1
    return start, end


def _fold(text: str) -> str:
    return text.lower().translate(_ALIKE)


def marker_in(language: str) -> Marker:
    """A marker for one lesson.  One query, unless the library has changed since this process last looked."""
    return Marker(_glossary(language, library_state()))


@lru_cache(maxsize=2 * len(LANGUAGE_CODES))
def _glossary(language: str, _state: LibraryState) -> Glossary:
    """Made anew when the state differs: a few milliseconds for a thousand forms, kept by the process."""
    return Glossary.of(glossary_wordings(language), instrument_names(language))
