"""Stub: the certificates helper writes it."""

from django.http import HttpRequest, HttpResponse


def answer_verdict(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=404)
