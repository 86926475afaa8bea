"""What is signed, and how: the statement in the QR, the record behind it, the credential for wallets."""

from lms.certificates.signing.keys import kid_of
from lms.certificates.signing.names import DIGEST_BYTES, SALT_BYTES, comparable_name, name_digest
from lms.certificates.signing.records import (
    FIRST_HASH,
    bare_record,
    is_record_signed,
    log_hash,
    record_digest,
    sign_record,
)
from lms.certificates.signing.statements import (
    Claims,
    PinnedKey,
    StatementRefused,
    claims_of,
    encode_claims,
    parse_claims,
    sign_claims,
    verify_statement,
)

__all__ = [
    "DIGEST_BYTES",
    "FIRST_HASH",
    "SALT_BYTES",
    "Claims",
    "PinnedKey",
    "StatementRefused",
    "bare_record",
    "claims_of",
    "comparable_name",
    "encode_claims",
    "is_record_signed",
    "kid_of",
    "log_hash",
    "name_digest",
    "parse_claims",
    "record_digest",
    "sign_claims",
    "sign_record",
    "verify_statement",
]
