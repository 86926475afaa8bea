"""What takes two people: one proposes, another confirms; nobody does it alone on a screen."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lms.common.codes import new_id
from lms.people.models.accounts import Private, User
from lms.people.models.organisations import Organisation

# How long a proposal waits for its second signature.
PROPOSAL_HOLDS = timedelta(days=14)


# The kind of a role that one administrator gave and another confirms.
CONFIRM_ROLE = "confirm_role"
# Why it is confirmed anew: a link to the password of whoever has it was shown to somebody else, or goes where she said.
LINK_MADE = "link_made"


class ProposalState(models.TextChoices):
    WAITING = "waiting", _("waits for the second signature")
    CONFIRMED = "confirmed", _("confirmed")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn by whoever proposed it")
    LAPSED = "lapsed", _("lapsed: nobody confirmed it in time")


class TwoSignaturesQuerySet[P: TwoSignatures](models.QuerySet[P]):
    def waiting(self, at: datetime) -> Self:
        """Those that a second person may still confirm."""
        return self.unsettled().filter(proposed_at__gt=at - PROPOSAL_HOLDS)

    def unsettled(self) -> Self:
        """Those to which nobody has said yes or no, lapsed ones too."""
        return self.filter(confirmed_at__isnull=True, declined_at__isnull=True)


class TwoSignatures(models.Model):
    """The two people and their times; what is proposed, each table says (lms.people.actions.proposals)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"))
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    # Or withdrawn by whoever proposed.
    declined_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    declined_at = models.DateTimeField(null=True)
    # What whoever proposed it reads; empty where it was withdrawn, or ended with what it was about.
    declined_because = models.TextField(blank=True)

    objects = TwoSignaturesQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def lapses_at(self) -> datetime:
        """From when on nobody can confirm it any more."""
        return self.proposed_at + PROPOSAL_HOLDS

    def state_at(self, at: datetime) -> ProposalState:
        """What has become of it."""
        if self.confirmed_at is not None:
            return ProposalState.CONFIRMED
        if self.declined_at is not None:
            is_hers = self.declined_by_id == self.proposed_by_id
            return ProposalState.WITHDRAWN if is_hers else ProposalState.DECLINED
        return ProposalState.WAITING if at < self.lapses_at else ProposalState.LAPSED


class Proposal(Private, TwoSignatures):
    """Something dangerous about one thing of an organisation; the app whose verb it is names the kind."""

    kind = models.CharField(max_length=40)
    # Plain: the thing belongs to an app above.
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=60)
    # Ids and codes that the verb needs; never a name.
    parameters = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["organisation", "kind", "-proposed_at"], name="proposal_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
                name="proposal_needs_two_people",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(declined_at__isnull=True), name="proposal_settled_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {str(self.id)[-6:]}"
