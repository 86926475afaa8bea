"""Certificates: a row is never deleted; what it claims is never edited.  Changes of state are rows of their own."""

from datetime import date
from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import PreviewableMixin

from lms.cohorts.models import Cohort, Standing
from lms.common.codes import new_id
from lms.notices.models import PERSON_GONE
from lms.people.models import NameForm, Organisation

PERSON = settings.AUTH_USER_MODEL
# Entries of one status list; an organisation begins a new one when three quarters of its last are given out.
LIST_SIZE = 131_072


class KeyState(models.TextChoices):
    ACTIVE = "active", _("signs")
    RETIRED = "retired", _("retired")
    COMPROMISED = "compromised", _("withdrawn")


class Ed25519Key(models.Model):
    """A pair of keys; the private part is encrypted at rest."""

    kid = models.CharField(max_length=40, primary_key=True)
    public_key = models.BinaryField()
    sealed_private_key = models.BinaryField()
    state = models.CharField(max_length=12, choices=KeyState, default=KeyState.ACTIVE)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.kid


class SigningKey(Ed25519Key):
    """Of an organisation for a year: it signs certificates, and the worker alone uses it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="signing_keys")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(state="active"), name="signing_key_one_active"
            ),
            models.CheckConstraint(condition=Q(not_after__gte=F("not_before")), name="signing_key_dates_in_order"),
        ]


class InstallationKey(Ed25519Key):
    """Of the site for a year: it signs what is true today and no certificate, so the web process may use it.

    The next year's is made and published a month before it signs: a verifier that trusts this one learns of it.
    """

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(not_after__gte=F("not_before")), name="installation_key_dates_in_order")
        ]


class StatusPurpose(models.TextChoices):
    """The words of the W3C's Bitstring Status List."""

    REVOCATION = "revocation", _("revoked")
    SUSPENSION = "suspension", _("suspended")


class StatusList(models.Model):
    """A list that others look a number up in: of a part of an organisation's numbers, for one thing said of them.

    Its own number is its address.  What it says is read from the certificates when it is asked for.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="status_lists")
    part = models.PositiveIntegerField()
    purpose = models.CharField(max_length=12, choices=StatusPurpose)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "part", "purpose"], name="status_list_once"),
        ]

    def __str__(self) -> str:
        return f"status list {self.pk}"

    def address(self, base_url: str) -> str:
        """Printed in every credential that it speaks of: it must not change."""
        return f"{base_url}/trust/status/{self.pk}"


class CertificateKind(models.TextChoices):
    PARTICIPANT = "participant", _("participant")
    TRAINER = "trainer", _("trainer")


class CertificateState(models.TextChoices):
    VALID = "valid", _("genuine")
    SUSPENDED = "suspended", _("suspended")
    REVOKED = "revoked", _("revoked")
    SUPERSEDED = "superseded", _("superseded")


CURRENT_STATES = (CertificateState.VALID, CertificateState.SUSPENDED)
# In these somebody took it back: she is told, in public words or none, and may ask.
WITHHELD_STATES = (CertificateState.SUSPENDED, CertificateState.REVOKED)
# Beyond these no change is possible any more.
FINAL_STATES = (CertificateState.REVOKED, CertificateState.SUPERSEDED)


class Border(models.TextChoices):
    """What our motif, the ram's horn of felt shyrdaks, does at the edge of the paper."""

    HORNS = "horns", _("a band of ram’s horns")
    DIAMONDS = "diamonds", _("a band of diamonds")
    CORNERS = "corners", _("two lines, horns in the corners")


class Ink(models.TextChoices):
    """The one colour of a paper, of those that stand out from white in colour and in grey (rendering.borders)."""

    MADDER = "madder", _("madder red")
    STEPPE = "steppe", _("steppe green")
    LAPIS = "lapis", _("lapis blue")
    PLUM = "plum", _("plum")
    BLACK = "black", _("black")


