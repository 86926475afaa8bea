"""No tables: the words of those who act on what is kept about one person."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ErasureReason(models.TextChoices):
    """Codes alone: what is written about somebody who is erased would be read long after."""

    OWN_WISH = "own_wish", _("she wishes it")
    ENTERED_BY_MISTAKE = "mistake", _("she was entered by mistake, or without knowing it")
    DIED = "died", _("she died, and her family wishes it")
