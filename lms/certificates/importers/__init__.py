"""What comes in from elsewhere: credentials of any issuer, found in a file and judged."""

from lms.certificates.importers.files import MOST_BYTES
from lms.certificates.importers.judging import Judgement, Outcome, judge_credential
from lms.certificates.importers.others import ask_host

__all__ = ["MOST_BYTES", "Judgement", "Outcome", "ask_host", "judge_credential"]
