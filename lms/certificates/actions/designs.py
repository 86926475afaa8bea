"""How an organisation's certificates look from now on, and who signs them."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from lms.certificates.models import CertificateDesign
from lms.certificates.queries import newest_design, next_design
from lms.people.actions import change_organisation, record_audit
from lms.people.models import Organisation, User

# What a version says.
LOOK = ("border", "ink", "second_language", "logo")


@transaction.atomic
def change_design(
    *,
    organisation: Organisation,
    look: CertificateDesign,
    signatories: Mapping[str, str],
    by: User,
    at: datetime,
) -> CertificateDesign:
    """The next version where `look` is another one than the newest; a repeat gives the same.

    What was issued before keeps its own.  `signatories` are fields of the organisation (people.models.SIGNATORIES).
    Raises of people OrganisationNameTaken.
    """
    locked = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    said = {name: value for name, value in signatories.items() if getattr(locked, name) != value}
    if said:
        change_organisation(organisation=locked, values=said, by=by, at=at)
    newest, design = newest_design(locked), next_design(locked)
    changed = [name for name in LOOK if _value(look, name) != _value(design, name)]
    if newest and not changed:
        return newest
    for name in changed:
        setattr(design, name, _value(look, name))
    design.made_at, design.made_by = at, by
    design.save(force_insert=True)
    record_audit(
        verb="change_design",
        subject=design,
        by=by,
        at=at,
        organisation_id=locked.pk,
        details={"version": design.version, "fields": changed},
    )
    return design


def _value(design: CertificateDesign, name: str) -> object:
    return bytes(design.logo) if name == "logo" else getattr(design, name)
