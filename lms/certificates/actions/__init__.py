"""What is done with certificates and keys: one function per verb."""

from lms.certificates.actions.issuing import (
    ConsentIsHers,
    NoSharedLanguage,
    NotEligible,
    OwnCertificate,
    RevokedMeanwhile,
    issue_certificate,
    issue_trainer_certificate,
    make_candidate,
    record_paperwork,
)
from lms.certificates.actions.keys import ensure_signing_key, withdraw_key
from lms.certificates.actions.lifecycle import (
    CertificateSettled,
    HolderErased,
    ReasonMissing,
    WordingIncomplete,
    change_name_form,
    erase_certificates,
    erase_holder,
    lift_suspension,
    report_difference,
    revoke_certificate,
    sign_again,
    sign_titles,
    suspend_certificate,
)
from lms.certificates.actions.merging import TwoCertificates, require_certificates_apart, take_over_certificates
from lms.certificates.actions.papers import drop_stray_papers, freeze_pdf, note_download

__all__ = [
    "CertificateSettled",
    "ConsentIsHers",
    "HolderErased",
    "NoSharedLanguage",
    "NotEligible",
    "OwnCertificate",
    "ReasonMissing",
    "RevokedMeanwhile",
    "TwoCertificates",
    "WordingIncomplete",
    "change_name_form",
    "drop_stray_papers",
    "ensure_signing_key",
    "erase_certificates",
    "erase_holder",
    "freeze_pdf",
    "issue_certificate",
    "issue_trainer_certificate",
    "lift_suspension",
    "make_candidate",
    "note_download",
    "record_paperwork",
    "report_difference",
    "require_certificates_apart",
    "revoke_certificate",
    "sign_again",
    "sign_titles",
    "suspend_certificate",
    "take_over_certificates",
    "withdraw_key",
]
