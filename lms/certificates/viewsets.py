"""How certificates look, in Wagtail's editor: an administrator designs her organisation's and sees them meanwhile."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.http.request import QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.csp import CSP, build_policy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import PreviewSidePanel
from wagtail.admin.views.generic import EditView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.preview import PreviewOnEdit
from wagtail.admin.viewsets.base import ViewSet

from lms.certificates.actions import change_design
from lms.certificates.forms.designs import DesignForm
from lms.certificates.models import CertificateDesign
from lms.certificates.queries import get_house_or_404, houses_for, newest_design, next_design
from lms.certificates.rendering import SPECIMEN_NAME, draw_certificate, show_certificate, specimen_of
from lms.common.languages import LANGUAGE_CODES
from lms.common.refusals import refusal_in
from lms.people.models import SIGNATORIES, Organisation

SPACE = "certificate_designs"
# The preview is a page of its own inside the editor's: it runs nothing and fetches the fonts of the paper alone.
PREVIEW_CSP: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "font-src": [CSP.SELF],
    "img-src": ["data:"],
    "frame-ancestors": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
}
_FIRST, _SECOND = SIGNATORIES.items()
PANELS = ObjectList(
    [
        MultiFieldPanel(
            [FieldPanel("border"), FieldPanel("ink")],
            heading=_("Border and colour"),
            help_text=_("Each colour stays clear when it is printed in black and white."),
        ),
        MultiFieldPanel(
            [FieldPanel("logo_file"), FieldPanel("without_logo")],
            heading=_("Logo"),
            help_text=_("It stands above the name of the organisation, at most 60 mm wide and 19 mm high."),
        ),
        FieldPanel(
            "second_language",
            help_text=_(
                "Beside the language in which somebody learned. Whoever learned in this very one gets Kyrgyz beside "
                "it, or Russian where it is Kyrgyz."
            ),
        ),
        *(
            MultiFieldPanel(
                [FieldPanel(name), FieldRowPanel([FieldPanel(position) for position in positions])],
                heading=heading,
                help_text=_("The same as on the page “Organisation” of the desk."),
            )
            for heading, (name, positions) in ((_("Who signs"), _FIRST), (_("Who signs beside"), _SECOND))
        ),
    ],
    base_form_class=DesignForm,
).bind_to_model(CertificateDesign)


class HouseMixin:
    """The organisation that the address names, if it is hers to design for."""

    house: Organisation
    # The gate is the queryset: no group of Wagtail's has a right to it.
    permission_policy = None

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        self.house = get_house_or_404(request.user, kwargs["organisation_id"])
        super().setup(request, *args, **kwargs)  # type: ignore[misc]  # of the view beside it

    def get_object(self, queryset: Any = None) -> CertificateDesign:
        return next_design(self.house)


class DesignList(WagtailAdminTemplateMixin, TemplateView):
    """Her organisations; straight on where there is one."""

    template_name = "certificates/admin/designs.html"
    page_title = _("Look of certificates")
    header_icon = "doc-full"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        houses = houses_for(request.user)  # type: ignore[arg-type]  # the editor is for the signed-in
        if not houses:
            raise Http404
        if len(houses) == 1:
            return redirect(f"{SPACE}:edit", houses[0].pk)
        return self.render_to_response(self.get_context_data(houses=houses))


class DesignEdit(HouseMixin, EditView):
    """Saves the next version, and who signs, by one action."""

    model = CertificateDesign
    panel = PANELS
    index_url_name = f"{SPACE}:index"
    header_icon = "doc-full"
    success_message = _(
        "Saved. Certificates that are issued from now on look so; those issued before stay as they are."
    )
    error_message = _("Nothing was saved: something is wrong, see below.")
    template_name = "certificates/admin/design.html"

    def get_page_subtitle(self) -> str:
        return str(self.house)

    def get_edit_url(self) -> str:
        return reverse(f"{SPACE}:edit", args=[self.house.pk])

    def get_success_url(self) -> str:
        return self.get_edit_url()

    def get_success_buttons(self) -> list[Any]:
        return []

    def get_side_panels(self) -> MediaContainer:
        preview = reverse(f"{SPACE}:preview", args=[self.house.pk])
        return MediaContainer([PreviewSidePanel(self.object, self.request, preview_url=preview)])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(newest=newest_design(self.house), **kwargs)

    def form_valid(self, form: DesignForm) -> HttpResponseBase:
        with refusal_in(form):
            return super().form_valid(form)
        return self.form_invalid(form)

    def save_instance(self) -> CertificateDesign:
        return change_design(
            organisation=self.house,
            look=self.form.instance,
            signatories=self.form.signatories,
            by=self.request.user,
            at=timezone.now(),
        )


class DesignPreview(HouseMixin, PreviewOnEdit):
    """A specimen in the look that the form describes, saved or not: as a page, or as the PDF with `?file=pdf`."""

    model = CertificateDesign
    form_class = PANELS.get_form_class()

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.parent_object_id = str(kwargs["organisation_id"])
        super().setup(request, *args, **kwargs)

    @method_decorator(xframe_options_sameorigin)
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        written: QueryDict = self._get_form_data(self._get_form_state())
        form = self.get_form(written)
        if written and not self.validate_form(form):
            return self.error_response()
        for name, value in (form.signatories if written else {}).items():
            setattr(self.house, name, value)
        language = request.GET.get("mode", "")
        language = language if language in LANGUAGE_CODES else LANGUAGE_CODES[0]
        specimen = specimen_of(organisation=self.house, design=form.instance, language=language)
        if request.GET.get("file") == "pdf":
            return _as_file(draw_certificate(specimen, full_name=SPECIMEN_NAME, specimen=True))
        page = show_certificate(specimen, full_name=SPECIMEN_NAME, pdf=f"?mode={language}&file=pdf")
        return HttpResponse(page, headers={str(CSP.HEADER_ENFORCE): build_policy(PREVIEW_CSP)})


def _as_file(content: bytes) -> HttpResponse:
    name = 'attachment; filename="specimen.pdf"'
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": name})


class DesignMenuItem(MenuItem):
    """For whoever has something to find there."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(houses_for(request.user))  # type: ignore[arg-type]  # the editor is for the signed-in


class DesignViewSet(ViewSet):
    """One look for each organisation, by version."""

    name = SPACE
    url_prefix = "certificates"
    icon = "doc-full"
    menu_label = _("Look of certificates")
    menu_name = "certificate-designs"
    menu_order = 260
    add_to_admin_menu = True
    menu_item_class = DesignMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", DesignList.as_view(), name="index"),
            path("<uuid:organisation_id>/", DesignEdit.as_view(), name="edit"),
            path("<uuid:organisation_id>/preview/", DesignPreview.as_view(), name="preview"),
        ]
