"""Logs that can be kept: one JSON object a line, no paths, no query strings, no tokens, no names."""

import json
import logging
import traceback
from datetime import UTC, datetime
from http import HTTPStatus

# Django writes addresses, referrers and hosts into the messages of these; an address may hold a token.
_ADDRESSED = ("django.request", "django.security", "django.server")


class JsonFormatter(logging.Formatter):
    """Time, level, logger, message, what was passed as `extra={"fields": {...}}`, and where an error arose."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1]:
            line["exception"] = describe(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


class NothingToMend(logging.Filter):
    """A request for a host that is not ours, or with more than a form of ours sends: anybody can send as many of them.

    So it is a line like that of any other refused request, without a trace; it says no host and no address.  Whoever
    forgot a name in ALLOWED_HOSTS gets 400 for every page and finds the logger's name here.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.levelno, record.levelname = logging.INFO, logging.getLevelName(logging.INFO)
        record.exc_info = None
        return True


def describe(error: BaseException) -> list[str]:
    """Where and of which kind an error and its causes are, the last cause first; never what they say.

    The text of an exception quotes what a person typed, and a database quotes the row that it refused.
    """
    lines: list[str] = []
    link: traceback.TracebackException | None = traceback.TracebackException.from_exception(error, lookup_lines=False)
    while link:
        frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in link.stack]
        lines = [*frames, link.exc_type_str, *lines]
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return lines


def _message(record: logging.LogRecord) -> str:
    if record.name.startswith(_ADDRESSED):
        return _status(getattr(record, "status_code", None))
    if record.name == "celery.app.trace" and isinstance(record.args, dict):
        return f"{record.args.get('name')} {record.args.get('description', '')}".rstrip()
    return record.getMessage()


def _status(code: int | None) -> str:
    try:
        return f"{code} {HTTPStatus(code or 0).phrase}"
    except ValueError:
        return "request"
