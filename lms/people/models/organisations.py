"""Who runs cohorts, and what a person may do for it: dated roles, and how she came to the first."""

from datetime import date, datetime, timedelta
from typing import NamedTuple, Self
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.common.codes import new_id
from lms.common.languages import LANGUAGE_CODES, translated
from lms.people.models.accounts import LINK_HOLDS, NameForm, Private, User
from lms.regions.models import Region

# The fields of whoever signs: the name, and the position in each language.
SIGNATORIES = {
    name: tuple(f"{position}_{language}" for language in LANGUAGE_CODES)
    for name, position in (("signatory_name", "signatory"), ("second_signatory_name", "second_signatory"))
}


class Organisation(models.Model):
    """Who runs cohorts and issues certificates."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = translated(models.CharField(_("name"), max_length=160))
    signatory = translated(models.CharField(_("signatory's position"), max_length=160, blank=True))
    signatory_name = models.CharField(_("signatory's name"), max_length=120, blank=True)
    # Whoever signs beside the first; empty: one signs alone.
    second_signatory = translated(
        models.CharField(_("second signatory's position"), max_length=160, blank=True, default="")
    )
    second_signatory_name = models.CharField(_("second signatory's name"), max_length=120, blank=True, default="")
    contact = models.CharField(
        _("how to reach the organisation"),
        max_length=160,
        blank=True,
        default="",
        help_text=_(
            "A telephone number, an e-mail address or a site of the organisation; nobody's own. Everybody may read it."
        ),
    )
    name_form = models.CharField(
        _("name on the verdict page"), max_length=10, choices=NameForm, default=NameForm.MASKED
    )
    # A text that no native speaker has read yet is used with a note on it; an organisation may say no.
    uses_unreviewed_texts = models.BooleanField(_("uses texts that await native review"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name

    @property
    def shown_form(self) -> NameForm:
        """How strangers see the name of whoever chose nothing: whole only by her own wish."""
        return NameForm.NONE if self.name_form == NameForm.NONE else NameForm.MASKED


class SignatoryChange(Private, models.Model):
    """Who signs was changed: of each changed field what it said and what it says.

    Printed on every certificate for anybody to read, so it lies here in plain; the audit trail holds no name.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="signatory_changes")
    before = models.JSONField()
    after = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["organisation", "-at"], name="signatory_change_newest")]

    def __str__(self) -> str:
        return f"signatory change {str(self.id)[-6:]}"


class RoleKind(models.TextChoices):
    TRAINER = "trainer", _("trainer")
    COACH = "coach", _("coach")
    OBSERVER = "observer", _("observer")
    COORDINATOR = "coordinator", _("coordinator")
    MONITOR = "monitor", _("monitoring officer")
    EDITOR = "editor", _("editor")
    TRANSLATOR = "translator", _("translator")
    REGIONAL_AUTHOR = "regional_author", _("regional author")
    ADMINISTRATOR = "administrator", _("administrator")


# Who may issue certificates: nobody is given that by one person alone.
ISSUING_ROLES = (RoleKind.COORDINATOR,)
# Who works in Wagtail's editor.
CMS_ROLES = (RoleKind.EDITOR, RoleKind.TRANSLATOR, RoleKind.REGIONAL_AUTHOR, RoleKind.ADMINISTRATOR)
# Who is asked to set up two-step sign-in.
TWO_STEP_ROLES = (RoleKind.COORDINATOR, RoleKind.ADMINISTRATOR, RoleKind.MONITOR)


