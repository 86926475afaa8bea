"""What takes two people here, and what they are told of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProposalKind(models.TextChoices):
    """What takes two administrators here (people.Proposal)."""

    WITHDRAW_KEY = "withdraw_key", _("withdraw a signing key")


class KeyNotice(models.TextChoices):
    """What administrators are told about proposals (lms.notices)."""

    ASKED = "key_signature_asked"
    ANSWERED = "key_proposal_answered"


class SignatureNotice(models.TextChoices):
    """What became of the other things that take two people: for whoever signed, and whose role it is about."""

    ROLE = "role_proposal_answered"
    OWN_ROLE = "own_role_answered"
    FOUNDING = "founding_answered"
