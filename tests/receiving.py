"""Another machine that is asked: a real server over TLS on this one, which answers as a test wants it to."""

import ipaddress
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """Answers each request with the next of `answers`, a status or what is done with the handler; at last with 204."""

    def __init__(self, folder: Path, *, number: str = "127.0.0.1", names: tuple[str, ...] = ("localhost",)) -> None:
        self.received: list[Received] = []
        self.answers: list[int | Callable[[BaseHTTPRequestHandler], None]] = []
        # Set when nobody waits for an answer any more.
        self.over = threading.Event()
        self.certificate, key = self_signed(folder, number, *names)
        self._server = ThreadingHTTPServer((number, 0), self._handler())
        self._server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self._server.serve_forever, args=[0.05], daemon=True).start()
        self.port = self._server.server_port

    def close(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.received.append(Received(self.path, headers, body))
                answer = receiver.answers.pop(0) if receiver.answers else 204
                if callable(answer):
                    answer(self)
                    self.close_connection = True
                    return
                self.send_response(answer)
                self.end_headers()

            def do_GET(self) -> None:
                self.do_POST()

            def log_message(self, *args: Any) -> None:
                """Nothing."""

        return Handler


def self_signed(folder: Path, number: str, *names: str) -> tuple[Path, Path]:
    """A certificate for a number and names, that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, number)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(timezone.now() - timedelta(days=1))
    builder = builder.not_valid_after(timezone.now() + timedelta(days=1))
    known = [x509.IPAddress(ipaddress.ip_address(number)), *(x509.DNSName(name) for name in names)]
    made = builder.add_extension(x509.SubjectAlternativeName(known), critical=False).sign(key, hashes.SHA256())
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "key.pem").write_bytes(pem)
    return folder / "cert.pem", folder / "key.pem"


def cut(handler: BaseHTTPRequestHandler) -> None:
    """The line breaks before there is an answer."""
    handler.connection.close()


def redirect(handler: BaseHTTPRequestHandler) -> None:
    """Elsewhere on the same host, where somebody would answer."""
    handler.send_response(307)
    handler.send_header("Location", "/elsewhere")
    handler.end_headers()
