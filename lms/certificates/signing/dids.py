"""The names under which our keys are found: did:web of the site, and each key's own name in it."""

from urllib.parse import quote, urlsplit

from lms.certificates.signing.keys import multikey_of


def did_of(base_url: str) -> str:
    """did:web of the domain; a port is percent-encoded, as the method's specification asks."""
    return f"did:web:{quote(urlsplit(base_url).netloc, safe='')}"


def method_of(base_url: str, public_key: bytes) -> str:
    """The verification method under which a key's proofs are checked."""
    return f"{did_of(base_url)}#{multikey_of(public_key)}"
