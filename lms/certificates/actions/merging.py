"""Two rows of one person become one: her certificates, as they were issued."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.certificates.models import Certificate, CertificateDesign, CertificateHolder, StateChange
from lms.common.crypto import reseal
from lms.common.errors import ActionError
from lms.people.models import User


class TwoCertificates(ActionError):
    code = "two_certificates"
    message = _(
        "Each of the two has a certificate of the same kind from the cohort %(cohort)s. A person has one: revoke the "
        "one that is wrong, then merge."
    )


def require_certificates_apart(*, kept: User, merged: User) -> None:
    """Says nothing where all their certificates can be one person's.  Raises TwoCertificates."""
    own = set(Certificate.objects.current().filter(person=kept).values_list("cohort", "kind"))
    for hers in Certificate.objects.current().filter(person=merged).select_related("cohort"):
        if (hers.cohort_id, hers.kind) in own:
            raise TwoCertificates(cohort=hers.cohort.code)


@transaction.atomic
def take_over_certificates(*, kept: User, merged: User) -> int:
    """The certificates become the other row's; says how many.

    What they claim, their statement, paper and credential stay as they are; the name on each lies under the key of
    the row that stays.  Raises TwoCertificates.
    """
    hers = list(Certificate.objects.select_for_update(of=("self",), no_key=True).filter(person=merged).order_by("pk"))
    require_certificates_apart(kept=kept, merged=merged)
    for holder in CertificateHolder.objects.filter(certificate__in=hers):
        for name in ("sealed_name", "sealed_credential"):
            sealed = getattr(holder, name)
            if sealed is not None:
                setattr(holder, name, reseal(sealed, merged.key.wrapped, kept.key.wrapped))
        holder.save(update_fields=["sealed_name", "sealed_credential"])
    Certificate.objects.filter(person=merged).update(person=kept)
    Certificate.objects.filter(issued_by=merged).update(issued_by=kept)
    StateChange.objects.filter(by=merged).update(by=kept)
    CertificateDesign.objects.filter(made_by=merged).update(made_by=kept)
    return len(hers)
