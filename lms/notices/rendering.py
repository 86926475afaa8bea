"""The words of notices.  The app that plans a kind words it; this one decides how much of that may be said.

The app above registers itself in AppConfig.ready: `word_kinds(SessionNotice.values, words_of_sessions)`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from lms.notices.models import Notice, Reveals

# What a sender is called where nothing may be revealed.
NEUTRAL_NAME = "Yntymak"


@dataclass(frozen=True)
class Words:
    """What there is to say, in the active language; each text stands for itself."""

    title: str
    time_and_place: str
    everything: str
    # Where she finds what it is about; empty where that is not open to her.
    url: str = ""


@dataclass(frozen=True)
class Message:
    """What leaves the house."""

    subject: str
    text: str


type WordsOf = Callable[[Sequence[Notice]], Mapping[UUID, Words]]
_WORDS: dict[str, WordsOf] = {}


def word_kinds(kinds: Iterable[str], words_of: WordsOf) -> None:
    """From now on `words_of` words notices of these kinds: {notice id: words}, without those whose subject is gone."""
    _WORDS.update(dict.fromkeys(kinds, words_of))


def words_for(notices: Iterable[Notice]) -> dict[UUID, Words]:
    """The words of each notice that still can be worded, in the active language."""
    by_app: dict[WordsOf, list[Notice]] = defaultdict(list)
    for notice in notices:
        if notice.kind in _WORDS:
            by_app[_WORDS[notice.kind]].append(notice)
    return {key: words for words_of, some in by_app.items() for key, words in words_of(some).items()}


def message_of(words: Words | None, reveals: str) -> Message:
    """As much of the words as may be said, in the active language; the subject line only where everything may."""
    if words is None or reveals == Reveals.NOTHING:
        return Message(NEUTRAL_NAME, _("You have a message. Open Yntymak."))
    if reveals == Reveals.TIME_AND_PLACE:
        return Message(NEUTRAL_NAME, words.time_and_place)
    return Message(words.title, words.everything)


def message_on_page(words: Words, reveals: str) -> Message:
    """What her own page says: as everywhere the training and the lesson only where everything may be said."""
    return Message(words.title, words.everything if reveals == Reveals.EVERYTHING else words.time_and_place)
