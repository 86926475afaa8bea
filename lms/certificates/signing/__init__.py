"""What is signed, and how: the statement in the QR, the record behind it, the credential for wallets."""

from lms.certificates.signing.dids import did_of, method_of
from lms.certificates.signing.judgements import Judgement, Outcome, Standing
from lms.certificates.signing.keys import KEY_FILE, from_multibase, from_multikey, kid_of, multikey_of, to_multibase
from lms.certificates.signing.names import (
    DIGEST_BYTES,
    SALT_BYTES,
    comparable_name,
    identity_hash,
    identity_salt,
    name_digest,
)
from lms.certificates.signing.proofs import Proof, ProofRefused, add_proof, canonical, proof_of, verify_proof
from lms.certificates.signing.records import (
    FIRST_HASH,
    bare_record,
    is_record_signed,
    log_hash,
    record_digest,
    record_of,
    sign_record,
)
from lms.certificates.signing.seals import NotSealed, SealBroken, SealedTable, open_sealed, seal_table
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
from lms.certificates.signing.webhooks import new_webhook_secret, sign_message

__all__ = [
    "DIGEST_BYTES",
    "FIRST_HASH",
    "KEY_FILE",
    "SALT_BYTES",
    "Claims",
    "Judgement",
    "NotSealed",
    "Outcome",
    "PinnedKey",
    "Proof",
    "ProofRefused",
    "SealBroken",
    "SealedTable",
    "Standing",
    "StatementRefused",
    "add_proof",
    "bare_record",
    "canonical",
    "claims_of",
    "comparable_name",
    "did_of",
    "encode_claims",
    "from_multibase",
    "from_multikey",
    "identity_hash",
    "identity_salt",
    "is_record_signed",
    "kid_of",
    "log_hash",
    "method_of",
    "multikey_of",
    "name_digest",
    "new_webhook_secret",
    "open_sealed",
    "parse_claims",
    "proof_of",
    "record_digest",
    "record_of",
    "seal_table",
    "sign_claims",
    "sign_message",
    "sign_record",
    "to_multibase",
    "verify_proof",
    "verify_statement",
]