class CertificateDesign(PreviewableMixin, models.Model):
    """How the certificates of an organisation look.  A row is never changed: a change is the next version.

    A certificate points at the one with which it was issued, so that it looks the same whenever it is drawn.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="certificate_designs")
    version = models.PositiveIntegerField()
    border = models.CharField(_("border"), max_length=10, choices=Border, default=Border.HORNS)
    ink = models.CharField(_("colour"), max_length=10, choices=Ink, default=Ink.MADDER)
    # Beside the holder's own; empty: hers alone.
    second_language = models.CharField(
        _("second language"), max_length=2, blank=True, default="", choices=settings.LANGUAGES
    )
    # A PNG that was drawn by us (common.logos); empty: our own emblem.
    logo = models.BinaryField(default=bytes)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("look of certificates")
        verbose_name_plural = _("look of certificates")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "version"], name="certificate_design_version_once"),
        ]

    def __str__(self) -> str:
        return f"design {self.organisation_id} {self.version}"

    # Wagtail's preview: whose certificate, and how wide the paper is on the screen.
    preview_modes = list(settings.LANGUAGES)
    preview_sizes = [{"name": "paper", "icon": "doc-full", "device_width": 1160, "label": _("The paper")}]


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def current(self) -> Self:
        """Of a person, a cohort and a kind there is at most one."""
        return self.filter(state__in=CURRENT_STATES)


class Certificate(models.Model):
    """What was certified, without the name.  `claims` is what is printed, shown and signed (certificates.signing)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # 16 random bytes as base64url: the path of the verdict.
    public_id = models.CharField(max_length=22, unique=True)
    # Who is meant in the credential for wallets: another one for each, so that two do not tell that one holds both.
    subject = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=CertificateKind)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="certificates")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="certificates")
    # Empty once the holder was erased; the row stays.
    person = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="certificates")
    standing = models.ForeignKey(Standing, on_delete=models.PROTECT, null=True, related_name="+")
    claims = models.JSONField()
    language = models.CharField(max_length=2)
    statement = models.BinaryField()
    # The key's signature of `claims`, titles and all; empty in rows of before there was one.
    record_signature = models.BinaryField(default=bytes)
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+")
    status_index = models.PositiveIntegerField()
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    expires_on = models.DateField(null=True)
    state = models.CharField(max_length=12, choices=CertificateState, default=CertificateState.VALID)
    state_since = models.DateTimeField()
    superseded_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="supersedes")
    # The look with which it was issued; empty: the house's own.
    design = models.ForeignKey(CertificateDesign, on_delete=models.PROTECT, null=True, related_name="certificates")
    # The PDF, frozen at its first rendering: its name in the private storage, and its SHA-256.
    pdf_name = models.CharField(max_length=80, blank=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["cohort", "kind"], name="certificate_cohort_kind")]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "status_index"], name="certificate_status_index_once"),
            models.UniqueConstraint(
                fields=["person", "cohort", "kind"],
                condition=Q(state__in=["valid", "suspended"]) & Q(person__isnull=False),
                name="certificate_one_current",
            ),
        ]

    def __str__(self) -> str:
        return f"certificate {str(self.id)[-6:]}"

    @property
    def is_current(self) -> bool:
        return self.state in CURRENT_STATES

    def has_expired(self, day: date) -> bool:
        """Is `day` after the last one on which it is good?"""
        return self.expires_on is not None and self.expires_on < day


class StateChange(models.Model):
    """A revocation, suspension or its end: who, when, and what may be said in public."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="changes")
    state = models.CharField(max_length=12, choices=CertificateState)
    at = models.DateTimeField()
    by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    # Shown to strangers if not empty, in the words chosen then: {language: text}.
    public_wording = models.JSONField(default=dict)
    internal_reason = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.state} {self.certificate_id}"


class CertificateHolder(models.Model):
    """The name on a certificate, under the holder's own key, and how much of it a stranger sees."""

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="holder")
    sealed_name = models.BinaryField(null=True)
    # 16 bytes; with it the digest in the statement can be compared with a typed name.  Destroyed at erasure.
    salt = models.BinaryField(null=True)
    # What a verdict shows, already cut to its form, under the installation's key; empty for the form "none".
    sealed_shown_name = models.BinaryField(null=True)
    # The credential for wallets, under the holder's key.  Destroyed at erasure; empty in rows of before there was one.
    sealed_credential = models.BinaryField(null=True)
    name_form = models.CharField(max_length=10, choices=NameForm, default=NameForm.MASKED)
    erased_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"holder of {self.certificate_id}"


class NameCheckCount(models.Model):
    """How often in a month strangers compared a name with a certificate's.  Nothing typed, nobody's address."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="name_checks")
    # Its first day.
    month = models.DateField()
    matches = models.PositiveIntegerField(default=0)
    mismatches = models.PositiveIntegerField(default=0)
    last_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certificate", "month"], name="name_check_count_once_a_month"),
        ]

    def __str__(self) -> str:
        return f"name checks {self.certificate_id}"


class HolderQuestion(models.Model):
    """The holder of a certificate that was revoked or suspended asks its coordinator why: once for each time."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="questions")
    # When the certificate came into the state that she asks about.
    about = models.DateTimeField()
    at = models.DateTimeField()
    # When a coordinator noted that she was told.  Whoever was not asks again, and it is empty.
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["certificate", "about"], name="holder_question_once")]

    def __str__(self) -> str:
        return f"question {self.certificate_id}"


class IssueLog(models.Model):
    """One line per statement ever signed, each holding the hash of the line before: no name, no person."""

    sequence = models.PositiveBigIntegerField(primary_key=True)
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="log")
    claims_digest = models.CharField(max_length=64)
    statement_digest = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"log {self.sequence}"


class LicenceNotice(models.TextChoices):
    """What a trainer is told of her certificate (lms.notices)."""

    ENDS = "licence_ends"


class CertificateNotice(models.TextChoices):
    """What a holder is told of her certificate: what became of it."""

    REVOKED = "certificate_revoked"
    SUSPENDED = "certificate_suspended"
    LIFTED = "certificate_lifted"
    REPLACED = "certificate_replaced"


class UntoldReason(models.TextChoices):
    """Why it was not sent although it was planned: codes, which no page shows."""

    # Renewed, or taken back; or something else became of it since.
    SETTLED = "settled"
    TOO_LATE = "too_late"
    GONE = PERSON_GONE


class ReportReason(models.TextChoices):
    NAME = "name", _("The name on the paper is another one")
    CONTENT = "content", _("The paper says something else: module, level, hours or dates")
    LOOK = "look", _("The paper looks altered")
    OTHER = "other", _("Something else")


class VerdictReport(models.Model):
    """A stranger compared a paper with the verdict and found a difference.  Nothing is kept about the stranger."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="reports")
    reason = models.CharField(max_length=10, choices=ReportReason)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"report {self.reason} {self.certificate_id}"
