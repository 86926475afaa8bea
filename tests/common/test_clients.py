"""Who asks: forged headers do not help, thirty people behind one address are not one IPv6 network."""

import pytest
from django.test import RequestFactory

from lms.common.clients import client_address, client_network, client_site


def address(rf: RequestFactory, peer: str = "10.0.0.9", forwarded: str | None = None) -> str:
    headers = {"REMOTE_ADDR": peer} | ({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded is not None else {})
    return client_address(rf.get("/", **headers))


def test_without_a_proxy_the_header_is_ignored(rf, settings) -> None:
    settings.TRUSTED_PROXIES = 0
    assert address(rf, "198.51.100.7", "203.0.113.1") == "198.51.100.7"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (1, "203.0.113.1", "203.0.113.1"),
        (1, "6.6.6.6, 203.0.113.1", "203.0.113.1"),
        (2, "203.0.113.1, 10.0.0.8", "203.0.113.1"),
        (2, "6.6.6.6, 7.7.7.7, 203.0.113.1, 10.0.0.8", "203.0.113.1"),
        (2, " 6.6.6.6 ,203.0.113.1,10.0.0.8 ", "203.0.113.1"),
    ],
)
def test_behind_proxies_the_entry_of_the_outermost_counts(rf, settings, proxies, forwarded, expected) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert address(rf, forwarded=forwarded) == expected


@pytest.mark.parametrize("forwarded", [None, "", "203.0.113.1", ", ,203.0.113.1,"])
def test_too_few_entries_fall_back_to_the_peer(rf, settings, forwarded) -> None:
    settings.TRUSTED_PROXIES = 2
    assert address(rf, forwarded=forwarded) == "10.0.0.9"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("203.0.113.1:4711", "203.0.113.1"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:0DB8::0001", "2001:db8::1"),
        ("::ffff:203.0.113.1", "203.0.113.1"),
        ("fe80::1%eth0", "fe80::1"),
        ("unknown", "10.0.0.9"),
        ("<script>", "10.0.0.9"),
    ],
)
def test_each_way_to_write_an_address_is_one_address(rf, settings, written, expected) -> None:
    settings.TRUSTED_PROXIES = 1
    assert address(rf, forwarded=written) == expected


def test_unix_socket_without_peer_has_a_placeholder(rf) -> None:
    assert address(rf, peer="") == "0.0.0.0"


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:a:b:c:d", "2001:db8:1:2::"),
        ("", "0.0.0.0"),
    ],
)
def test_all_addresses_of_an_ipv6_line_are_counted_as_one(rf, peer, expected) -> None:
    assert client_network(rf.get("/", REMOTE_ADDR=peer)) == expected


@pytest.mark.parametrize(("peer", "expected"), [("2001:db8:1::3", "2001:db8:1::/48"), ("203.0.113.7", "203.0.113.7")])
def test_all_lines_that_one_customer_may_have_are_one_site(rf, peer, expected) -> None:
    assert client_site(rf.get("/", REMOTE_ADDR=peer)) == expected


def test_how_much_of_ipv6_is_one_line_is_a_setting(rf, settings) -> None:
    settings.RATELIMIT_IPV6_MASK = 48
    assert client_network(rf.get("/", REMOTE_ADDR="2001:db8:1:2::3")) == "2001:db8:1::"
