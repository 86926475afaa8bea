"""The log says what happened and where, and nothing about whom."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from urllib.parse import urlencode

import pytest
from django.db import DatabaseError
from django.test import Client

from lms.common.logs import JsonFormatter, describe
from tests.common.failing_urls import TYPED

FORM = "application/x-www-form-urlencoded"
TOKEN = "SECRETTOKEN0123456789x"
ADDRESSES = [
    f"/v/{TOKEN}",
    f"/join/{TOKEN}/",
    f"/join/{TOKEN}",
    f"/c/{TOKEN}/",
    f"/verify/?code={TOKEN}",
    f"/ky/nowhere/{TOKEN}/?name={TYPED}",
    f"/card/?next=/{TOKEN}",
    "/fails/400/",
    "/fails/suspicious/",
    "/fails/403/",
    f"/fails/500/{TOKEN}/?q={TYPED}",
]


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Everything that is logged at INFO and above, as the site writes it."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root, before = logging.getLogger(), logging.getLogger().level
    loggers = [logging.getLogger(name) for name in ("django", "django.request", "django.security")]
    levels = [logger.level for logger in loggers]
    root.addHandler(handler)
    for logger in (root, *loggers):
        logger.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


def lines_of(stream: StringIO) -> list[dict]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.django_db
@pytest.mark.urls("tests.common.failing_urls")
def test_requests_leave_no_path_token_query_host_or_typed_text(log: StringIO) -> None:
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    for address in ADDRESSES:
        client.get(address)
        client.post(address, {"name": TYPED, "code": TOKEN}, headers={"referer": f"https://x.example/{TOKEN}"})
    client.get("/ky/", headers={"host": f"{TOKEN}.example"})
    text = log.getvalue()
    for secret in (TOKEN, TOKEN.lower(), TYPED, "canary", "/join/", "/fails/5", "x.example", "?"):
        assert secret not in text, secret
    requests = [line for line in lines_of(log) if line["logger"] == "yntymak.request"]
    assert len(requests) == 2 * len(ADDRESSES) + 1
    assert set(requests[0]) == {"at", "level", "logger", "message", "method", "route", "status", "ms"}


@pytest.mark.django_db
@pytest.mark.urls("tests.common.failing_urls")
def test_what_anybody_can_send_is_no_error_and_what_else_is_suspicious_stays_one(log: StringIO) -> None:
    client = Client(raise_request_exception=False)
    assert client.get("/ky/", headers={"host": "foreign.example"}).status_code == 400
    large = [{"name": TYPED * 150_000}, {f"{TYPED}{n}": "" for n in range(2_000)}]
    assert {client.post("/verify/list/", urlencode(one), FORM).status_code for one in large} <= {400, 413}
    client.get("/fails/suspicious/")
    said = [line for line in lines_of(log) if line["logger"].startswith("django.security")]
    assert [(line["logger"], line["level"], "exception" in line) for line in said] == [
        ("django.security.DisallowedHost", "INFO", False),
        ("django.security.RequestDataTooBig", "INFO", False),
        ("django.security.TooManyFieldsSent", "INFO", False),
        ("django.security.SuspiciousOperation", "ERROR", True),
    ]
    assert said[0]["message"] == "400 Bad Request"
    assert "foreign" not in log.getvalue()
    assert TYPED not in log.getvalue()


@pytest.mark.django_db
@pytest.mark.urls("tests.common.failing_urls")
def test_error_says_where_it_arose_and_of_which_kind_each_cause_is(log: StringIO) -> None:
    Client(raise_request_exception=False).get("/fails/500/")
    error = next(line for line in lines_of(log) if "exception" in line)
    assert (error["logger"], error["message"]) == ("django.request", "500 Internal Server Error")
    kinds = [entry for entry in error["exception"] if ":" not in entry]
    assert kinds == ["ValueError", "RuntimeError"]
    assert any(entry.endswith(" broken") for entry in error["exception"])


@pytest.mark.django_db
def test_request_line_names_the_route(log: StringIO) -> None:
    Client().get("/verify/")
    line = lines_of(log)[-1]
    assert (line["method"], line["route"], line["status"]) == ("GET", "verify:code", 200)


def test_formatter_passes_fields_and_plain_messages() -> None:
    record = logging.LogRecord("yntymak.jobs", logging.WARNING, "x", 1, "sent %s", ("twice",), None)
    record.fields = {"job": "7"}
    line = json.loads(JsonFormatter().format(record))
    assert (line["message"], line["job"], line["level"]) == ("sent twice", "7", "WARNING")
    assert line["at"].endswith("+00:00")


def test_task_that_failed_is_named_without_what_its_exception_says() -> None:
    context = {"name": "assessments.close_overdue", "id": "1", "description": "raised unexpected", "exc": TYPED}
    record = logging.LogRecord("celery.app.trace", logging.ERROR, "x", 1, "%(name)s %(exc)s", (context,), None)
    assert json.loads(JsonFormatter().format(record))["message"] == "assessments.close_overdue raised unexpected"


def test_describe_follows_causes_and_stops_where_they_are_suppressed() -> None:
    def fail(*, hide: bool) -> BaseException:
        try:
            try:
                raise DatabaseError(TYPED)
            except DatabaseError as error:
                raise LookupError(TYPED) from (None if hide else error)
        except LookupError as error:
            return error

    open_chain = [entry for entry in describe(fail(hide=False)) if ":" not in entry]
    hidden_chain = [entry for entry in describe(fail(hide=True)) if ":" not in entry]
    assert open_chain == ["django.db.utils.DatabaseError", "LookupError"]
    assert hidden_chain == ["LookupError"]
