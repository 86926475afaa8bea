"""What a field says of a wrong answer is said in our words, also after an upgrade of Django changes its sentences."""

import polib
import pytest
from django import forms
from django.core import validators
from django.utils.translation import override

from tests.test_translations import ROOT

# The fields that our forms are made of, and those of the library.
FIELDS = [
    forms.CharField,
    forms.IntegerField,
    forms.DateField,
    forms.TimeField,
    forms.DateTimeField,
    forms.ChoiceField,
    forms.MultipleChoiceField,
    forms.ModelChoiceField,
    forms.FileField,
]
# What no form of ours can be told: it is about a file that is sent and taken away at once.
NEVER_SAID = {"contradiction"}


class _Asked(forms.Form):
    places = forms.IntegerField(min_value=1)
    email = forms.EmailField()
    note = forms.CharField(max_length=3)


@pytest.mark.parametrize("language", ["ru", "ky"])
def test_each_message_of_a_field_is_in_our_catalogue(language):
    catalogue = polib.pofile(str(ROOT / "lms" / "locale" / language / "LC_MESSAGES" / "django.po"))
    ours = {text for entry in catalogue for text in (entry.msgid, entry.msgid_plural) if text}
    tables = [vars(kind).get("default_error_messages", {}) for field in FIELDS for kind in field.__mro__]
    with override(None):
        said = {str(text) for table in tables for code, text in table.items() if code not in NEVER_SAID}
        said |= {str(kind.message) for kind in (validators.MinValueValidator, validators.MaxValueValidator)}
    # A plural is empty without its number; the next test asks for one of them.
    assert said - ours <= {""}


def test_wrong_answers_are_refused_in_plain_kyrgyz():
    with override("ky"):
        errors = _Asked({"places": "0", "email": "нет", "note": "төртөө"}).errors
        assert errors == {
            "places": ["1 же андан көп болсун."],
            "email": ["Электрондук почтанын дарегин туура жазыңыз."],
            "note": ["Эң көп 3 белги болот, азыр 6."],
        }
        assert _Asked({}).errors["note"] == ["Бул жерге жооп керек."]
