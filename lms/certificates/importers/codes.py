"""The code of a certificate as people give it: dictated, as its id, or inside an address of ours."""

import contextlib
import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lms.common.codes import clean_code, decode_id, encode_id, undictated, undictated_but_for_the_last
from lms.common.errors import ActionError
from lms.common.names import clean_name

# A dictated code: 16 bytes in Crockford's base32 and the check symbol.
CODE_LENGTH = 27
# The same 16 bytes in the address of a verdict; the whole address, with the longest statement that is printed.
ID_LENGTH, ADDRESS_LENGTH = 22, 500
# Of a line in which a code is looked for: its first words, and how many a code is written in, dashes between them too.
MOST_WORDS, MOST_GROUPS = 40, 14
# As long as a code to whoever copied it, and signs that stand around one and are not of it.
NEARLY, _AROUND = range(20, 35), ".,;:()[]<>\"'«»“”"
# At the start alone: what looks like one further on belongs to the address that it stands in.
_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?/{2,}", re.IGNORECASE)
# A sign of a host before the first stroke.  What stands before that sign is none itself, so a stranger's word is read
# once and not anew from each of its full stops: half a megabyte of those would take minutes.
_ADDRESS = re.compile(r"//|\\|/v/|^[^/.:@]*[.:@][^/]*/")


class NoCode(ActionError):
    """No code of a certificate: it is said before anything is looked up."""

    code = "no_code"


class CodeMissing(NoCode):
    code = "code_missing"
    message = _("There is no code in this row.")


class WrongLength(NoCode):
    code = "wrong_length"
    message = _(
        "A code has %(right)s letters and digits; here are %(typed)s. Compare it with the paper, group by group, and "
        "type all of it."
    )


class WrongSymbol(NoCode):
    code = "wrong_symbol"
    message = _("One letter or digit is not right. Compare the code with the paper, group by group.")


class LastSignMissing(NoCode):
    """Said once it was looked up: nothing else tells whether it is right."""

    code = "last_sign_missing"
    message = _(
        "The last sign is missing, and without it this is not the code of a certificate of ours. Compare it with the "
        "paper, group by group: one letter or digit is left out or wrong."
    )


class OtherSite(NoCode):
    code = "other_site"
    message = _("This is an address of another site (%(host)s). Only its owner can say something about it.")


class ReadCode(NamedTuple):
    """The id behind a code.

    Not `whole`: the check symbol was left out, so a slip is not noticed.  Of 2 ** 128 ids a slip meets no other
    certificate; but whether it meets one at all has to be looked up before anything is said.
    """

    public_id: str
    whole: bool = True


def read_code(text: str) -> ReadCode:
    """What was typed or pasted.  Raises NoCode; of an address elsewhere too."""
    # Copied out of a sentence, it brings the full stop along.
    said = text.strip().rstrip(".,; ")
    if public_id := _pasted_id(said):
        return ReadCode(public_id)
    typed = clean_code(said)
    # Without a digit it is rather a name that happens to be as long.
    if len(typed) == CODE_LENGTH - 1 and _has_digit(said):
        with contextlib.suppress(ValueError):
            return ReadCode(encode_id(undictated_but_for_the_last(typed, 16)), whole=False)
    if len(typed) != CODE_LENGTH:
        raise WrongLength(right=CODE_LENGTH, typed=len(typed))
    try:
        return ReadCode(encode_id(undictated(typed, 16)))
    except ValueError:
        raise WrongSymbol from None


def found_in(line: str) -> tuple[ReadCode, str]:
    """The first id, address of ours or dictated code that stands in a line, and the words around it that may be a name.

    A code without its last sign is taken where there is no whole one.
    Raises OtherSite for an address elsewhere in it, before anything is looked for; else NoCode: what is wrong with what
    is nearly a code, or that there is none.
    """
    words = [word for word in re.split(r"[\s;,]+", line) if word][:MOST_WORDS]
    for word in filter(_looks_like_address, words):
        require_own_site(word)
    bare = [word.strip(_AROUND) for word in words]
    wrong: NoCode | None = None
    short: tuple[ReadCode, str] | None = None
    # A figure by itself is the number of the line, and would make a short code as long as a whole one.
    for start in (place for place, word in enumerate(bare) if len(word) > 1):
        end = start + 1 if _pasted_id(bare[start]) else _end_of_code(bare, start)
        try:
            code = read_code(" ".join(bare[start:end]))
        except WrongSymbol as error:
            wrong = wrong or (error if _has_digit(bare[start:end]) else None)
        except NoCode:
            continue
        else:
            found = code, " ".join(filter(_may_be_of_name, words[:start] + words[end:]))
            if code.whole:
                return found
            short = short or found
    if short:
        return short
    raise wrong or _nearly(line, bare)


def _end_of_code(words: list[str], start: int) -> int:
    """Behind the last of the words that together are as long as a code, or one sign shorter; `start` where none are."""
    length, short = 0, start
    for end in range(start, min(start + MOST_GROUPS, len(words))):
        length += len(clean_code(words[end]))
        if length == CODE_LENGTH - 1:
            short = end + 1
        if length >= CODE_LENGTH:
            return end + 1 if length == CODE_LENGTH else short
    return short


def _nearly(line: str, words: list[str]) -> NoCode:
    for text in (line, *words):
        length = len(clean_code(text[:ADDRESS_LENGTH]))
        if length in NEARLY and _has_digit(text):
            return WrongLength(right=CODE_LENGTH, typed=length)
    return CodeMissing()


def _has_digit(text: Iterable[str]) -> bool:
    return any(letter.isdigit() for letter in "".join(text))


def _may_be_of_name(word: str) -> bool:
    return not _has_digit(word) and any(letter.isalpha() for letter in word)


def _looks_like_address(word: str) -> bool:
    """Two family names with a stroke between them do not."""
    return bool(_ADDRESS.search(word))


def require_own_site(text: str) -> None:
    """Raises OtherSite for an address whose host is not ours, whatever stands behind it."""
    host = _host_of(text.strip())
    if host and host != _own_host():
        raise OtherSite(host=clean_name(host[:60]))


def _own_host() -> str:
    return urlsplit(settings.PUBLIC_BASE_URL).netloc.lower()


def _host_of(text: str) -> str:
    """Of what looks like an address; "" of anything else, and of a path alone."""
    if "/" not in text and "\\" not in text:
        return ""
    # As browsers read it: a backslash is a slash, and what stands before an @ is nobody's host.
    rest = _SCHEME.sub("", text.replace("\\", "/"))
    return re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2].lower()


def _pasted_id(text: str) -> str:
    """The id in an address of ours, or by itself; "" where it is neither.

    A code of which the end is missing has as many symbols: it is all capital or all small, an id is both.
    """
    host = re.escape(_own_host())
    address = re.fullmatch(rf"(?:(?i:(?:https?://)?{host}))?/v/([\w-]{{22}})/?(?:[?#].*)?", text)
    public_id = address[1] if address else text
    if len(public_id) != ID_LENGTH or not public_id.isascii():
        return ""
    if not address and public_id in (public_id.upper(), public_id.lower()):
        return ""
    try:
        decode_id(public_id)
    except ValueError:
        return ""
    return public_id
