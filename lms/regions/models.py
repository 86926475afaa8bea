"""Regions of Kyrgyzstan, keyed by code and never by name: Osh is a city and an oblast, Manas a town and a raion."""

from datetime import date

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node

from lms.common.languages import translated


class RegionKind(models.TextChoices):
    COUNTRY = "country", _("country")
    OBLAST = "region", _("oblast")
    REPUBLICAN_CITY = "city_republican", _("city of republican level")
    RAION = "raion", _("raion")
    CITY_DISTRICT = "city_district", _("district of a city")
    OBLAST_CITY = "city_oblast", _("city of oblast level")


class Region(MP_Node):
    """A place with its SOATE code (text: a spreadsheet would turn a number into 4.1702E+13) and today's name."""

    code = models.CharField(
        _("SOATE code"), max_length=14, unique=True, validators=[RegexValidator(r"^\d{8}$|^\d{14}$|^417$")]
    )
    iso = models.CharField(_("ISO 3166-2"), max_length=6, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=RegionKind)
    name = translated(models.CharField(_("name"), max_length=120))

    node_order_by: list[str] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["iso"], condition=~Q(iso=""), name="region_iso_unique"),
        ]

    def __str__(self) -> str:
        return self.name


class RegionName(models.Model):
    """A name that a region bore during some time; today's name has no end."""

    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="names")
    name = translated(models.CharField(_("name"), max_length=120))
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_from__lt=models.F("valid_until")),
                name="region_name_dates_in_order",
            ),
            models.UniqueConstraint(
                fields=["region"], condition=Q(valid_until__isnull=True), name="region_one_name_today"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def valid_on(self, day: date) -> bool:
        """Did the region bear this name on `day`?"""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day < self.valid_until
        )
