"""What is hers alone: the name on a certificate, and the credential for wallets, which bears it.

The credential is signed by the worker with the organisation's key, and kept under the holder's own.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from itertools import product
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lms.certificates.actions.keys import private_bytes
from lms.certificates.checks import shown_name
from lms.certificates.models import LIST_SIZE, Certificate, StatusList, StatusPurpose
from lms.certificates.queries import shown_name_of
from lms.certificates.rendering import credential_of
from lms.certificates.signing import add_proof, method_of
from lms.common.crypto import seal, unseal
from lms.common.errors import ActionError
from lms.people.models import NameForm
from lms.people.permissions import is_called_by_herself

# By organisation, part of its numbers, and purpose.
type StatusLists = dict[tuple[UUID, int, str], StatusList]


class HolderErased(ActionError):
    code = "holder_erased"
    message = _("The holder withdrew her details; there is no name to show.")


def full_name_of(*, certificate: Certificate) -> str:
    """The name as it was when it was issued.  Raises HolderErased."""
    if certificate.person is None or certificate.holder.sealed_name is None:
        raise HolderErased
    return unseal(bytes(certificate.person.key.wrapped), bytes(certificate.holder.sealed_name))


def shown_by(*, certificate: Certificate, full_name: str) -> str:
    """What a stranger reads of the name, in the form that the holder chose; nothing of an erased one's.

    No display name that somebody else wrote since: it would be signed as her own word.
    """
    if not full_name or certificate.person is None:
        return ""
    form = certificate.holder.name_form
    if form == NameForm.ALIAS and is_called_by_herself(certificate.person) is False:
        form = NameForm.NONE
    return shown_name(form, full_name=full_name, display_name=certificate.person.display_name)


def seal_credential(*, certificate: Certificate, full_name: str, lists: StatusLists, at: datetime) -> bytes | None:
    """The signed file, readable with her key alone; None for a holder who was erased.

    With the key and the name that the statement was signed with, whatever she calls herself since: a withdrawn key or
    another form of the name makes both anew.
    """
    holder = certificate.holder
    if not (certificate.person and full_name and holder.salt):
        return None
    credential = credential_of(
        certificate,
        full_name=full_name,
        shown_name=shown_name_of(certificate),
        salt=bytes(holder.salt),
        base_url=settings.PUBLIC_BASE_URL,
        revocation=lists[(*_part_of(certificate), StatusPurpose.REVOCATION)],
    )
    key = certificate.key
    method = method_of(settings.PUBLIC_BASE_URL, bytes(key.public_key))
    signed = add_proof(credential, method=method, private_key=private_bytes(key=key), at=at)
    return seal(bytes(certificate.person.key.wrapped), json.dumps(signed, ensure_ascii=False, indent=2))


def ensure_status_lists(*, certificates: Iterable[Certificate]) -> StatusLists:
    """Those in which others look their numbers up.  Two that make one at once find the same one."""
    parts = {_part_of(certificate) for certificate in certificates}
    organisations, numbers = zip(*parts, strict=True) if parts else ((), ())
    rows = StatusList.objects.filter(organisation__in=organisations, part__in=numbers)
    lists = {(one.organisation_id, one.part, one.purpose): one for one in rows}
    for (organisation, part), purpose in product(parts, StatusPurpose):
        if (organisation, part, purpose) not in lists:
            made, _is_new = StatusList.objects.get_or_create(organisation_id=organisation, part=part, purpose=purpose)
            lists[organisation, part, purpose] = made
    return lists


def _part_of(certificate: Certificate) -> tuple[UUID, int]:
    return certificate.organisation_id, certificate.status_index // LIST_SIZE
