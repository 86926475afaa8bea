"""Rows that are slow to make, made once in a process and then loaded into the empty tables of each later test.

It is Django's loading of fixtures, with a fixture that the process writes for itself: pages of Wagtail are placed in
their tree, checked and kept as revisions by 650 queries; loaded, they are one insert a row.
"""

from collections.abc import Callable, Hashable, Sequence

from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.core.serializers.base import DeserializedObject
from django.db import transaction
from django.db.models import Model

_kept: dict[Hashable, list[DeserializedObject]] = {}


def make_or_load(name: Hashable, make: Callable[[], object], models: Sequence[type[Model]]) -> None:
    """What `make` writes into the tables of `models`, and only there.

    It is loaded where it was made before under the same `name`, and kept where it was not.  Where one of the tables
    has rows already, it is made among them.
    """
    if any(model._base_manager.exists() for model in models):
        make()
        return
    # A test that empties all tables leaves new content types, to which pages and revisions point.
    name = (name, ContentType.objects.get_for_model(models[0]).pk)
    with transaction.atomic():
        if name in _kept:
            for row in _kept[name]:
                row.save(force_insert=True)
        else:
            make()
            _kept[name] = _rows(models)


def _rows(models: Sequence[type[Model]]) -> list[DeserializedObject]:
    rows = [row for model in models for row in model._base_manager.order_by("pk")]
    return list(serializers.deserialize("python", serializers.serialize("python", rows)))
