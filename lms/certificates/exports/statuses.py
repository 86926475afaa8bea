"""Status lists (W3C Bitstring Status List): for wallets and foreign verifiers, which numbers are no longer good.

A list says so of all numbers of its part at once, so that nobody learns from the request which certificate is checked.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from lms.certificates.exports.bundle import RENEWED_AFTER, encode_bits, moment
from lms.certificates.models import Ed25519Key, StatusList
from lms.certificates.signing import add_proof, did_of, method_of
from lms.certificates.signing.contexts import CREDENTIALS


def status_credential_of(
    status_list: StatusList,
    places: Iterable[int],
    *,
    base_url: str,
    key: Ed25519Key,
    private_key: bytes,
    at: datetime,
    seconds: int,
) -> dict[str, Any]:
    """The BitstringStatusListCredential in which these places are set; a copy of it is good for so many seconds."""
    address = status_list.address(base_url)
    credential = {
        "@context": [CREDENTIALS],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did_of(base_url),
        "validFrom": moment(at),
        "validUntil": moment(at + RENEWED_AFTER),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": status_list.purpose,
            "encodedList": encode_bits(places),
            "ttl": seconds * 1000,
        },
    }
    method = method_of(base_url, bytes(key.public_key))
    return add_proof(credential, method=method, private_key=private_key, at=at)
