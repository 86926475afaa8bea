"""What takes two people here, and what they are told of it."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.common.codes import new_id
from lms.people.models import Proposal

# How long the copy of a key waits to be fetched.
EXPORT_HOLDS = timedelta(days=3)


class ProposalKind(models.TextChoices):
    """What takes two administrators here (people.Proposal)."""

    WITHDRAW_KEY = "withdraw_key", _("withdraw a signing key")
    EXPORT_KEY = "export_key", _("take a copy of a signing key out of the site")


class KeyNotice(models.TextChoices):
    """What administrators are told about proposals (lms.notices)."""

    ASKED = "key_signature_asked"
    ANSWERED = "key_proposal_answered"


class SignatureNotice(models.TextChoices):
    """What became of the other things that take two people: for whoever signed, and whose role it is about."""

    ROLE = "role_proposal_answered"
    OWN_ROLE = "own_role_answered"
    FOUNDING = "founding_answered"


class SignatoryNotice(models.TextChoices):
    """What the other administrators are told when one changes who signs the certificates."""

    CHANGED = "signatory_changed"


class KeyExport(models.Model):
    """A copy of a signing key that left the site or waits to be fetched; of a restored site the journal told it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.ForeignKey("certificates.SigningKey", on_delete=models.PROTECT, related_name="exports")
    # Empty where the journal told of it.
    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    # Encrypted to the public key that the proposer named; emptied when it was fetched, or when its time is over.
    sealed_file = models.BinaryField(default=bytes)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "made_at"], name="key_export_once")]

    def __str__(self) -> str:
        return f"copy of {self.key_id}"

    @property
    def lapses_at(self) -> datetime:
        """From when on nobody can fetch it."""
        return self.made_at + EXPORT_HOLDS
