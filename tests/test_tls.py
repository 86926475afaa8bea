"""The certificate of `make run TLS=1`: a client that trusts the authority accepts it, one that does not refuses."""

import datetime
import http.server
import runpy
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509

ROOT = Path(__file__).resolve().parent.parent
NAMES = ["127.0.0.1", "hall", "hall.local", "localhost"]


@pytest.fixture(scope="module")
def tls() -> dict:
    return runpy.run_path(str(ROOT / "tools/tls.py"))


@pytest.fixture
def folder(tls, tmp_path: Path) -> Path:
    tls["make_certificates"](tmp_path / "tls", NAMES)
    return tmp_path / "tls"


@pytest.fixture
def site(folder: Path) -> Iterator[str]:
    """A server that shows the certificate."""
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "site.crt", folder / "site.key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://127.0.0.1:{server.server_port}/"
        server.shutdown()


def answer(address: str, authority: Path | None) -> int:
    context = ssl.create_default_context(cafile=authority)
    try:
        with urllib.request.urlopen(address, timeout=5, context=context) as found:
            return found.status
    except urllib.error.HTTPError as error:
        return error.code


def test_whoever_trusts_the_authority_trusts_the_site_and_nobody_else(site, folder):
    # The server knows no page; that it says so went over TLS.
    assert answer(site, folder / "ca.crt") == 501
    assert answer(site.replace("127.0.0.1", "localhost"), folder / "ca.crt") == 501
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        answer(site, None)


def test_authority_cannot_vouch_for_other_hosts(tls, folder, tmp_path):
    """Whoever steals its key can pretend to be the neighbour, not the bank."""
    authority = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    assert {name.value for name in limits.value.permitted_subtrees if isinstance(name, x509.DNSName)} == {
        "hall", "hall.local", "localhost",
    }  # fmt: skip
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0


def test_what_holds_stays_and_a_new_address_renews_the_site_alone(tls, folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    tls["make_certificates"](folder, NAMES)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    tls["make_certificates"](folder, [*NAMES, "192.168.1.7"])
    assert (folder / "ca.crt").read_bytes() == before["ca.crt"]
    assert (folder / "site.crt").read_bytes() != before["site.crt"]
    for name in ("other-name", "198.51.100.7"):
        authority = (folder / "ca.crt").read_bytes()
        tls["make_certificates"](folder, [*NAMES, name])
        assert (folder / "ca.crt").read_bytes() != authority


def test_a_site_at_the_end_of_its_time_is_renewed(tls, folder, monkeypatch):
    before = (folder / "site.crt").read_bytes()
    later = datetime.timedelta(days=tls["DAYS"] - tls["RENEW_DAYS"])
    monkeypatch.setitem(tls["make_certificates"].__globals__, "RENEW_DAYS", tls["RENEW_DAYS"] + later.days)
    tls["make_certificates"](folder, NAMES)
    assert (folder / "site.crt").read_bytes() != before


def test_keys_are_their_owners_alone(folder):
    assert {path.stat().st_mode & 0o777 for path in folder.glob("*.key")} == {0o600}


def test_names_are_those_under_which_the_machine_is_reached(tls, monkeypatch):
    monkeypatch.setenv("PUBLIC_BASE_URL", "https://192.168.1.7:8000")
    assert {"localhost", "127.0.0.1", "192.168.1.7"} <= set(tls["names_of_this_machine"]())
