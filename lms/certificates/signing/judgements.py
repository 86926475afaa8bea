"""What can be thought of a credential of Open Badges: found out by importers, put in words by rendering."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Outcome(StrEnum):
    GOOD = "good"
    REFUSED = "refused"
    # Neither good nor bad: the issuer's host may not be asked, or nobody vouches for the issuer.
    OPEN = "open"


class Standing(StrEnum):
    """Who the issuer is that a credential names, to this site."""

    OURS = "ours"
    ALLOWED = "allowed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Judgement:
    """`code` is the reason, "" for a good one.

    What was found out: `is_signed`, the issuer's signature is right; `listed_at`, of when the answer is that says
    whether it was revoked, None if there was none; `public_id`, the certificate of this site that it is about.  The
    rest is what the credential claims, if it could be read; until `is_signed`, nobody stands for it.
    """

    outcome: Outcome
    code: str = ""
    is_signed: bool = False
    listed_at: datetime | None = None
    public_id: str = ""
    standing: Standing = Standing.UNKNOWN
    issuer: str = ""
    issuer_name: str = ""
    title: str = ""
    description: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    names_list: bool = False
