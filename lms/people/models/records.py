"""What was agreed to, done and told: rows that are added, and kept for their term."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.common.codes import new_id
from lms.people.models.accounts import Private, User
from lms.people.models.organisations import Organisation


class ConsentPurpose(models.TextChoices):
    LEARNING_RECORD = "learning_record", _("my learning record")
    CERTIFICATE = "certificate", _("my name on a certificate")
    PUBLIC_LISTING = "public_listing", _("my name in a public list of trainers")
    PHOTO = "photo", _("photographs")
    CONTACT = "contact", _("being contacted")
    STORY = "story", _("telling my story")


# A yes to one of these shows more of her to others than who trains her knows.
SHOWS_MORE = {
    ConsentPurpose.PUBLIC_LISTING,
    ConsentPurpose.PHOTO,
    ConsentPurpose.CONTACT,
    ConsentPurpose.STORY,
}

# What she agrees to.  A changed sentence is a new settings.CONSENT_TEXT_VERSION.
CONSENT_TEXTS = {
    ConsentPurpose.LEARNING_RECORD: _(
        "Your attendance is kept with your name for 12 months after the last day of the training, and your answers for"
        " 24 months; then only counts remain."
    ),
    ConsentPurpose.CERTIFICATE: _(
        "Your name is kept encrypted and printed on your certificate. Whoever checks the certificate sees your given"
        " name and an initial, unless you choose otherwise."
    ),
    ConsentPurpose.PUBLIC_LISTING: _("Your display name and your oblast may stand in a public list of trainers."),
    ConsentPurpose.PHOTO: _("Photographs in which you can be recognised may be taken and shown."),
    ConsentPurpose.CONTACT: _("You may be told about further trainings, in the way that you name."),
    ConsentPurpose.STORY: _("What you tell may be published without your name, after you have read it."),
}


class ConsentChannel(models.TextChoices):
    SCREEN = "screen", _("on the screen")
    PAPER = "paper", _("on paper")
    SPOKEN = "spoken", _("spoken, before a witness")


class Consent(Private, models.Model):
    """One answer to one question; the newest per purpose counts, older ones stay as evidence.

    Whoever learns at several organisations answers each of them about certificates; an answer that names none is meant
    for all.
    """

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=ConsentPurpose)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    given = models.BooleanField()
    text_version = models.CharField(max_length=20)
    language = models.CharField(max_length=2)
    channel = models.CharField(max_length=10, choices=ConsentChannel)
    recorded_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "purpose", "-at"], name="consent_newest")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.person_id}"

    @property
    def is_outdated(self) -> bool:
        """She answered an earlier wording."""
        return self.text_version != settings.CONSENT_TEXT_VERSION


class AuditEntry(Private, models.Model):
    """Who did what to what, when.  Written by actions only; holds ids and codes, never a name or an answer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(db_index=True)
    # Plain UUIDs: the entry outlives the person and the thing.
    actor_id = models.UUIDField(null=True)
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=60)
    organisation_id = models.UUIDField(null=True)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="audit_subject")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"


# How long it is kept what somebody told us.
FEEDBACK_KEPT = timedelta(days=365)


class Feedback(Private, models.Model):
    """What somebody told us by the form that stands on every page.  Free text may name people, so it is encrypted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Empty: for those who run the installation.
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    sealed_text = models.BinaryField()
    sealed_contact = models.BinaryField(null=True)
    # The page without whatever its address says about a person or opens: "desk/cohorts/…/people/".
    page = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=2)
    sent_at = models.DateTimeField(db_index=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return f"feedback {str(self.id)[-6:]}"
