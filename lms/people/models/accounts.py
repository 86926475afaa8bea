"""Who signs in, and what is kept about her apart from her row.  `__str__` is a code: it ends up in logs and lists."""

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from lms.common.codes import new_id
from lms.common.crypto import new_person_key

if TYPE_CHECKING:
    from lms.people.models.organisations import ActiveRole, Engagement

# How long a link to a password holds.
LINK_HOLDS = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


class Private:
    """Mixed into every table about a person: Wagtail neither follows nor lists references from or to it."""

    wagtail_reference_index_ignore = True


USER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
USER_NAME_RULE = _("Latin letters, digits, dot, hyphen and underscore, no spaces.")


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username)

    def create_superuser(self, username: str, password: str | None = None, **fields: object) -> "User":
        """For `manage.py createsuperuser`: the first administrator of an installation."""
        user = self.model(username=username, display_name=username, is_superuser=True, **fields)
        user.set_password(password)
        user.save(using=self._db)
        PersonKey.objects.create(person=user, wrapped=new_person_key())
        return user


class NameForm(models.TextChoices):
    """How much of a holder's name a stranger sees on a verdict page."""

    MASKED = "masked", _("given name and initial")
    FULL = "full", _("full name")
    ALIAS = "alias", _("display name")
    NONE = "none", _("no name, only the name check")

    @staticmethod
    def shows_more(form: str, *, than: str) -> bool:
        """Could a stranger read by `form` what she does not read now?  "": as the organisation sets it, at most masked.

        A display name can be any word, so it is never less than what was shown.
        """
        if form in (NameForm.NONE, than):
            return False
        return not (than == NameForm.FULL and form in (NameForm.MASKED, ""))


class User(Private, AbstractBaseUser, PermissionsMixin):
    """Whoever signs in.  Staff have a user name; participants have only a card."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(_("user name"), max_length=60, unique=True, null=True, blank=True)
    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    display_name = models.CharField(_("display name"), max_length=60)
    language = models.CharField(_("language"), max_length=2, default="ky")
    # On certificates that she will get; empty: as their organisation says.
    name_form = models.CharField(_("name on the verdict page"), max_length=10, choices=NameForm, blank=True)
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

    # No columns: `people.permissions` keeps here for the rest of the request what gates ask again and again.
    _active_roles: "list[ActiveRole] | None" = None
    _has_sleeping_roles = False
    _has_unconfirmed_roles = False
    _engagements: "list[Engagement] | None" = None

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

    @property
    def has_yet_to_sign_in(self) -> bool:
        """Nobody ever did with this account, and somebody still can."""
        return self.is_active and self.last_login is None

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
    # Since when a certificate bears it: from then on she does not change it by herself.
    used_at = models.DateTimeField(null=True)

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


class EmailChange(Private, models.Model):
    """An address that she wants to sign in with, until she opens the link that was sent there."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="email_change")
    sealed = models.BinaryField()
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"new e-mail of {self.person_id}"


# Crockford symbols of a card's code: 40 bits, and five tries a card.
CARD_CODE_LENGTH = 8
# Wrong PINs in a row before a card is locked, and how long it is for the first time and at most.
TRIES = 5
FIRST_LOCK, LONGEST_LOCK = timedelta(minutes=15), timedelta(days=1)


def lock_lasts(tries: int) -> timedelta:
    """After so many wrong PINs in a row: 15 minutes, three times as long each time, at most a day.

    Whoever guesses has 25 tries on the first day and five on each later one; whoever only wants to shut the holder out
    does not do so for good.
    """
    return min(FIRST_LOCK * 3 ** min(tries // TRIES - 1, 5), LONGEST_LOCK)


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

    def is_locked_at(self, at: datetime) -> bool:
        return self.locked_at is not None and at < self.locked_at + lock_lasts(self.failed_tries)

    @property
    def is_locked(self) -> bool:
        return self.is_locked_at(timezone.now())
