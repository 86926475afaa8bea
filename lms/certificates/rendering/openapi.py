"""The OpenAPI 3.1 document of /api/: what a program may ask, what each answer holds, what a webhook tells.

English, as programs read.
"""

from typing import Any

from lms.certificates.models import EVENT_OF_STATE, WebhookEvent
from lms.certificates.permissions import CHECKS
from lms.certificates.queries import VerdictState
from lms.certificates.rendering.answers import DETAILS, FULL, STATE
from lms.certificates.rendering.words import LEVEL_LABELS
from lms.common.languages import LANGUAGE_CODES

VERSION = "1.1.0"
PROBLEM_TYPE = "application/problem+json"
type Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_DAY: Schema = {"type": "string", "format": "date"}
_MOMENT: Schema = {"type": "string", "format": "date-time"}
_HAPPENED = {
    WebhookEvent.REVOKED: "it was revoked",
    WebhookEvent.SUSPENDED: "it was suspended, which may be lifted",
    WebhookEvent.LIFTED: "its suspension was lifted",
    WebhookEvent.SUPERSEDED: "a newer one took its place",
}
_WEBHOOK_HEADERS = {
    "webhook-id": "Of the event: the same at each try.",
    "webhook-timestamp": "When this try was made, in seconds since 1970.",
    "webhook-signature": "`v1,` and base64 of HMAC-SHA256 over id.timestamp.body; several with spaces between them.",
}


