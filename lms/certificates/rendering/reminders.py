"""The words of what a trainer is told of her certificate's end."""

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from lms.certificates.models import Certificate
from lms.common.dates import long_date
from lms.notices.models import Notice
from lms.notices.rendering import Words


def words_of_licences(notices: Sequence[Notice]) -> dict[UUID, Words]:
    """Of these notices, in the active language; only `everything` says that she trains, and what.  One query."""
    held = Certificate.objects.in_bulk([notice.subject_id for notice in notices])
    by_id = {(str(one.pk), one.person_id): one for one in held.values() if one.expires_on}
    found = ((notice, by_id.get((notice.subject_id, notice.person_id))) for notice in notices)
    return {notice.pk: _words(certificate) for notice, certificate in found if certificate}


def _words(certificate: Certificate) -> Words:
    until = long_date(certificate.expires_on, case="until") if certificate.expires_on else ""
    modules = ", ".join(module["code"] for module in certificate.claims["modules"])
    return Words(
        title=_("A certificate of yours ends"),
        time_and_place=_("Something of yours is valid until {date}. Open Yntymak.").format(date=until),
        everything=_(
            "Your trainer’s certificate for {modules} is valid until {date}. A coordinator of your organisation can "
            "renew it: ask her, and look on your desk whether your licence is active."
        ).format(modules=modules, date=until),
        url=f"{reverse('certificates:mine')}#c-{certificate.pk}",
    )
