"""One's own messages, and how one is reached."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lms.common.refusals import refusal_in
from lms.notices.actions import set_contact_rule
from lms.notices.forms import ContactRuleForm
from lms.notices.models import Notice, Reveals
from lms.notices.queries import arrived_for, coming_for, open_channels, rule_of
from lms.notices.rendering import Message, Words, message_on_page, words_for
from lms.people.permissions import SignedInRequest
from lms.people.queries import card_others_know, masked_address


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: SignedInRequest) -> HttpResponse:
    """What was sent to her and what will be; a POST changes how."""
    person = request.user
    typed = request.POST if request.method == "POST" else None
    form = ContactRuleForm(typed, rule=rule_of(person), channels=open_channels())
    if form.is_valid():
        with refusal_in(form, "address"):
            set_contact_rule(person=person, **form.cleaned_data, by=person, at=timezone.now())
            messages.success(request, _("Saved: this is how we reach you from now on."))
            return redirect("notices:mine")
    return _page(request, form)


def _page(request: SignedInRequest, form: ContactRuleForm) -> HttpResponse:
    rule = rule_of(request.user)
    arrived, coming = arrived_for(request.user), coming_for(request.user)
    words = words_for([*arrived, *coming])
    context = {
        "form": form,
        "rule": rule,
        "kept": masked_address(request.user, rule.channel),
        "arrived": _worded(arrived, words, rule.reveals),
        "coming": _worded(coming, words, rule.reveals),
        "known_card": card_others_know(request.user),
        "is_folded": rule.reveals == Reveals.NOTHING,
        "crumbs": [(_("My data and consents"), reverse("people:profile"))],
    }
    return render(request, "notices/mine.html", context, status=422 if form.errors else 200)


def _worded(notices: list[Notice], words: dict[UUID, Words], reveals: str) -> list[tuple[Notice, Message, str]]:
    """Those whose subject is still there, each with its words and the way to what it is about."""
    known = [(notice, words[notice.pk]) for notice in notices if notice.pk in words]
    return [(notice, message_on_page(said, reveals), said.url) for notice, said in known]


def on_profile(request: HttpRequest, _subject: None) -> str:
    """The way to her messages, on her profile."""
    return render_to_string("notices/panel_profile.html", request=request)
