"""The result of a list check proves itself: by its last line, to this site and to anybody who has the site's keys."""

import base64
import csv
import hashlib
import io
import json
import zlib
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from joserfc import jws
from joserfc.jwk import KeySet, OctKey, OKPKey

from lms.certificates.actions import ensure_installation_key, private_bytes
from lms.certificates.models import InstallationKey
from lms.certificates.queries import site_key
from lms.certificates.signing import NotSealed, SealBroken, open_sealed, seal_table
from lms.common.codes import decode_id, dictated, encode_id
from lms.common.tables import write_csv
from tests.corpora.test_formulas import FORMULAS, STARTS
from tests.factories import certificates as make
from tests.journeys.papers import text_of

pytestmark = pytest.mark.django_db
SITE, PAGE = "http://testserver", "/verify/list/?lang=en"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def key(db) -> InstallationKey:
    ensure_installation_key(at=timezone.now())
    return site_key(timezone.now())


def sealed(key: InstallationKey, *, rows=(("1", "Genuine"),), **other) -> bytes:
    table = write_csv(["Row", "State"], [*rows, ["Checked"]])
    told = {"site": SITE, "at": timezone.now(), "language": "en", "rows": 1, "key": key} | other
    return seal_table(table, private_key=private_bytes(key=key), **told)


def opened(content: bytes):
    return open_sealed(content, site=SITE, keys={one.kid: one for one in InstallationKey.objects.all()})


def judged(client: Client, content: bytes):
    return client.post(PAGE, {"asked": "result", "result": SimpleUploadedFile("r.csv", content, "text/csv")})


def packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(content)).decode()


def _token(content: bytes) -> str:
    return content.rstrip().rpartition(b"\r\n")[2].decode()


# ── What was made here ───────────────────────────────────────────────────────────────────────────────────────────
def test_result_is_kept_as_csv_and_pdf_and_known_again(client):
    certificate = make.make_issued()
    code = dictated(decode_id(certificate.public_id))
    page = client.post(PAGE, {"codes": f"{code}; {make.FULL_NAME}\nX"})
    token = {"sealed": page.context["sealed"]}
    table, paper = (client.post(f"/verify/list/result.{kind}?lang=ru", token) for kind in ("csv", "pdf"))
    assert table.content.startswith(b"\xef\xbb\xbf")
    assert table.headers["Content-Disposition"].startswith('attachment; filename="certificates-20')
    answer = judged(client, table.content)
    assert answer.status_code == 200
    assert "This result was made here on" in answer.text
    digest = hashlib.sha256(table.content).hexdigest()
    assert digest in answer.text
    # In the language in which the list was checked, whoever prints it.
    text = text_of(paper.content)
    said = [digest, "testserver", "Genuine: 1", "Line not read: 1", code, "M1 Module M1 en", "Айгүл Т."]
    assert [words for words in said if words not in text] == []


def test_anybody_can_check_it_with_the_published_keys(client, key):
    content = sealed(key)
    table = content.removesuffix(_token(content).encode() + b"\r\n")
    published = KeySet.import_key_set(client.get("/.well-known/jwks.json").json())
    said = jws.deserialize_compact(_token(content), published, algorithms=["Ed25519"])
    assert json.loads(said.payload)["sha256"] == hashlib.sha256(table).hexdigest()


# ── What was not ─────────────────────────────────────────────────────────────────────────────────────────────────
def _flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def test_no_byte_can_be_changed(key):
    content = sealed(key)
    assert opened(content).rows == [["1", "Genuine"]]
    taken = []
    for place in range(len(content)):
        try:
            opened(_flipped(content, place))
        except (NotSealed, SealBroken):
            continue
        taken.append(place)
    assert taken == []
    # Nor can one be added, left out, or written in another way.
    last = "AQgw".index(chr(content[-3]))
    for other in (
        content.rstrip(),
        content + b" ",
        content + b"\r\n",
        content[:-3] + b"BRhx"[last : last + 1] + b"\r\n",
    ):
        with pytest.raises(NotSealed):
            opened(other)


def _token_with(key, header, claims, **how) -> str:
    pair = how.get("pair") or OKPKey.import_key(
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": encode_id(bytes(key.public_key)),
            "d": encode_id(private_bytes(key=key)),
        }
    )
    return jws.serialize_compact(header, json.dumps(claims), pair, algorithms=[header["alg"]], registry=how.get("reg"))


