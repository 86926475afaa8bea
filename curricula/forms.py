"""The editor's forms: for questions, what is wrong stands beside the field that it is about; for pictures."""

from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext_lazy as _
from modelcluster.forms import BaseChildFormSet
from PIL import Image
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import InlinePanel
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from curricula.checks.questions import ChoiceShape, faults_of_choices
from lms.common.languages import LANGUAGE_CODES
from lms.common.pictures import without_traces


class ChoiceFormSet(BaseChildFormSet):
    """The choices of a question, checked together against its kind."""

    def clean(self) -> None:
        super().clean()
        if any(form.errors for form in self.forms):
            return
        rows = [form for form in self.ordered_forms if form not in self.deleted_forms]
        general = []
        for fault in faults_of_choices(self.instance.kind, [self._shape(form.cleaned_data) for form in rows]):
            if fault.choice is None:
                general.append(fault.message)
            else:
                rows[fault.choice].add_error(fault.field, fault.message)
        if general:
            raise ValidationError(general)

    @staticmethod
    def _shape(data: dict[str, Any]) -> ChoiceShape:
        match = {language: data.get(f"match_{language}", "") for language in LANGUAGE_CODES}
        return ChoiceShape(data.get("is_correct", False), match)


class ChoicesPanel(InlinePanel):
    """Wagtail's inline panel over our formset."""

    def get_form_options(self) -> dict[str, Any]:
        options = super().get_form_options()
        options["formsets"][self.relation_name]["formset"] = ChoiceFormSet
        return options


class QuestionForm(WagtailAdminModelForm):
    """The key of a question is chosen once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "item_key" in self.fields:
            self.fields["item_key"].disabled = True


class PictureField(WagtailImageField):
    """A picture that says nothing of where and when it was taken; a broken one is refused like any other file."""

    def to_python(self, data: Any) -> Any:
        try:
            picture = super().to_python(data)
            return picture and self._clean(picture)
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            raise ValidationError(self.error_messages["invalid_image"], code="invalid_image") from error

    @staticmethod
    def _clean(picture: UploadedFile) -> UploadedFile:
        picture.seek(0)
        content = without_traces(BytesIO(picture.read()))
        return SimpleUploadedFile(picture.name or "", content, picture.content_type or "")


class PictureForm(BaseImageForm):
    """Wagtail's form for a picture, wherever one is added."""

    file = PictureField(label=_("File"), widget=BaseImageForm.Meta.widgets["file"])


# Of what people carry as a document, these are drawn anew; whatever else it is stays as it is.
_PICTURES = ("JPEG", "PNG", "GIF", "WEBP")


class DocumentForm(BaseDocumentForm):
    """Wagtail's form for a document: a photograph that is carried as one says no more than a picture does."""

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if not isinstance(file, UploadedFile):
            return file
        file.seek(0)
        content = file.read()
        file.seek(0)
        try:
            Image.open(BytesIO(content), formats=_PICTURES).close()
            clean = without_traces(BytesIO(content))
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
            return file
        return SimpleUploadedFile(file.name or "", clean, file.content_type or "")
