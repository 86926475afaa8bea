"""What this installation itself knows of a credential that it is said to have signed."""

import re
from uuid import UUID

from lms.certificates.models import Certificate, SigningKey, StatusList
from lms.certificates.signing import from_multikey, kid_of


def own_signing_key(name: str) -> SigningKey | None:
    """An organisation's key by its name in our DID document: its `kid`, or itself as a Multikey."""
    try:
        kid = kid_of(from_multikey(name)).hex()
    except ValueError:
        kid = name
    # The name comes from a stranger, and a database may choke on what is no text.
    if not re.fullmatch("[0-9a-f]+", kid):
        return None
    return SigningKey.objects.select_related("organisation").filter(pk=kid).first()


def certificate_of_subject(urn: str) -> Certificate | None:
    """The certificate that a credential is about (urn:uuid:…)."""
    try:
        return Certificate.objects.filter(subject=UUID(urn)).first() if urn.startswith("urn:uuid:") else None
    except ValueError:
        return None


def own_status_list(address: str, base_url: str) -> StatusList | None:
    """The list that this site serves at the address."""
    found = re.fullmatch(rf"{re.escape(base_url)}/trust/status/([0-9]{{1,18}})", address)
    return StatusList.objects.filter(pk=int(found[1])).first() if found else None
