"""Who qualifies, which certificates a person may see, and what a stranger learns about one."""

from lms.certificates.queries.certificates import (
    certificates_for,
    get_own_certificate_or_404,
    get_readable_certificate_or_404,
    last_issued,
    own_certificates,
    reports_of,
)
from lms.certificates.queries.credentials import certificate_of_subject, own_signing_key, own_status_list
from lms.certificates.queries.eligibility import (
    Eligibility,
    current_certificates,
    eligibility_of,
    eligibility_of_one,
    names_to_certify,
    own_gaps,
    own_paperwork_gaps,
    paperwork_of,
    waits_for_issue,
)
from lms.certificates.queries.log import issue_log_faults
from lms.certificates.queries.practice import place_of, practice_in
from lms.certificates.queries.renewal import Renewal, ending_for, ending_soon, reason_against, renewable_for, renewal_of
from lms.certificates.queries.teaching import TeachingRow, coaches_for, teaching_of, teaching_of_one
from lms.certificates.queries.trust import ListPart, Trust, places_of, site_key, site_keys, trust_now
from lms.certificates.queries.verdict import (
    NOT_OURS,
    RESTING_STATES,
    Verdict,
    VerdictState,
    key_ring,
    published_keys,
    resting_modules,
    steps_together,
    verdict_of,
)

__all__ = [
    "NOT_OURS",
    "RESTING_STATES",
    "Eligibility",
    "ListPart",
    "Place",
    "Renewal",
    "TeachingRow",
    "Trust",
    "Verdict",
    "VerdictState",
    "certificate_of_subject",
    "certificates_for",
    "coaches_for",
    "current_certificates",
    "eligibility_of",
    "eligibility_of_one",
    "ending_for",
    "ending_soon",
    "get_own_certificate_or_404",
    "get_readable_certificate_or_404",
    "issue_log_faults",
    "key_ring",
    "last_issued",
    "names_to_certify",
    "own_certificates",
    "own_gaps",
    "own_paperwork_gaps",
    "own_signing_key",
    "own_status_list",
    "paperwork_of",
    "place_of",
    "places_of",
    "practice_in",
    "published_keys",
    "reason_against",
    "renewable_for",
    "renewal_of",
    "reports_of",
    "resting_modules",
    "site_key",
    "site_keys",
    "steps_together",
    "teaching_of",
    "teaching_of_one",
    "trust_now",
    "verdict_of",
    "waits_for_issue",
]
