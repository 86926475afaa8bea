"""A refusal is a sentence for people and a code for machines."""

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from lms.common.errors import ActionError


class TooFull(ActionError):
    code = "too_full"
    message = _("%(place)s of %(max)s")


def test_refusal_fills_its_own_sentence() -> None:
    error = TooFull(place=12, max=30)
    with translation.override("en"):
        assert str(error) == "12 of 30"
    assert (error.code, error.args) == ("too_full", ("too_full",))


def test_refusal_may_say_it_in_other_words() -> None:
    assert str(TooFull("100 % full")) == "100 % full"


def test_refusal_is_translated_when_it_is_shown() -> None:
    error = ActionError(_("Monday"))
    with translation.override("ky"):
        kyrgyz = str(error)
    with translation.override("en"):
        assert (str(error), kyrgyz) == ("Monday", "Дүйшөмбү")
