"""The words with which a holder is told what became of her certificate: on her desk and in messages."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.certificates.models import Certificate, CertificateState, StateChange
from lms.certificates.queries import Told, moment_of, state_of
from lms.common.dates import Case, local_day, long_date
from lms.common.languages import pick
from lms.notices.models import Notice
from lms.notices.rendering import Words

_SHORT: dict[str, str | Promise] = {
    CertificateState.REVOKED: gettext_lazy("A certificate of yours was revoked on {date}."),
    CertificateState.SUSPENDED: gettext_lazy("A certificate of yours was suspended on {date}."),
    CertificateState.VALID: gettext_lazy("A certificate of yours that was suspended holds again since {date}."),
    CertificateState.SUPERSEDED: gettext_lazy("A certificate of yours was replaced by a newer one on {date}."),
}
_FULL: dict[str, str | Promise] = {
    CertificateState.REVOKED: gettext_lazy("Your certificate for {modules} was revoked on {date}."),
    CertificateState.SUSPENDED: gettext_lazy("Your certificate for {modules} was suspended on {date}."),
    CertificateState.VALID: gettext_lazy("Your certificate for {modules} was suspended; it holds again since {date}."),
    CertificateState.SUPERSEDED: gettext_lazy("Your certificate for {modules} was replaced by a newer one on {date}."),
}


def sentence_for_holder(told: Told) -> str:
    """What became of it, in the active language, without saying what it was for."""
    day = long_date(local_day(told.at), case=_case(told.state))
    if told.state == CertificateState.REVOKED and told.newer_at:
        since = long_date(local_day(told.newer_at), case="since")
        both = _("A certificate of yours was revoked on {date}; you have a new one since {since}.")
        return both.format(date=day, since=since)
    return str(_SHORT[told.state]).format(date=day)


def _case(state: str) -> Case:
    return "since" if state == CertificateState.VALID else "on"


def address_of_own(certificate_id: UUID) -> str:
    """Where she finds it."""
    return f"{reverse('certificates:mine')}#c-{certificate_id}"


def words_of_changes(notices: Sequence[Notice]) -> dict[UUID, Words]:
    """Of these notices, in the active language; no reason but the public one.  Two queries."""
    held = Certificate.objects.in_bulk([notice.subject_id for notice in notices])
    changes = StateChange.objects.filter(certificate__in=held).order_by("pk")
    wordings = {
        (certificate, state, moment_of(at)): wording
        for certificate, state, at, wording in changes.values_list("certificate", "state", "at", "public_wording")
    }
    hers = {(str(one.pk), one.person_id): one for one in held.values()}
    found = ((notice, hers.get((notice.subject_id, notice.person_id))) for notice in notices)
    return {
        notice.pk: _words(
            certificate,
            state_of(notice),
            datetime.fromisoformat(notice.parameters["at"]),
            wordings.get((certificate.pk, state_of(notice), notice.parameters["at"])) or {},
        )
        for notice, certificate in found
        if certificate
    }


def _words(certificate: Certificate, state: CertificateState, at: datetime, wording: dict[str, str]) -> Words:
    day = local_day(at)
    modules = ", ".join(module["code"] for module in certificate.claims["modules"])
    sentences = [str(_FULL[state]).format(modules=modules, date=long_date(day, case=_case(state)))]
    if wording:
        sentences.append(_("The organisation says: “{wording}”.").format(wording=pick(wording)))
    if state in (CertificateState.REVOKED, CertificateState.SUSPENDED):
        sentences.append(
            _("If you do not know why, or think that it is wrong, ask: the way is beside the certificate.")
        )
    return Words(
        title=_("Something became of a certificate of yours"),
        time_and_place=_("Something of yours changed on {date}. Open Yntymak.").format(date=long_date(day, case="on")),
        everything=" ".join(sentences),
        url=address_of_own(certificate.pk),
    )
