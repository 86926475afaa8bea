"""Each answer as it is given: small JSON in, a receipt out.  Only a receipt lets the phone forget an answer."""

import json
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from lms.assessments.actions import (
    AnswerNotOfThisPaper,
    AnswerOfAnotherPerson,
    BegunAnew,
    OlderAnswer,
    PaperClosed,
    TimeIsOver,
    save_answer,
    submit_attempt,
)
from lms.assessments.checks import ItemShape
from lms.assessments.forms.paper import LARGEST_REVISION
from lms.assessments.models import Attempt
from lms.assessments.queries import item_shapes, own_attempt, own_papers
from lms.assessments.rendering import keys_said, letters_said, tag_of
from lms.common.errors import ActionError
from lms.people.models import User
from lms.people.permissions import SignedInRequest

LARGEST_BODY = 4096


@never_cache
@require_POST
def save(request: HttpRequest, paper_id: UUID) -> JsonResponse:
    """{attempt, owner, item, revision, response} → {item, revision, saved}; a refusal has a code and a sentence."""
    if not request.user.is_authenticated:
        return _signed_out(paper_id)
    attempt = own_attempt(request.user, paper_id)
    if attempt is None and not own_papers(request.user).filter(pk=paper_id).exists():
        text = _("You are not in this cohort now. Your answers are kept on this device: tell your trainer.")
        return JsonResponse({"code": "not_found", "message": text}, status=404)
    try:
        return _save(cast(SignedInRequest, request), attempt)
    except ActionError as refused:
        # At once, as the sentence says: not only by the next task.
        if attempt and isinstance(refused, (PaperClosed, TimeIsOver)):
            submit_attempt(attempt=attempt, by=cast(SignedInRequest, request).user, at=timezone.now())
        return JsonResponse({"code": refused.code, "message": str(refused)}, status=409 if attempt else 404)


def not_of_this_attempt(person: User, owner: Any) -> ActionError:
    """Why a page is not of the attempt that she has now; `owner` is the tag of the person for whom it was made."""
    return BegunAnew() if owner == tag_of(person.pk) else AnswerOfAnotherPerson()


def _save(request: SignedInRequest, attempt: Attempt | None) -> JsonResponse:
    tag, owner, item, revision, said = _read(request)
    if attempt is None or tag != tag_of(attempt.pk):
        raise not_of_this_attempt(request.user, owner)
    shape = item_shapes(attempt.paper_id).get(item)
    if shape is None:
        raise AnswerNotOfThisPaper
    response = _in_keys(attempt, item, shape, said)
    receipt: dict[str, Any] = {"item": item, "revision": revision, "saved": True}
    try:
        save_answer(
            attempt=attempt, item_key=item, revision=revision, response=response, by=request.user, at=timezone.now()
        )
    except OlderAnswer as refused:
        newest = refused.newest
        receipt |= {"saved": False, "revision": newest.revision, "message": str(refused)}
        receipt["response"] = letters_said(attempt.pk, item, shape, newest.response)
    return JsonResponse(receipt)


def _read(request: SignedInRequest) -> tuple[Any, Any, str, int, Any]:
    try:
        body = json.loads(request.body) if len(request.body) <= LARGEST_BODY else {}
        tag, item, revision, said = (body[name] for name in ("attempt", "item", "revision", "response"))
        owner = body.get("owner")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise AnswerNotOfThisPaper from error
    if not isinstance(item, str) or type(revision) is not int or not 1 <= revision <= LARGEST_REVISION:
        raise AnswerNotOfThisPaper
    return tag, owner, item, revision, said


def _in_keys(attempt: Attempt, item: str, shape: ItemShape, said: Any) -> Any:
    try:
        return keys_said(attempt.pk, item, shape, said)
    except (LookupError, TypeError, AttributeError) as error:
        raise AnswerNotOfThisPaper from error


def _signed_out(paper_id: UUID) -> JsonResponse:
    back = urlencode({"next": reverse("tests:paper", args=[paper_id])})
    text = _("You have been signed out. Your answers are kept on this device: sign in with your card and come back.")
    return JsonResponse({"code": "signed_out", "message": text, "url": f"{reverse('card:signin')}?{back}"}, status=401)
