"""What this app keeps about a person, for her own copy.

Left out is what colleagues noted for one another when they revoked or suspended: it may speak of others.
"""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lms.certificates.models import Certificate, CertificateHolder, NameCheckCount, StateChange
from lms.certificates.queries import shown_name_of
from lms.common.crypto import unseal
from lms.common.languages import pick
from lms.common.sections import Section, coded
from lms.people.models import User


def kept_about(person: User) -> list[Section]:
    """Everything, in the active language; the papers themselves lie beside it."""
    return [_certificates(person), _changes(person), _name_checks(person)]


def _certificates(person: User) -> Section:
    hers = Certificate.objects.filter(person=person).select_related("holder", "organisation", "cohort")
    rows = [_certificate(person, one) for one in hers.order_by("issued_at", "pk")]
    labels = {
        "address": _("Address of its check"),
        "kind": _("Kind"),
        "organisation": _("Organisation"),
        "cohort": _("Cohort"),
        "modules": _("Modules"),
        "name": _("Full name"),
        "shown_name": _("What strangers see"),
        "name_form": _("How much of my name strangers see"),
        "issued_at": _("Issued on"),
        "expires_on": _("Good until"),
        "state": _("State"),
    }
    return Section("certificates", _("Your certificates"), labels, rows)


def _certificate(person: User, certificate: Certificate) -> dict:
    return {
        "address": f"{settings.PUBLIC_BASE_URL}/v/{certificate.public_id}",
        "kind": coded(certificate, "kind"),
        "organisation": certificate.organisation.name,
        "cohort": certificate.cohort.code,
        "modules": [f"{module['code']} {pick(module['titles'])}" for module in certificate.claims["modules"]],
        **_name(person, certificate.holder),
        "issued_at": certificate.issued_at,
        "expires_on": certificate.expires_on,
        "state": coded(certificate, "state"),
    }


def _name(person: User, holder: CertificateHolder) -> dict:
    full = holder.sealed_name
    return {
        "name": unseal(person.key.wrapped, full) if full else None,
        "shown_name": shown_name_of(holder.certificate) or None,
        "name_form": coded(holder, "name_form"),
    }


def _changes(person: User) -> Section:
    changes = StateChange.objects.filter(certificate__person=person).select_related("certificate").order_by("at", "pk")
    rows = [
        {
            "address": f"{settings.PUBLIC_BASE_URL}/v/{change.certificate.public_id}",
            "state": coded(change, "state"),
            "at": change.at,
            "public_wording": pick(change.public_wording) if change.public_wording else None,
        }
        for change in changes
    ]
    labels = {
        "address": _("Address of its check"),
        "state": _("State"),
        "at": _("When"),
        "public_wording": _("Public wording"),
    }
    return Section("certificate_changes", _("What became of them"), labels, rows)


def _name_checks(person: User) -> Section:
    counts = NameCheckCount.objects.filter(certificate__person=person).select_related("certificate")
    rows = [
        {
            "address": f"{settings.PUBLIC_BASE_URL}/v/{count.certificate.public_id}",
            "month": count.month,
            "matches": count.matches,
            "mismatches": count.mismatches,
            "last_on": count.last_on,
        }
        for count in counts.order_by("month", "pk")
    ]
    labels = {
        "address": _("Address of its check"),
        "month": _("Month that begins on"),
        "matches": _("The name was right"),
        "mismatches": _("The name was another one"),
        "last_on": _("Last on"),
    }
    return Section("name_checks", _("Names compared with your certificates"), labels, rows)
