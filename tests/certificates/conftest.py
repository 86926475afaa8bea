"""What tests of this app share beside the factories."""

import socket
import time
from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache

from lms.certificates.actions import NewSecret
from lms.certificates.models import Certificate
from tests.certificates.hooks import ALL, verifier_of_the_manual
from tests.factories.certificates import make_certificate
from tests.factories.people import AT
from tests.factories.webhooks import make_webhook
from tests.receiving import Receiver


@pytest.fixture
def no_network(monkeypatch):
    """Whoever looks up a host beyond this machine fails, whatever it was told to do."""
    cache.clear()
    look_up = socket.getaddrinfo

    def refuse(host, *args, **kwargs):
        assert host in ("localhost", "127.0.0.1"), "asked the network"
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def certificate(db: None) -> Certificate:
    return make_certificate()


@pytest.fixture
def receiver(tmp_path, monkeypatch, settings) -> Iterator[Receiver]:
    """A partner's program on this machine, which the operator allows."""
    made = Receiver(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.certificate))
    settings.WEBHOOK_HOSTS = [f"localhost:{made.port}"]
    yield made
    made.close()


@pytest.fixture
def hook(certificate: Certificate, receiver: Receiver) -> NewSecret:
    """Told of everything that may be chosen."""
    return make_webhook(certificate.organisation, f"https://localhost:{receiver.port}/in?a=b", ALL)


@pytest.fixture
def is_ours(monkeypatch) -> Callable[..., bool]:
    """By the manual, on the tests' day."""
    monkeypatch.setattr(time, "time", AT.timestamp)
    return verifier_of_the_manual()
