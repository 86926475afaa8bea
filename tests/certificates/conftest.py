"""What tests of this app share beside the factories."""

import socket

import pytest
from django.core.cache import cache


@pytest.fixture
def no_network(monkeypatch):
    """Whoever looks up a host beyond this machine fails, whatever it was told to do."""
    cache.clear()
    look_up = socket.getaddrinfo

    def refuse(host, *args, **kwargs):
        assert host in ("localhost", "127.0.0.1"), "asked the network"
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