ATTACKS = {
    "another key under our number": lambda h, c, k: (h, c, OKPKey.generate_key("Ed25519")),
    "the public key as a secret": lambda h, c, k: ({**h, "alg": "HS256"}, c, OctKey.import_key(bytes(k.public_key))),
    "no algorithm": lambda h, c, k: ({**h, "alg": "none"}, c, None),
    "a key in the header": lambda h, c, k: ({**h, "jwk": {"kty": "OKP"}}, c, None),
    "a number of nobody": lambda h, c, k: ({**h, "kid": "00"}, c, None),
    "another kind of token": lambda h, c, k: ({**h, "typ": "JWT"}, c, None),
    "another site": lambda h, c, k: (h, {**c, "iss": "https://evil.example"}, None),
    "before the key was there": lambda h, c, k: (h, {**c, "iat": int(k.not_before.timestamp()) - 5}, None),
    "after its end": lambda h, c, k: (h, {**c, "iat": int(k.not_after.timestamp()) + 5}, None),
    "another table": lambda h, c, k: (h, {**c, "sha256": "0" * 64}, None),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_token_that_is_not_ours_is_refused(client, key, attack):
    content = sealed(key)
    token = _token(content)
    header, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2])
    header, claims, pair = ATTACKS[attack](header, claims, key)
    table = content.removesuffix(token.encode() + b"\r\n")
    if header["alg"] == "none":
        first = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
        forged = f"{first}.{token.split('.')[1]}.{token.split('.')[2]}"
    else:
        forged = _token_with(key, header, claims, **({"pair": pair} if pair else {}))
    for answer in (
        judged(client, table + forged.encode() + b"\r\n"),
        client.post("/verify/list/result.csv", {"sealed": packed(table + forged.encode() + b"\r\n")}),
        client.post("/verify/list/result.pdf", {"sealed": packed(table + forged.encode() + b"\r\n")}),
    ):
        assert answer.status_code == 422
        assert "This result was made here" not in answer.text


def test_what_a_withdrawn_key_sealed_is_worth_nothing(key):
    content = sealed(key)
    InstallationKey.objects.update(state="compromised")
    with pytest.raises(SealBroken):
        opened(content)


def test_what_last_years_key_sealed_still_holds(key):
    content = sealed(key, at=timezone.now())
    InstallationKey.objects.filter(pk=key.pk).update(state="retired", not_after=timezone.now() + timedelta(minutes=1))
    assert opened(content).seal.rows == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"Row;State\r\n1;Genuine\r\n", b"%PDF-1.7 <script>", b"\r\na.b.c\r\n", b"PK\x03\x04", bytes(5_000_000)],
    ids=["nothing", "no seal", "polyglot", "short", "archive", "large"],
)
def test_file_without_a_seal_is_told_so(client, key, content):
    answer = judged(client, content)
    assert answer.status_code == 422
    assert "<script>" not in answer.text.replace("<script ", "")
    for kind in ("csv", "pdf"):
        assert client.post(f"/verify/list/result.{kind}", {"sealed": packed(content)}).status_code == 422


@pytest.mark.parametrize("sealed_field", ["", "x", "AAAA", "ы", packed(bytes(60_000_000))])
def test_what_is_sent_back_is_unpacked_with_an_end(client, key, sealed_field):
    assert client.post("/verify/list/result.csv", {"sealed": sealed_field}).status_code == 422


# ── What is written into it ──────────────────────────────────────────────────────────────────────────────────────
def test_no_cell_of_the_file_starts_a_formula(client, key):
    lines = [f"{formula.strip()}" for formula in FORMULAS] + [f"X{n};{FORMULAS[n]}" for n in range(6)]
    page = client.post(PAGE, {"codes": "\n".join(lines)})
    content = client.post("/verify/list/result.csv", {"sealed": page.context["sealed"]}).content
    cells = [
        cell
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
        for cell in row
        if cell
    ]
    assert [cell for cell in cells if cell.startswith(tuple(STARTS))] == []


def test_paper_asks_nobody_for_what_a_partner_typed(client, key):
    hostile = '<img src="http://127.0.0.1:9/x"><script>canary()</script>'
    page = client.post(PAGE, {"codes": f"X; {hostile}\n{hostile}"})
    assert "<script>canary" not in page.text
    paper = client.post("/verify/list/result.pdf", {"sealed": page.context["sealed"]})
    assert paper.status_code == 200
    assert "canary()" in text_of(paper.content)
