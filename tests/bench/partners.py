"""A list check of a thousand certificates, each signed and with a name to compare, and the files of its result."""

import re
import secrets
import time
from urllib.parse import urlencode

from lms.certificates.actions import private_bytes
from lms.certificates.models import LIST_SIZE, Certificate, CertificateHolder
from lms.certificates.rendering.results import MOST_ON_PAPER
from lms.certificates.signing import claims_of, name_digest, sign_claims, sign_record
from lms.common.codes import decode_id, dictated, encode_id
from lms.common.crypto import wrap
from tests.bench.load import Request, ask, timed
from tests.bench.server import Server

ROWS = 1000
NAME, SHOWN = "Айгүл Токтогулова", "Айгүл Т."
PAGE, FORM = "/verify/list/?lang=ky", {"Content-Type": "application/x-www-form-urlencoded"}


def report_list(server: Server, like: Certificate) -> None:
    """One list, without its warm-up, and its file; then the paper of the longest list that one is made of."""
    codes = [f"{dictated(decode_id(one.public_id))};{NAME}" for one in copies_of(like, ROWS)]
    _sealed(server, codes[:1])
    pages: list[bytes] = []
    _times, seconds, cpu = timed(server, [lambda: pages.append(_checked(server, codes))], 1)
    csv = _file(server, "csv", _sealed_in(pages[0]))
    pdf = _file(server, "pdf", _sealed(server, codes[:MOST_ON_PAPER]))
    print(
        f"list check of {ROWS}: {seconds:.2f} s (goal 3), {cpu:.2f} s CPU, {len(pages[0]) / 1000:.0f} kB; CSV {csv}; "
        f"PDF of {MOST_ON_PAPER} {pdf}"
    )


def _checked(server: Server, codes: list[str]) -> bytes:
    body, plain = urlencode({"codes": "\n".join(codes)}), {**FORM, "Accept-Encoding": "identity"}
    return ask(server, Request(PAGE, method="POST", body=body, headers=plain))[2]


def _sealed(server: Server, codes: list[str]) -> str:
    return _sealed_in(_checked(server, codes))


def _sealed_in(page: bytes) -> str:
    """The result that the page's buttons send back."""
    found = re.search(r'name="sealed" value="([^"]+)"', page.decode())
    if found is None:
        raise LookupError("no result to keep")
    return found[1]


def _file(server: Server, kind: str, sealed: str) -> str:
    start = time.perf_counter()
    sent = Request(f"/verify/list/result.{kind}", method="POST", body=urlencode({"sealed": sealed}), headers=FORM)
    content = ask(server, sent)[2]
    return f"{time.perf_counter() - start:.1f} s, {len(content) / 1000:.0f} kB"


def copies_of(like: Certificate, count: int) -> list[Certificate]:
    """As if so many had been issued: signed anew each, with numbers of the next part of the organisation's list."""
    key = like.key
    private = private_bytes(key=key)
    holder = {"salt": secrets.token_bytes(16), "sealed_shown_name": wrap(SHOWN.encode())}
    digest, found = name_digest(NAME, holder["salt"]), []
    first = LIST_SIZE * (1 + Certificate.objects.order_by("-status_index").first().status_index // LIST_SIZE)
    for number in range(count):
        public_id = secrets.token_bytes(16)
        claims = claims_of(like.claims, status_index=first + number, shown_name=SHOWN, name_digest=digest)
        signing = {"public_id": public_id, "private_key": private}
        found.append(
            Certificate(
                public_id=encode_id(public_id),
                kind=like.kind,
                organisation=like.organisation,
                cohort=like.cohort,
                claims=like.claims,
                language=like.language,
                statement=sign_claims(claims, **signing),
                record_signature=sign_record(like.claims, **signing),
                key=key,
                status_index=first + number,
                issued_at=like.issued_at,
                state_since=like.state_since,
            )
        )
    Certificate.objects.bulk_create(found)
    CertificateHolder.objects.bulk_create([CertificateHolder(certificate=one, **holder) for one in found])
    return found
