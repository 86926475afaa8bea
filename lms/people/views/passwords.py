"""A forgotten password: asked for by e-mail; the worker writes, so that known and unknown take as long."""

from typing import Any

from allauth.account.views import PasswordResetFromKeyView, PasswordResetView
from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from lms.common.crypto import keyed_index
from lms.common.refusals import refusal_in
from lms.people.tasks import SEND_PASSWORD_LINK
from lms.people.views.shared import start_mail


class ForgottenPasswordView(PasswordResetView):
    """allauth's, with the mail sent by the worker: for an address that nobody has, a job without a person."""

    def form_valid(self, form: Any) -> HttpResponse:
        email = form.cleaned_data["email"].lower()
        if refused := ratelimit.consume_or_429(self.request, action="reset_password", key=email):
            return refused
        person_id = str(form.users[0].pk) if form.users else ""
        start_mail(task=SEND_PASSWORD_LINK, person_id=person_id, key=keyed_index("email", email), by=None)
        return redirect(self.get_success_url())


class NewPasswordView(PasswordResetFromKeyView):
    """allauth's; it also says the user name, which whoever was invited has seen once, days ago."""

    def form_valid(self, form: Any) -> HttpResponse:
        with refusal_in(form):
            response: HttpResponse = super().form_valid(form)
            if name := self.reset_user.username:
                messages.info(self.request, _("Your user name: %(name)s") % {"name": name})
            return response
        return self.form_invalid(form)


forgotten = ForgottenPasswordView.as_view()
from_key = NewPasswordView.as_view()
