"""Choices that a form learns when it is made."""

from collections.abc import Iterable
from typing import Any

from django import forms


def offer(form: forms.BaseForm, name: str, choices: Iterable[Any]) -> None:
    """Fills the choices of a field."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


def offer_unless_one(form: forms.BaseForm, name: str, choices: Iterable[Any]) -> None:
    """The same; a single choice is taken and not asked for."""
    offered = list(choices)
    offer(form, name, offered)
    if len(offered) == 1:
        form.fields[name].widget = forms.HiddenInput()
        form.fields[name].initial = offered[0][0]
