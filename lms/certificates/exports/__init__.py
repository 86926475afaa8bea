"""What leaves this app as a file: our keys, the trust bundle, and what it keeps about one person."""

from lms.certificates.exports.bundle import BundleFacts, bundle_of, facts_of_bundle, signed_bundle
from lms.certificates.exports.kept import kept_about
from lms.certificates.exports.keys import did_document_of, key_file_of, key_set_of
from lms.certificates.exports.statuses import status_credential_of

__all__ = [
    "BundleFacts",
    "bundle_of",
    "did_document_of",
    "facts_of_bundle",
    "kept_about",
    "key_file_of",
    "key_set_of",
    "signed_bundle",
    "status_credential_of",
]
