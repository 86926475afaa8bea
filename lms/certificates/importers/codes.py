"""The code of a certificate as people give it: dictated, as its id, or inside an address of ours."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lms.common.codes import clean_code, decode_id, encode_id, undictated
from lms.common.errors import ActionError
from lms.common.names import clean_name

# A dictated code: 16 bytes in Crockford's base32 and the check symbol.
CODE_LENGTH = 27
# The same 16 bytes in the address of a verdict; the whole address, with the longest statement that is printed.
ID_LENGTH, ADDRESS_LENGTH = 22, 500
# At the start alone: what looks like one further on belongs to the address that it stands in.
_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?/{2,}", re.IGNORECASE)


class NoCode(ActionError):
    """No code of a certificate: it is said before anything is looked up."""

    code = "no_code"


class WrongLength(NoCode):
    code = "wrong_length"
    message = _("A code has %(right)s letters and digits; here are %(typed)s.")


class WrongSymbol(NoCode):
    code = "wrong_symbol"
    message = _("One letter or digit is not right. Compare the code with the paper, group by group.")


class OtherSite(NoCode):
    code = "other_site"
    message = _("This is an address of another site (%(host)s). Only its owner can say something about it.")


def public_id_of(text: str) -> str:
    """The id behind what was typed or pasted.  Raises NoCode; of an address elsewhere too."""
    # Copied out of a sentence, it brings the full stop along.
    said = text.strip().rstrip(".,; ")
    if public_id := _pasted_id(said):
        return public_id
    typed = clean_code(said)
    if len(typed) != CODE_LENGTH:
        raise WrongLength(right=CODE_LENGTH, typed=len(typed))
    try:
        return encode_id(undictated(typed, 16))
    except ValueError:
        raise WrongSymbol from None


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
