"""The credential for wallets: signed by the worker with the organisation's key, kept under the holder's."""

import json
from datetime import datetime

from django.conf import settings

from lms.certificates.actions.keys import private_bytes
from lms.certificates.models import LIST_SIZE, Certificate, CertificateHolder, StatusList, StatusPurpose
from lms.certificates.rendering import credential_of
from lms.certificates.signing import add_proof, method_of
from lms.common.crypto import seal


def seal_credential(
    *, certificate: Certificate, holder: CertificateHolder, full_name: str, shown_name: str, at: datetime
) -> bytes | None:
    """The signed file, readable with her key alone; None for a holder who was erased.

    With the key that signed the statement: when that one is withdrawn, both are signed again.
    """
    lists = _ensure_status_lists(certificate)
    if not (certificate.person and full_name and holder.salt):
        return None
    credential = credential_of(
        certificate,
        full_name=full_name,
        shown_name=shown_name,
        salt=bytes(holder.salt),
        base_url=settings.PUBLIC_BASE_URL,
        revocation=lists[StatusPurpose.REVOCATION],
    )
    key = certificate.key
    method = method_of(settings.PUBLIC_BASE_URL, bytes(key.public_key))
    signed = add_proof(credential, method=method, private_key=private_bytes(key=key), at=at)
    return seal(bytes(certificate.person.key.wrapped), json.dumps(signed, ensure_ascii=False, indent=2))


def _ensure_status_lists(certificate: Certificate) -> dict[StatusPurpose, StatusList]:
    """Those in which others look its number up.  Two that make one at once find the same one."""
    organisation, part = certificate.organisation, certificate.status_index // LIST_SIZE
    return {
        purpose: StatusList.objects.get_or_create(organisation=organisation, part=part, purpose=purpose)[0]
        for purpose in StatusPurpose
    }
