"""What leaves this app as a file: our public keys, and what it keeps about one person."""

from lms.certificates.exports.kept import kept_about
from lms.certificates.exports.keys import did_document_of, did_of, key_set_of

__all__ = ["did_document_of", "did_of", "kept_about", "key_set_of"]