def openapi_document(base_url: str) -> dict[str, Any]:
    """The whole document, for the site at `base_url`."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Yntymak: certificates",
            "version": VERSION,
            "summary": "Is a certificate genuine, what does it say, and does it hold today?",
            "description": (
                "For whoever holds the id of a certificate; there is no list and no search.  "
                "An id that was never issued and one that is malformed get the same answer.  "
                f"An address may ask as often as on the pages: {CHECKS.partition('/')[0]} verdicts a minute."
            ),
        },
        "servers": [{"url": base_url}],
        "paths": {
            "/api/certificates/{id}": {"get": _ask()},
            "/api/openapi.json": {"get": _document()},
        },
        "webhooks": {event.value: {"post": _webhook(event)} for event in WebhookEvent},
        "components": {"schemas": _schemas()},
    }


def _webhook(event: WebhookEvent) -> dict[str, Any]:
    """What a receiver gets, and what its answers mean to us."""
    is_test = event == WebhookEvent.TEST
    return {
        "operationId": event.value,
        "summary": "A test: about no certificate." if is_test else f"A certificate: {_HAPPENED[event]}.",
        "description": (
            "To the address that an administrator of the issuing organisation entered.  Signed as Standard Webhooks "
            "1.0 says; while its secret is being changed there are two signatures.  The id stays the same when it is "
            "sent again, up to ten times in three days; the order is that of `timestamp`, not that of arrival."
        ),
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": said, "schema": {"type": "string"}}
            for name, said in _WEBHOOK_HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _ref("Test" if is_test else "Event")}},
        },
        "responses": {
            "2XX": {"description": "It has arrived.  The body is not read."},
            "410": {"description": "Never again: the webhook is switched off."},
            "default": {"description": "It is sent again later.  A redirect is not followed."},
        },
    }


def _ask() -> dict[str, Any]:
    return {
        "operationId": "getCertificate",
        "summary": "The verdict on one certificate.",
        "parameters": [
            {
                "name": "id",
                "in": "path",
                "required": True,
                "description": "What stands behind /v/ in the QR code: 16 random bytes as base64url.",
                "schema": {"type": "string"},
            },
            {
                "name": "detail",
                "in": "query",
                "description": "The state only, what was certified as well, or all that the verdict page says.",
                "schema": {"enum": list(DETAILS), "default": STATE},
            },
        ],
        "responses": {
            "200": {
                "description": f"The verdict.  With detail={FULL} it may hold a form of the name: do not keep it.",
                "headers": {
                    "ETag": {"description": f"Another one with another answer; not with detail={FULL}.", **_text()},
                    "Cache-Control": _text(),
                },
                "content": {
                    "application/json": {"schema": {"oneOf": [_ref(name) for name in ("State", "Summary", "Full")]}}
                },
            },
            "304": {"description": "Nothing changed since the answer with this ETag (If-None-Match)."},
            "400": _problem("There is no such detail."),
            "404": _problem("Not our certificate: never issued here, or no id at all."),
            "405": _problem("Only GET and HEAD."),
            "429": _problem("Too many questions from one address.", {"Retry-After": _text("Seconds.")}),
        },
    }


def _document() -> dict[str, Any]:
    content = {"application/json": {"schema": {"type": "object"}}}
    return {
        "operationId": "getDocument",
        "summary": "This document.",
        "responses": {"200": {"description": "OpenAPI 3.1.", "content": content}},
    }


def _problem(description: str, headers: dict[str, Any] | None = None) -> dict[str, Any]:
    said = {"description": description, "content": {PROBLEM_TYPE: {"schema": _ref("Problem")}}}
    return said | {"headers": headers} if headers else said


def _text(description: str = "") -> dict[str, Any]:
    """A header."""
    return {"schema": {"type": "string"}, **({"description": description} if description else {})}


def _schemas() -> dict[str, Schema]:
    problem = {"type": _TEXT, "title": _TEXT, "status": {"type": "integer"}, "detail": _TEXT}
    return {
        **_verdicts(),
        **_events(),
        "Certified": _certified(),
        "Texts": _closed(dict.fromkeys(LANGUAGE_CODES, _TEXT)),
        "Problem": _closed(problem),
    }


def _verdicts() -> dict[str, Schema]:
    """The three details, each with all of the one before."""
    state: dict[str, Schema] = {
        "id": {"type": "string", "pattern": "^[A-Za-z0-9_-]{22}$"},
        "state": {"enum": [one.value for one in VerdictState if one != VerdictState.NOT_OURS]},
        "since": _or_null(_DAY, "Of a revocation, a suspension, or a newer certificate."),
        "page": {"type": "string", "format": "uri", "description": "The same for people."},
    }
    summary = {**state, "certified": _or_null(_ref("Certified"), "Null where nothing may be claimed.")}
    full: dict[str, Schema] = {
        **summary,
        "label": _ref("Texts"),
        "sentence": _ref("Texts"),
        "public_reason": _or_null(_ref("Texts"), "Only where the issuer chose public words."),
        "way_back": _or_null(_ref("Texts"), "What brings the right to train back."),
        "shown_name": _or_null(_TEXT, "In the form that the holder chose; an alias stands in «quotes»."),
        "name_can_be_compared": {"type": "boolean", "description": "On the page, five tries an hour."},
    }
    return {"State": _closed(state), "Summary": _closed(summary), "Full": _closed(full)}


def _events() -> dict[str, Schema]:
    """The bodies of webhooks."""
    told: dict[str, Schema] = {
        "id_sha256": {
            "type": "string",
            "pattern": "^[0-9a-f]{64}$",
            "description": "SHA-256 of the id, so that only whoever has the certificate finds it.",
        },
        "state": {"enum": [state.value for state in EVENT_OF_STATE]},
        "day": _DAY,
    }
    event: dict[str, Schema] = {
        "type": {"enum": [event.value for event in _HAPPENED]},
        "timestamp": _MOMENT,
        "data": _closed(told),
    }
    test: dict[str, Schema] = {"type": {"const": WebhookEvent.TEST.value}, "timestamp": _MOMENT, "data": _closed({})}
    return {"Event": _closed(event), "Test": _closed(test)}


def _certified() -> Schema:
    module = {
        "code": _TEXT,
        "titles": _ref("Texts"),
        "hours": {"type": "string", "pattern": r"^\d+(\.\d+)?$"},
        "may_train_now": {"type": "boolean", "description": "False while the right to train it rests."},
    }
    return _closed(
        {
            "level": {"enum": list(LEVEL_LABELS)},
            "issued_on": _DAY,
            "expires_on": _or_null(_DAY, "Null where it does not expire."),
            "trains_until": _or_null(_DAY, "Of a trainer: until when she may train the modules."),
            "languages": {"type": "array", "items": {"enum": list(LANGUAGE_CODES)}},
            "modules": {"type": "array", "minItems": 1, "items": _closed(module)},
            "issuer": _closed({"code": _TEXT, "names": _ref("Texts")}),
        }
    )


def _closed(properties: dict[str, Schema]) -> Schema:
    """All of these, and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _or_null(schema: Schema, description: str) -> Schema:
    return {"anyOf": [schema, {"type": "null"}], "description": description}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}
