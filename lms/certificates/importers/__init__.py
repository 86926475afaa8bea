"""What comes in from elsewhere: codes as people give them, lists of them, credentials of any issuer."""

from lms.certificates.importers.codes import ADDRESS_LENGTH, LastSignMissing, NoCode, ReadCode, read_code
from lms.certificates.importers.files import MOST_BYTES, MOST_CREDENTIAL
from lms.certificates.importers.judging import judge_credential
from lms.certificates.importers.keys import KeyFile, NotAKeyFile, read_key_file
from lms.certificates.importers.others import ask_host
from lms.certificates.importers.partners import (
    MAX_NAME,
    MAX_TEXT,
    ListedRow,
    OtherName,
    listed_in_file,
    listed_in_text,
)

__all__ = [
    "ADDRESS_LENGTH",
    "MAX_NAME",
    "MAX_TEXT",
    "MOST_BYTES",
    "MOST_CREDENTIAL",
    "KeyFile",
    "LastSignMissing",
    "ListedRow",
    "NoCode",
    "NotAKeyFile",
    "OtherName",
    "ReadCode",
    "ask_host",
    "judge_credential",
    "listed_in_file",
    "listed_in_text",
    "read_code",
    "read_key_file",
]
