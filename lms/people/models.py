"""Who signs in, what they may do, and the little that is kept about them.

Names and contacts lie apart from the person's row and are encrypted under a key of her own: destroying that key erases
her from the database and from every backup of it.  `__str__` is a code everywhere: it ends up in logs and lists.
"""

from datetime import date
from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from lms.common.codes import new_id
from lms.common.languages import translated
from lms.regions.models import Region


class Private:
    """Mixed into every table about a person: Wagtail neither follows nor lists references from or to it."""

    wagtail_reference_index_ignore = True


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username)

    def create_superuser(self, username: str, password: str | None = None, **fields: object) -> "User":
        """For `manage.py createsuperuser`: the first administrator of an installation."""
        user = self.model(username=username, display_name=username, is_superuser=True, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(Private, AbstractBaseUser, PermissionsMixin):
    """Whoever signs in.  Staff have a user name; participants have only a card."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(_("user name"), max_length=60, unique=True, null=True, blank=True)
    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    display_name = models.CharField(_("display name"), max_length=60)
    language = models.CharField(_("language"), max_length=2, default="ky")
    is_active = models.BooleanField(_("active"), default=True)
    # Raised when her card is replaced or gets another PIN: sessions of before it are over.
    session_epoch = models.PositiveIntegerField(default=0)
    # A signatory or coordinator made for showing; production refuses to start while one exists.
    is_demonstration = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged_from")
    erased_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    # No column: `permissions.active_roles` keeps them here for the rest of the request.
    _active_roles: "list[Role] | None" = None

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return f"person {str(self.id)[-6:]}"

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's, which looks at the password alone; whoever signs in by card has none."""
        kept = f"{self.password}\x00{self.session_epoch}"
        return salted_hmac("people.User.session", kept, secret=secret, algorithm="sha256").hexdigest()

    @property
    def is_staff(self) -> bool:
        """Wagtail and allauth ask; access to the editor is a permission (people.permissions)."""
        return self.is_superuser

    def get_full_name(self) -> str:
        """Wagtail shows this in its own corner; the display name is all it may know."""
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name


class PersonKey(Private, models.Model):
    """The wrapped key under which this person's values are encrypted; erasing her destroys this row."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="key")
    wrapped = models.BinaryField()

    def __str__(self) -> str:
        return f"key of {self.person_id}"


class LegalName(Private, models.Model):
    """The name as she writes it on paper, only where a certificate needs it."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="legal_name")
    sealed = models.BinaryField()
    index = models.CharField(max_length=64, db_index=True)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"legal name of {self.person_id}"


class ContactKind(models.TextChoices):
    EMAIL = "email", _("e-mail")
    PHONE = "phone", _("telephone")
    TELEGRAM = "telegram", _("Telegram")


class Contact(Private, models.Model):
    """How a person wants to be reached, if at all."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="contacts")
    kind = models.CharField(max_length=10, choices=ContactKind)
    sealed = models.BinaryField()
    index = models.CharField(max_length=64, db_index=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind", "index"], name="contact_once_per_person")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.person_id}"


# Crockford symbols of a card's code: 40 bits, and five tries a card.
CARD_CODE_LENGTH = 8


class Card(Private, models.Model):
    """A printed card: a code and a PIN.  Replaced, never re-used; one live card a person."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="cards")
    code = models.CharField(max_length=10, unique=True)
    # Empty until the card is printed for the first time: a PIN exists on paper and as this hash, nowhere else.
    pin_hash = models.CharField(max_length=255, blank=True)
    failed_tries = models.PositiveSmallIntegerField(default=0)
    locked_at = models.DateTimeField(null=True)
    printed_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(replaced_at__isnull=True), name="card_one_live_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"card {self.id}"

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None


class NameForm(models.TextChoices):
    """How much of a holder's name a stranger sees on a verdict page."""

    MASKED = "masked", _("given name and initial")
    FULL = "full", _("full name")
    ALIAS = "alias", _("display name")
    NONE = "none", _("no name, only the name check")


class Organisation(models.Model):
    """Who runs cohorts and issues certificates."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = translated(models.CharField(_("name"), max_length=160))
    signatory = translated(models.CharField(_("signatory's position"), max_length=160, blank=True))
    signatory_name = models.CharField(_("signatory's name"), max_length=120, blank=True)
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


# Who works in Wagtail's editor.
CMS_ROLES = (RoleKind.EDITOR, RoleKind.TRANSLATOR, RoleKind.REGIONAL_AUTHOR, RoleKind.ADMINISTRATOR)
# Who is asked to set up two-step sign-in.
TWO_STEP_ROLES = (RoleKind.COORDINATOR, RoleKind.ADMINISTRATOR, RoleKind.MONITOR)


class RoleQuerySet(models.QuerySet["Role"]):
    def active(self, day: date) -> Self:
        """Those that hold on `day`."""
        return self.not_ended(day).filter(valid_from__lte=day)

    def not_ended(self, day: date) -> Self:
        """Those that hold on `day` or will."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day))


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


class Engagement(Private, models.Model):
    """She trains, may train or coaches for an organisation, or did: written down by the apps that say so.

    It outlasts her roles there, and so do the doors that it stands for.
    """

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="engagements")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "organisation"], name="engagement_once")]

    def __str__(self) -> str:
        return f"engagement of {self.person_id}"


class ConsentPurpose(models.TextChoices):
    LEARNING_RECORD = "learning_record", _("my learning record")
    CERTIFICATE = "certificate", _("my name on a certificate")
    PUBLIC_LISTING = "public_listing", _("my name in a public list of trainers")
    PHOTO = "photo", _("photographs")
    CONTACT = "contact", _("being contacted")
    STORY = "story", _("telling my story")


# What she agrees to.  A changed sentence is a new settings.CONSENT_TEXT_VERSION.
CONSENT_TEXTS = {
    ConsentPurpose.LEARNING_RECORD: _(
        "Your attendance is kept with your name for 12 months and your answers for 24 months; then only counts remain."
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
    """One answer to one question; the newest per purpose counts, older ones stay as evidence."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=ConsentPurpose)
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
