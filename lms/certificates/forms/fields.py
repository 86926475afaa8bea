"""Fields whose label says how they stand to their neighbours; the template asks them (django/forms/optional.html)."""

from typing import Any

from django import forms

from lms.common.names import NameField
from lms.common.open_text import no_way_to_reach


class _OneOfTwo(forms.Field):
    """Neither of the two has to be filled in, and still they are not optional: one is needed."""

    one_of_two = True

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)


class OneOfTwoTextField(_OneOfTwo, forms.CharField):
    """Given as text, or in the other field."""


class OneOfTwoFileField(_OneOfTwo, forms.FileField):
    """Given as a file, or in the other field."""


class OwnWordsField(NameField):
    """Needed or not with a choice before it: what stands over all of them says so, not each of them."""

    said_above = True

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, required=False, validators=[no_way_to_reach], **options)
