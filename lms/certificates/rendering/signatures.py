"""The words of what administrators are told about proposals that take two of them."""

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.certificates.models import KeyNotice
from lms.common.dates import local_day, long_date
from lms.notices.models import Notice
from lms.notices.rendering import Words
from lms.people.models import Proposal


def words_of_signatures(notices: Sequence[Notice]) -> dict[UUID, Words]:
    """Of these notices, in the active language; only `everything` says what it is about.  One query."""
    found = Proposal.objects.select_related("organisation").in_bulk([notice.subject_id for notice in notices])
    known = {str(pk): proposal for pk, proposal in found.items()}
    pairs = ((notice, known.get(notice.subject_id)) for notice in notices)
    return {notice.pk: _words(notice, proposal) for notice, proposal in pairs if proposal}


def _words(notice: Notice, proposal: Proposal) -> Words:
    url = reverse("certificates:key_proposal", args=[proposal.pk])
    organisation = proposal.organisation.name
    if notice.kind == KeyNotice.ASKED:
        until = long_date(local_day(proposal.lapses_at), case="until")
        return Words(
            title=_("Your signature is asked for"),
            time_and_place=_("Something waits for your answer until {date}. Open Yntymak.").format(date=until),
            everything=_(
                "A colleague proposes to withdraw a signing key of {organisation}. It takes a second person: read what "
                "would happen, and confirm or decline until {date}."
            ).format(organisation=organisation, date=until),
            url=url,
        )
    state = proposal.state_at(timezone.now()).label
    return Words(
        title=_("A proposal was answered"),
        time_and_place=_("Something that you took part in was answered. Open Yntymak."),
        everything=_("The proposal to withdraw a signing key of {organisation}: {state}.").format(
            organisation=organisation, state=state
        ),
        url=url,
    )
