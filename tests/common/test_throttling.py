"""How often one address, one network, one code may try."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from lms.common.throttling import too_many, tries_left

RATE = "3/d"


pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture(autouse=True)
def _clean_counters() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def refused(peers: list[str], *, group: str = "verdict", key: str | None = None) -> list[bool]:
    requests = [RequestFactory().get("/", REMOTE_ADDR=peer) for peer in peers]
    return [too_many(request, group=group, rate=RATE, key=key) for request in requests]


def test_address_is_refused_after_its_tries_and_others_are_not() -> None:
    assert refused(["203.0.113.1"] * 4) == [False, False, False, True]
    assert refused(["203.0.113.2"]) == [False]


def test_tries_are_counted_down_and_the_one_too_many_is_below_zero() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.9")
    assert [tries_left(request, group="names", rate=RATE) for _try in range(5)] == [2, 1, 0, -1, -1]


def test_tries_are_told_without_being_counted() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.9")
    told = [tries_left(request, group="names", rate=RATE, counted=False) for _look in range(5)]
    assert told == [3] * 5
    assert tries_left(request, group="names", rate=RATE) == 2


def test_groups_are_counted_apart() -> None:
    refused(["203.0.113.1"] * 4)
    assert refused(["203.0.113.1"], group="join") == [False]


def test_ipv6_is_counted_by_network_of_64_bits() -> None:
    assert refused([f"2001:db8:1:2::{host}" for host in range(1, 5)]) == [False, False, False, True]
    assert refused(["2001:db8:1:3::1"]) == [False]


def test_whoever_has_a_network_for_each_try_has_ten_times_the_tries() -> None:
    """65,536 networks of 64 bits lie in what a provider may give to one customer."""
    tries = refused([f"2001:db8:7:{line:x}::1" for line in range(31)])
    assert tries == [*[False] * 30, True]
    assert refused(["2001:db8:7:ffff::1"]) == [True]
    assert refused(["2001:db8:8::1"]) == [False]


def test_a_line_without_tries_takes_none_from_its_neighbours() -> None:
    refused(["2001:db8:9:1::1"] * 50)
    assert refused([f"2001:db8:9:{line:x}::1" for line in range(2, 29)]) == [False] * 27


def test_ipv4_on_a_socket_for_both_kinds_is_not_one_network() -> None:
    assert refused([f"::ffff:203.0.113.{host}" for host in range(1, 6)]) == [False] * 5


def test_key_is_counted_whatever_the_address() -> None:
    peers = [f"203.0.113.{host}" for host in range(1, 5)]
    assert refused(peers, key="CARD7") == [False, False, False, True]
    assert refused(peers[:1], key="CARD8") == [False]
    assert refused(peers[:1]) == [False]


def test_forged_header_gives_no_new_tries() -> None:
    requests = [
        RequestFactory().get("/", REMOTE_ADDR="203.0.113.1", HTTP_X_FORWARDED_FOR=f"6.6.6.{n}") for n in range(4)
    ]
    assert [too_many(request, group="v", rate=RATE) for request in requests] == [False, False, False, True]


def test_classroom_behind_one_address_is_not_locked_out() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.1")
    assert not any(too_many(request, group="card", rate="300/10m") for _ in range(300))
