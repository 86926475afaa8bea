"""What participants are told about sessions and their own places; the notices themselves are lms.notices'."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.notices.models import BY_HAND as CANCELLED_BY_HAND
from lms.notices.models import PERSON_GONE


class SessionNotice(models.TextChoices):
    REMINDER = "session_reminder", _("Reminder")
    MOVED = "session_moved", _("New time or place")
    CANCELLED = "session_cancelled", _("Will not take place")
    ADDED = "session_added", _("One more session")
    LED = "session_led", _("Somebody else leads it")
    # About the first session that would have been.
    CALLED_OFF = "cohort_called_off", _("The whole training is called off")


class PlaceNotice(models.TextChoices):
    """To those whom somebody else moved: about the cohort where they are now, or were."""

    TRANSFERRED = "place_transferred", _("Goes on in another group")
    WITHDRAWN = "place_withdrawn", _("Withdrawn from this cohort")


class DropReason(models.TextChoices):
    """Why a planned notice was not sent."""

    BY_HAND = CANCELLED_BY_HAND, _("cancelled by hand")
    REPLACED = "replaced", _("a newer message took its place")
    SESSION_CHANGED = "session_changed", _("the session was changed since")
    TOO_LATE = "too_late", _("the session has begun")
    COHORT_ENDED = "cohort_ended", _("the cohort is not running")
    LEFT = "left", _("the person is no longer enrolled")
    BACK = "back", _("the person is enrolled again")
    GONE = PERSON_GONE, _("the person is no longer here")
