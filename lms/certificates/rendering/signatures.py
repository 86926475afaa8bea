"""The words of what people are told about proposals that take two of them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.certificates.models import KeyNotice, ProposalKind, SignatureNotice
from lms.certificates.queries import changed_signatories, role_of, signed_things
from lms.cohorts.models import FoundingProposal
from lms.common.dates import local_day, long_date
from lms.notices.models import Notice
from lms.notices.rendering import Words
from lms.people.models import Proposal, ProposalState, TwoSignatures


def words_of_signatures(notices: Sequence[Notice]) -> dict[UUID, Words]:
    """Of these notices, in the active language; only `everything` says what it is about.  Nobody is named."""
    now, things = timezone.now(), signed_things(list(notices))
    worded = {one.pk: _words(one, things[one.pk], now) for one in notices if one.pk in things}
    return {pk: words for pk, words in worded.items() if words}


def words_of_signatories(notices: Sequence[Notice]) -> dict[UUID, Words]:
    """That who signs the certificates was changed; what it says now stands on the page."""
    return {
        pk: Words(
            title=_("Who signs was changed"),
            time_and_place=_("Something was changed in your organisation. Open Yntymak."),
            everything=_(
                "{organisation}: another administrator has changed who signs the certificates. Look whether it is right"
                " before the next ones are issued."
            ).format(organisation=change.organisation.name),
            url=reverse("people:organisation", args=[change.organisation_id]),
        )
        for pk, change in changed_signatories(list(notices)).items()
    }


def _words(notice: Notice, thing: TwoSignatures, at: datetime) -> Words | None:
    if isinstance(thing, Proposal):
        if notice.kind == KeyNotice.ASKED:
            return _asked(thing)
        if notice.kind == SignatureNotice.OWN_ROLE:
            return _own_role(thing, at)
        if notice.kind == SignatureNotice.ROLE:
            return _role(thing, at)
        return _key(thing, at)
    return _founding(thing, at) if isinstance(thing, FoundingProposal) else None


def _asked(proposal: Proposal) -> Words:
    until = long_date(local_day(proposal.lapses_at), case="until")
    said = _(
        "A colleague proposes to withdraw a signing key of {organisation}. It takes a second person: read what "
        "would happen, and confirm or decline until {date}."
    )
    if proposal.kind == ProposalKind.EXPORT_KEY:
        said = _(
            "A colleague proposes to copy a signing key of {organisation} for another site. It takes a second person: "
            "read what would happen, and confirm or decline until {date}."
        )
    return Words(
        title=_("Your signature is asked for"),
        time_and_place=_("Something waits for your answer until {date}. Open Yntymak.").format(date=until),
        everything=said.format(organisation=proposal.organisation.name, date=until),
        url=reverse("certificates:key_proposal", args=[proposal.pk]),
    )


def _key(proposal: Proposal, at: datetime) -> Words:
    said = _("The proposal to withdraw a signing key of {organisation}: {state}.")
    if proposal.kind == ProposalKind.EXPORT_KEY:
        said = _("The proposal to copy a signing key of {organisation} for another site: {state}.")
        if proposal.confirmed_at:
            said = _(
                "The proposal to copy a signing key of {organisation} for another site: {state}. Whoever proposed it"
                " fetches the file under “Keys of the certificates”, or from her desk, once, within three days."
            )
    return _answered(said, proposal, at, reverse("certificates:key_proposal", args=[proposal.pk]))


def _role(proposal: Proposal, at: datetime) -> Words:
    said = _("The role as coordinator of {organisation} that waited for a second signature: {state}.")
    return _answered(said, proposal, at, reverse("people:confirm_role", args=[proposal.pk]))


def _founding(proposal: FoundingProposal, at: datetime) -> Words:
    said = _("The proposal of a founding trainer of {organisation}: {state}.")
    return _answered(said, proposal, at, reverse("cohorts:founding"))


def _answered(said: str, proposal: TwoSignatures, at: datetime, url: str) -> Words:
    lapsed = proposal.state_at(at) == ProposalState.LAPSED
    everything = said.format(organisation=proposal.organisation.name, state=proposal.state_at(at).label)
    if proposal.declined_because:
        everything = " ".join([everything, _("Why was written down: read it there.")])
    return Words(
        title=_("A proposal has lapsed") if lapsed else _("A proposal was answered"),
        time_and_place=_("Something that you took part in is settled. Open Yntymak."),
        everything=everything,
        url=url,
    )


def _own_role(proposal: Proposal, at: datetime) -> Words | None:
    """To whoever has the role, which opens nothing until the second signature."""
    role = role_of(proposal)
    if role is None:
        return None
    state = proposal.state_at(at)
    if state == ProposalState.CONFIRMED:
        said = _("Your role as coordinator of {organisation} is confirmed by a second administrator. It holds now.")
    elif state == ProposalState.LAPSED:
        said = _(
            "Nobody confirmed your role as coordinator of {organisation} in time, so it opens nothing. Ask an"
            " administrator to give it anew."
        )
    else:
        said = _(
            "Your role as coordinator of {organisation} was not confirmed and has ended. Ask an administrator if you"
            " did not expect that."
        )
    return Words(
        title=_("Your role"),
        time_and_place=_("Something about your work here is settled. Open Yntymak."),
        everything=said.format(organisation=role.organisation.name),
    )
