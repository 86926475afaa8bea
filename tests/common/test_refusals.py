"""What an action refuses is said to the person, and nothing else is swallowed."""

import pytest
from django import forms
from django.contrib.messages import ERROR, get_messages
from django.contrib.messages.storage.fallback import FallbackStorage

from lms.common.errors import ActionError
from lms.common.refusals import refusal_in, refusal_shown


class Full(ActionError):
    code = "full"
    message = "No place is left in %(cohort)s."


class NameForm(forms.Form):
    name = forms.CharField()


@pytest.fixture
def request_with_messages(rf):
    request = rf.post("/")
    request.session = {}
    request._messages = FallbackStorage(request)
    return request


def test_a_refusal_becomes_a_message_and_ends_the_block(request_with_messages):
    done = []
    with refusal_shown(request_with_messages):
        raise Full(cohort="KG-1")
        done.append("not reached")
    assert done == []
    assert [(one.level, one.message) for one in get_messages(request_with_messages)] == [
        (ERROR, "No place is left in KG-1.")
    ]


def test_without_a_refusal_nothing_is_said(request_with_messages):
    with refusal_shown(request_with_messages):
        pass
    assert list(get_messages(request_with_messages)) == []


@pytest.mark.parametrize(("field", "key"), [("name", "name"), (None, "__all__")])
def test_a_refusal_becomes_an_error_of_the_form(field, key):
    form = NameForm({"name": "Айгүл"})
    assert form.is_valid()
    with refusal_in(form, field):
        raise Full(cohort="KG-1")
    assert form.errors == {key: ["No place is left in KG-1."]}


def test_a_fault_of_ours_passes_through(request_with_messages):
    with pytest.raises(LookupError), refusal_shown(request_with_messages):
        raise LookupError
    assert list(get_messages(request_with_messages)) == []
