"""How an organisation's certificates look now, and who may say so."""

from uuid import UUID

from django.http import Http404

from lms.certificates.models import CertificateDesign
from lms.people.models import Organisation, RoleKind, User
from lms.people.queries import organisations_for


def houses_for(user: User) -> list[Organisation]:
    """The organisations whose certificates she designs: those that she administers."""
    return organisations_for(user, RoleKind.ADMINISTRATOR)


def get_house_or_404(user: User, organisation_id: UUID) -> Organisation:
    """One of them."""
    for organisation in houses_for(user):
        if organisation.pk == organisation_id:
            return organisation
    raise Http404


def newest_design(organisation: Organisation) -> CertificateDesign | None:
    """The look of what is issued today; None: the house's own."""
    return CertificateDesign.objects.filter(organisation=organisation).order_by("-version").first()


def next_design(organisation: Organisation) -> CertificateDesign:
    """The next version, not saved: as the newest looks."""
    newest = newest_design(organisation) or CertificateDesign(version=0)
    return CertificateDesign(
        organisation=organisation,
        version=newest.version + 1,
        border=newest.border,
        ink=newest.ink,
        second_language=newest.second_language,
        logo=bytes(newest.logo),
    )