class RoleQuerySet(models.QuerySet["Role"]):
    def active(self, day: date) -> Self:
        """Those that hold on `day`: begun, not ended, confirmed and awake."""
        return self.begun(day).filter(asleep_since__isnull=True, unconfirmed_since__isnull=True)

    def begun(self, day: date) -> Self:
        """The same with those that sleep or wait for the second signature."""
        return self.not_ended(day).filter(valid_from__lte=day)

    def not_ended(self, day: date) -> Self:
        """Those that hold on `day` or will."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day))

    def asleep(self, day: date) -> Self:
        """Those of them that sleep."""
        return self.not_ended(day).filter(asleep_since__isnull=False)


class Role(Private, models.Model):
    """What a person may do, for which organisation, in which region and below, from when until when."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="roles")
    kind = models.CharField(_("role"), max_length=20, choices=RoleKind)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="roles")
    # Empty: the whole country.
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    granted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    granted_at = models.DateTimeField()
    # Since one administrator gave it: it opens nothing until another one confirms (actions.confirming).
    unconfirmed_since = models.DateTimeField(null=True)
    # Since somebody renewed her card and so knew its PIN: it opens nothing until she is woken (actions.sleeping).
    asleep_since = models.DateTimeField(null=True)
    asleep_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    # Of the word that wakes it, which another tells her; the word itself is kept nowhere.
    word_index = models.CharField(max_length=64, default="")
    word_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    word_at = models.DateTimeField(null=True)
    # Whoever renewed her card while she had it, or told her the word with which she woke or accepted it: her line
    # (queries.signing_line).
    in_hands_of = models.ManyToManyField(User, related_name="+")

    objects = RoleQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "kind"], name="role_person_kind")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=models.F("valid_from")),
                name="role_dates_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(kind=RoleKind.ADMINISTRATOR) | Q(region__isnull=True),
                name="role_administrator_everywhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id}"

    def has_ended(self, day: date) -> bool:
        """Is its last day before `day`?"""
        return self.valid_until is not None and self.valid_until < day

    @property
    def over_since(self) -> date | None:
        """The first day without it: the day on which it was ended, since that takes it away at once."""
        return self.valid_until + timedelta(days=1) if self.valid_until else None


class ActiveRole(NamedTuple):
    """A role of today, as much of it as a gate needs."""

    kind: str
    organisation_id: UUID
    # Where its region lies in the tree; empty for the whole country.
    region_path: str


# How long an offered role waits for an answer, and one that sleeps for its word.
OFFER_HOLDS = timedelta(days=30)


class RoleOfferQuerySet(models.QuerySet["RoleOffer"]):
    def open_at(self, at: datetime) -> Self:
        """Those that may still be accepted: in time, and of somebody who could grant the role today."""
        day = timezone.localdate(at)
        offering = Role.objects.active(day).filter(
            person=models.OuterRef("offered_by"),
            person__is_active=True,
            organisation=models.OuterRef("organisation"),
            kind=RoleKind.ADMINISTRATOR,
        )
        in_time = self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day), offered_at__gt=at - OFFER_HOLDS)
        return in_time.filter(models.Exists(offering))


class RoleOffer(Private, models.Model):
    """A role for somebody from outside, until she says yes or no: it opens nothing, and counts nowhere.

    The answer deletes the row: what she declined is nobody's to know.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_offers")
    kind = models.CharField(max_length=20, choices=RoleKind)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")
    valid_until = models.DateField(null=True)
    offered_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    offered_at = models.DateTimeField()
    # Of the word that whoever offers it tells her (actions.words); the word itself is kept nowhere.
    word_index = models.CharField(max_length=64, default="")
    # Is she asked for it?  Written by `offers_for`.
    asks_word = False

    objects = RoleOfferQuerySet.as_manager()

    def __str__(self) -> str:
        return f"offer to {self.person_id}"


class Engagement(Private, models.Model):
    """She trains, may train or coaches for an organisation, or did: written down by the apps that say so.

    It outlasts her roles there, and so do the doors that it stands for.
    """

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="engagements")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    # Since her account was ended there; empty again once she has a role there anew.
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "organisation"], name="engagement_once")]

    def __str__(self) -> str:
        return f"engagement of {self.person_id}"


class MailState(models.TextChoices):
    NONE = "none", _("the link was handed over")
    WAITING = "waiting", _("e-mail about to be sent")
    SENT = "sent", _("e-mail sent")
    REFUSED = "refused", _("the e-mail address was refused")


class InvitationState(models.TextChoices):
    OPEN = "open", _("waits for her")
    EXPIRED = "expired", _("its link has run out")
    ACCEPTED = "accepted", _("she has come")
    ENDED = "ended", _("her account was ended")
    WITHDRAWN = "withdrawn", _("taken back")


class Invitation(Private, models.Model):
    """A new colleague's way to her first password.  The link is kept nowhere: it is made anew when it is sent."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="invitation")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    # When the newest link was made.
    invited_at = models.DateTimeField()
    mail_state = models.CharField(max_length=10, choices=MailState, default=MailState.NONE)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"invitation of {self.person_id}"

    def state_at(self, at: datetime) -> InvitationState:
        """Accepted is whose person has a password, however she came by it."""
        if self.withdrawn_at is not None:
            return InvitationState.WITHDRAWN
        if not self.person.is_active:
            return InvitationState.ENDED
        if self.person.has_usable_password():
            return InvitationState.ACCEPTED
        return InvitationState.OPEN if at < self.invited_at + LINK_HOLDS else InvitationState.EXPIRED
