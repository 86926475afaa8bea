"""When are two names the same, and how is one compared that is not told?"""

import hashlib
import hmac

from lms.common.crypto import fold
from lms.common.names import LOOK_ALIKES

DIGEST_BYTES = SALT_BYTES = 16


def name_digest(name: str, salt: bytes) -> bytes:
    """HMAC-SHA256 of the name, as `comparable_name` writes it, under the certificate's secret salt; cut to 16 bytes."""
    return hmac.new(salt, comparable_name(name).encode(), hashlib.sha256).digest()[:DIGEST_BYTES]


def identity_salt(secret: bytes) -> str:
    """The salt that the credential for wallets names beside the hash of the full name; from the certificate's secret.

    A credential has to name its salt: whoever is given the file may compare a name with it, without asking us.  It must
    not be the secret one, or the file would open the digest that is printed in the QR, which a stranger on the street
    may photograph, to guessing.  And it is derived and not stored, so that it is gone with the secret: after an erasure
    nothing here can compute the hash in a file that somebody kept, or tell whose it is.
    """
    return hmac.new(secret, b"open badges identity", hashlib.sha256).digest()[:SALT_BYTES].hex()


def identity_hash(name: str, salt: str) -> str:
    """Of an IdentityObject (Open Badges 3.0, section B.6): SHA-256 of the name as it is written, then the salt."""
    return "sha256$" + hashlib.sha256((name + salt).encode()).hexdigest()


def comparable_name(name: str) -> str:
    """The one spelling of all names that count as equal: the same words, in any order.

    Equal are capital and small letters, ё and е, any number of spaces, a hyphen and a space, and letters that nobody
    tells apart on paper (Latin c and Cyrillic с).  Not equal are ң and н, ө and о, ү and у: they make other names; nor
    is a name with a word more or a word less.
    """
    return " ".join(sorted(fold(name).translate(LOOK_ALIKES).split()))
