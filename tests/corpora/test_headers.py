"""Headers on the answers that people really get: pages about them, files, refusals, and each kind of error."""

import pytest
from django.test import Client

from tests.access.asking import Asker
from tests.access.world import OWN, World
from tests.house import addresses, filled

pytestmark = pytest.mark.django_db
OURS = [address for address in addresses() if not address.path.startswith("cms/")]
# What is the same for everybody may be kept by those in between.
PUBLIC = {
    "media",
    "service_worker",
    "verify:did",
    "verify:jwks",
    "verify:bundle",
    "verify:status",
    "verify:manifest",
    "api:certificate",
    "api:openapi",
}
# It scans: the camera, and the decoder's WebAssembly, are open there and nowhere else.
SCANNING = "/verify/"


def _require_headers(answer, path: str) -> None:
    headers = answer.headers
    scans = path == SCANNING and answer.status_code == 200
    assert headers["X-Content-Type-Options"] == "nosniff", path
    assert headers["X-Frame-Options"] == "DENY", path
    assert headers["Referrer-Policy"] in {"same-origin", "no-referrer"}, path
    assert ("camera=(self)" if scans else "camera=()") in headers["Permissions-Policy"], path
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in (policy.replace(" 'wasm-unsafe-eval'", "") if scans else policy), path
    assert "frame-ancestors 'none'" in policy, path
    assert "default-src 'none'" in policy, path


@pytest.mark.exhaustive
@pytest.mark.parametrize("role", ["visitor", "graduate", "coordinator", "administrator"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_answer(world: World, role: str, method: str) -> None:
    asker = Asker(world.people[role])
    for address in OURS:
        path = filled(address, world.things[OWN])
        answer = asker.ask_and_undo(method, path, {} if method == "POST" else None)
        _require_headers(answer, path)
        if role != "visitor" and address.name not in PUBLIC:
            assert "no-store" in answer.headers["Cache-Control"], path


@pytest.mark.usefixtures("clock")
def test_no_error_about_a_certificate_is_kept(world, settings):
    visitor = Client(raise_request_exception=False)
    known, unknown = f"/v/{world.things[OWN]['public_id']}", "/v/AAAAAAAAAAAAAAAAAAAAAA"
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 8
    answers = {
        200: visitor.get(known),
        400: visitor.post(known, "name=" + "x" * 99, content_type="application/x-www-form-urlencoded"),
        404: visitor.get(unknown),
        405: visitor.delete(known),
    }
    answers[429] = next(answer for answer in (visitor.get(unknown) for _ in range(40)) if answer.status_code == 429)
    for status, answer in answers.items():
        assert answer.status_code == status
        assert "no-store" in answer.headers["Cache-Control"], status
        _require_headers(answer, str(status))
        assert not answer.cookies


def test_a_calendar_and_a_paper_are_files_and_not_kept(world):
    calendar = Client().get(filled(next(a for a in OURS if a.name == "feed:calendar"), world.things[OWN]))
    assert calendar.headers["Content-Type"].startswith("text/calendar")
    assert "no-store" in calendar.headers["Cache-Control"]
    asker = Asker(world.people["graduate"])
    paper = asker.ask("GET", filled(next(a for a in OURS if a.name == "certificates:pdf"), world.things[OWN]))
    assert paper.headers["Content-Type"] == "application/pdf"
    assert "no-store" in paper.headers["Cache-Control"]
    assert paper.headers["Content-Disposition"].startswith("attachment")
