"""A world in which somebody has typed the same hostile text wherever text can be typed."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import CharField, JSONField, Model, TextField
from wagtail.fields import RichTextField
from wagtail.models import Page

from lms.certificates.models import Certificate
from lms.people.actions import send_feedback, set_legal_name
from lms.people.models import User
from tests.access.world import World
from tests.factories.people import AT

# Beginnings of the names of fields that hold what people write; what an editor formats is cleaned by Wagtail's form.
TYPED = (
    "name", "display_name", "short_name", "signatory", "title", "place", "funder", "reason", "reopened_reason", "text",
    "note", "comment", "explanation", "match", "source", "statement", "status_in", "term", "definition", "materials",
    "steps_back", "reviewed_by", "public_wording", "internal_reason",
)  # fmt: skip
KEPT = {"name_form", "text_version", "statement_digest", "statement", "source_file"}


def poison(world: World, payload: str) -> int:
    """Writes `payload`, cut to fit, into every such field of every row; how many fields."""
    fields = [(model, field) for model in apps.get_models() for field in _fields(model)]
    for model, field in fields:
        model._default_manager.update(**{field.name: payload[: field.max_length]})
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if field.name in {"titles", "content", "pinned", "steps_back"} and isinstance(field, JSONField):
                _poison_json(model, field.name, payload)
    Page.objects.update(title=payload[:255], draft_title=payload[:255])
    _poison_sealed(world, payload)
    return len(fields)


def _fields(model: type[Model]) -> list[Any]:
    if model._meta.app_config.name not in settings.LOCAL_APPS:
        return []
    return [
        field
        for field in model._meta.local_fields
        if isinstance(field, CharField | TextField)
        and not isinstance(field, RichTextField)
        and not (field.choices or field.unique)
        and field.name.startswith(TYPED)
        and field.name not in KEPT
    ]


def _poison_json(model: type[Model], name: str, payload: str) -> None:
    for row in model._default_manager.all():
        written = _poisoned(getattr(row, name), payload)
        model._default_manager.filter(pk=row.pk).update(**{name: written})


def _poisoned(value: Any, payload: str) -> Any:
    """Every text of several words; keys, codes and markup stay."""
    if isinstance(value, dict):
        return {key: payload if key == "title" else _poisoned(inner, payload) for key, inner in value.items()}
    if isinstance(value, list):
        return [_poisoned(inner, payload) for inner in value]
    return payload if isinstance(value, str) and " " in value and not value.startswith(("[", "{", "<")) else value


def _poison_sealed(world: World, payload: str) -> None:
    for person in User.objects.filter(legal_name__isnull=False):
        set_legal_name(person=person, name=payload, by=person, at=AT)
    organisation = Certificate.objects.first().organisation
    send_feedback(text=payload, contact=payload, page="desk/", language="en", organisation=organisation, at=AT)
    send_feedback(text=payload, contact=payload, page="desk/", language="en", organisation=None, at=AT)
