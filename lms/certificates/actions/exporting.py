"""A copy of a signing key for another installation: one administrator proposes, another confirms, the worker makes it.

Encrypted to a public age key, in the format of our backups, so that any age program opens it; fetched once.
"""

import io
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lms.certificates.actions.keys import private_bytes
from lms.certificates.actions.signatures import ask_second
from lms.certificates.exports import key_file_of
from lms.certificates.importers import KeyFile
from lms.certificates.models import EXPORT_HOLDS, KeyExport, KeyState, ProposalKind, SigningKey
from lms.common.backups.archives import is_public_key, write_archive
from lms.common.crypto import wrap
from lms.common.errors import ActionError
from lms.common.journal import append_entry
from lms.people.actions import NotYourProposal, confirm_proposal, make_proposal, record_audit
from lms.people.models import Organisation, Proposal, User

# In the journal, and in the audit trail too.
EXPORT_KEY = "export_key"


class NoPublicKey(ActionError):
    code = "no_public_key"
    message = _("This is no public key of age. It begins with age1 and has 62 characters.")


class KeyNotInUse(ActionError):
    """A retired or withdrawn one signs nothing any more, wherever it lies."""

    code = "key_not_in_use"
    message = _("Only the key that signs now can be copied.")


class NotSigned(ActionError):
    """The worker looks again, whoever wrote down the work."""

    code = "not_signed"
    message = _("Nobody has confirmed this proposal.")


class CopyGone(ActionError):
    code = "copy_gone"
    message = _(
        "There is nothing to fetch here: the copy was fetched before, its three days are over, or it is not made."
    )


class SignsAlready(ActionError):
    code = "signs_already"
    message = (
        "%(organisation)s signs with another key here already; nothing was written. Take a copy in before the first"
        " certificate is issued."
    )


class KeyOfOthers(ActionError):
    code = "key_of_others"
    message = "This key is another organisation's here; nothing was written."


class UnknownOrganisation(ActionError):
    code = "unknown_organisation"
    message = "There is no organisation %(organisation)s here: manage.py create_organisation, with this very code."


@transaction.atomic
def propose_key_export(*, key: SigningKey, recipient: str, reason: str, by: User, at: datetime) -> Proposal:
    """The first signature; those whose the second may be are told.

    Raises NoPublicKey, KeyNotInUse, NobodyConfirms, MayNotPropose, WhyMissing, AlreadyProposed.
    """
    if not is_public_key(recipient):
        raise NoPublicKey
    _require_in_use(SigningKey.objects.get(pk=key.pk))
    proposal = make_proposal(
        kind=ProposalKind.EXPORT_KEY,
        subject=key,
        organisation=key.organisation,
        reason=reason,
        by=by,
        at=at,
        parameters={"recipient": recipient},
    )
    ask_second(proposal=proposal, at=at)
    return proposal


@transaction.atomic
def confirm_key_export(*, proposal: Proposal, by: User, at: datetime) -> Proposal:
    """The second signature; the caller has the worker make the copy (tasks.make_key_copy).

    Raises KeyNotInUse, MayNotPropose, OwnProposal, ProposalSettled, ProposalLapsed, ProposerGone,
    SignersNotIndependent.
    """
    confirmed = confirm_proposal(proposal=proposal, by=by, at=at)
    _require_in_use(SigningKey.objects.get(pk=confirmed.subject_id))
    return confirmed


@transaction.atomic
def make_key_export(*, proposal: Proposal, at: datetime) -> KeyExport:
    """The copy that two people signed for: made where the private key is used.  A repeat gives the same.

    Raises NotSigned; KeyNotInUse where it was withdrawn meanwhile; JournalUnwritable, and then there is none.
    """
    if proposal.kind != ProposalKind.EXPORT_KEY or proposal.confirmed_at is None:
        raise NotSigned
    key = SigningKey.objects.select_for_update(of=("self",), no_key=True).get(pk=proposal.subject_id)
    made = KeyExport.objects.filter(proposal=proposal).first()
    if made is not None:
        return made
    _require_in_use(key)
    file = io.BytesIO()
    facts = key_file_of(key, private_bytes(key=key), settings.PUBLIC_BASE_URL)
    write_archive(file, [], facts, [proposal.parameters["recipient"]])
    made = KeyExport.objects.create(key=key, proposal=proposal, made_at=at, sealed_file=file.getvalue())
    record_audit(verb=EXPORT_KEY, subject=key, by=proposal.confirmed_by, at=at, organisation_id=key.organisation_id)
    append_entry(EXPORT_KEY, key.kid, at)
    return made


def note_key_export(*, key: SigningKey, at: datetime) -> None:
    """That there is a copy somewhere, told by the journal to a restored site, where none is fetched a second time."""
    KeyExport.objects.update_or_create(key=key, made_at=at, defaults={"sealed_file": b""})


@transaction.atomic
def take_key_export(*, proposal: Proposal, by: User, at: datetime) -> bytes:
    """The file, once, for whoever proposed it; then the site has it no more.  Raises NotYourProposal, CopyGone."""
    if by.pk != proposal.proposed_by_id:
        raise NotYourProposal
    made = KeyExport.objects.select_for_update(of=("self",), no_key=True).filter(proposal=proposal).first()
    if made is None or not made.sealed_file or at >= made.lapses_at:
        raise CopyGone
    content = bytes(made.sealed_file)
    made.sealed_file, made.taken_at = b"", at
    made.save(update_fields=["sealed_file", "taken_at"])
    record_audit(verb="take_key_export", subject=made.key, by=by, at=at, organisation_id=proposal.organisation_id)
    return content


def forget_key_exports(*, at: datetime) -> int:
    """The files that nobody fetched in time; that they were made stays.  Says how many."""
    old = KeyExport.objects.filter(made_at__lte=at - EXPORT_HOLDS).exclude(sealed_file=b"")
    return old.update(sealed_file=b"")


@transaction.atomic
def import_key(*, file: KeyFile, at: datetime) -> SigningKey:
    """A key that another installation gave out signs here from now on; for the command line.  A repeat is harmless.

    Raises UnknownOrganisation, KeyOfOthers, SignsAlready.
    """
    organisation = Organisation.objects.select_for_update(no_key=True).filter(code=file.organisation).first()
    if organisation is None:
        raise UnknownOrganisation(organisation=file.organisation)
    known = SigningKey.objects.filter(pk=file.kid).first()
    if known is not None:
        if known.organisation_id != organisation.pk:
            raise KeyOfOthers
        return known
    if SigningKey.objects.filter(organisation=organisation, state=KeyState.ACTIVE).exists():
        raise SignsAlready(organisation=file.organisation)
    key = SigningKey.objects.create(
        kid=file.kid,
        organisation=organisation,
        public_key=file.public_key,
        sealed_private_key=wrap(file.private_key),
        not_before=file.not_before,
        not_after=file.not_after,
    )
    record_audit(verb="import_key", subject=key, by=None, at=at, organisation_id=organisation.pk)
    return key


def _require_in_use(key: SigningKey) -> None:
    if key.state != KeyState.ACTIVE:
        raise KeyNotInUse
