"""Asking another machine: nothing that only we reach is asked, and what is asked is what was judged."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from lms.common.outgoing import Answer, NotReached, Target, UnfitAddress, ask, is_public, target_of
from tests.receiving import Receiver, cut, redirect

# In each spelling that some client or resolver takes for a number, for this machine, or for another host than the eye.
UNFIT = {
    "not_https": [
        "http://hooks.example.org/",
        "ftp://hooks.example.org/",
        "file:///etc/passwd",
        "gopher://hooks.example.org:70/_x",
        "//hooks.example.org/",
        "hooks.example.org",
        "javascript:alert(1)",
        "unix:/run/docker.sock",
    ],
    "user": [
        "https://user@hooks.example.org/",
        "https://user:word@hooks.example.org/",
        "https://hooks.example.org@127.0.0.1/",
        "https://@hooks.example.org/",
        "https://hooks.example.org%00@127.0.0.1/",
    ],
    "not_a_name": [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://127.0.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0x0.0x0.0x1/",
        "https://0177.0.0.1/",
        "https://017700000001/",
        "https://0/",
        "https://0.0.0.0/",
        "https://127.0.0.1./",
        "https://8.8.8.8/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[fd00:ec2::254]/",
        "https://[fe80::1%25eth0]/",
        "https://[2606:4700:4700::1111]/",
        "https://localhost/",
        "https://localhost./",
        "https://intranet/",
        "https://hooks.example.org./",
        "https://hooks..example.org/",
        "https://.example.org/",
        "https://-x.example.org/",
        "https://hooks_x.example.org/",
        "https://hooks.example.1/",
        "https://hooks.example.0x7f/",
        "https://%31%32%37.0.0.1/",
        "https://hooks%2eexample.org/",
        "https:///hooks.example.org/",
        "https:hooks.example.org/",
        "https://",
        f"https://{'a' * 64}.example.org/",
        f"https://{'a.' * 130}org/",
    ],
    "port": [
        "https://hooks.example.org:80/",
        "https://hooks.example.org:8443/",
        "https://hooks.example.org:22/",
        "https://hooks.example.org:0/",
    ],
    "unreadable": [
        "",
        "https://hooks.example.org:99999/",
        "https://hooks.example.org:x/",
        "https://hooks.example.org:-1/",
        "https://[127.0.0.1/",
        "https://１２７.0.0.1/",
        "https://①②⑦.0.0.1/",
        "https://127。0。0。1/",
        "https://lоcalhost.example.org/",
        "https://hooks.example.org\\@127.0.0.1/",
        "https://127.0.0.1\\.example.org/",
        "https://hooks.example.org /",
        " https://hooks.example.org/",
        "https://hooks.example.org/\r\nHost: 127.0.0.1",
        "https://hooks.exa\tmple.org/",
        "https://hooks.example.org/\x00",
        "https://hooks.example.org/" + "x" * 500,
    ],
}
NOT_PUBLIC = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2001:10::1",
    "2002:7f00:1::1",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "localhost",
    "127.1",
    "0x7f000001",
    "2130706433",
]
PUBLIC = ["8.8.8.8", "1.1.1.1", "193.29.0.1", "100.63.255.255", "100.128.0.1", "2606:4700:4700::1111", "2a00:1450::1"]


@pytest.mark.parametrize(("code", "address"), [(code, one) for code, some in UNFIT.items() for one in some])
def test_unfit_address_is_refused_before_anything_is_looked_up(code, address):
    with pytest.raises(UnfitAddress) as refused:
        target_of(address)
    assert refused.value.code == code


def test_fit_address_is_read_as_a_browser_reads_it():
    assert target_of("https://Hooks.Example.org/a/b?c=d#e") == Target("hooks.example.org", 443, "/a/b?c=d")
    assert target_of("https://hooks.example.org:443?c") == Target("hooks.example.org", 443, "/?c")
    assert target_of("https://xn--e1afmkfd.xn--p1ai/") == Target("xn--e1afmkfd.xn--p1ai", 443, "/")
    assert target_of("https://hooks.example.org:8443/", ports=[443, 8443]).port == 8443


def test_operator_names_a_host_of_her_own_network_with_its_port():
    named = ["10.0.0.7:8443", "intranet"]
    assert target_of("https://10.0.0.7:8443/x", named=named) == Target("10.0.0.7", 8443, "/x", is_named=True)
    assert target_of("https://intranet/", named=named).is_named
    for address in ("https://10.0.0.7/", "https://10.0.0.7:8444/", "https://intranet:22/", "https://10.0.0.8:8443/"):
        with pytest.raises(UnfitAddress):
            target_of(address, named=named)


@pytest.mark.parametrize("number", NOT_PUBLIC)
def test_number_that_only_we_reach_is_not_public(number):
    assert not is_public(number)


@pytest.mark.parametrize("number", PUBLIC)
def test_number_of_the_internet_is_public(number):
    assert is_public(number)


# ── The line ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def receiver(tmp_path, monkeypatch) -> Iterator[Receiver]:
    """That this process trusts, under two names."""
    made = Receiver(tmp_path, names=("localhost", "hooks.example.org"))
    monkeypatch.setenv("SSL_CERT_FILE", str(made.certificate))
    yield made
    made.close()


class Resolver:
    """Answers each time with the next of its answers, and counts."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers, self.asked = list(answers), 0

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked += 1
        return self.answers.pop(0)


def named(receiver: Receiver, host: str = "hooks.example.org") -> Target:
    return Target(host, receiver.port, "/in", is_named=True)


def code_of(*args, **kwargs) -> str:
    with pytest.raises(NotReached) as failed:
        ask(*args, **kwargs)
    return failed.value.code


def test_it_asks_the_number_that_was_looked_up_under_the_name(receiver):
    answer = ask("POST", named(receiver), headers={"x-a": "b"}, body=b"{}", look_up=Resolver(["127.0.0.1"]))
    [received] = receiver.received
    assert answer == Answer(204, b"")
    assert (received.path, received.body, received.headers["x-a"]) == ("/in", b"{}", "b")
    assert received.headers["host"] == f"hooks.example.org:{receiver.port}"
    assert not {"cookie", "authorization", "referer"} & set(received.headers)


@pytest.mark.parametrize(
    "answers",
    [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"], ["::1"], ["::ffff:127.0.0.1"], ["10.0.0.1"]],
)
def test_name_that_leads_home_is_not_asked_even_if_it_leads_elsewhere_too(receiver, answers):
    target = Target("hooks.example.org", receiver.port, "/in")
    assert code_of("GET", target, look_up=Resolver(answers)) == "not_public"
    assert receiver.received == []


def test_second_look_up_that_answers_otherwise_never_happens(receiver):
    """A name server that first says one thing and then another, as in DNS rebinding."""
    resolver = Resolver(["127.0.0.1"], ["127.0.0.2"])
    assert ask("POST", named(receiver), look_up=resolver).status == 204
    assert (resolver.asked, len(receiver.received)) == (1, 1)
    rebinding = Resolver(["10.0.0.1"], ["8.8.8.8"])
    assert code_of("POST", Target("hooks.example.org", 443, "/"), look_up=rebinding) == "not_public"
    assert rebinding.asked == 1


def test_next_number_is_tried_where_the_first_does_not_answer(receiver):
    assert ask("POST", named(receiver), look_up=Resolver(["127.0.0.9", "127.0.0.1"])).status == 204
    assert code_of("POST", named(receiver), look_up=Resolver(["127.0.0.9"])) == "unreachable"


def test_name_that_leads_nowhere():
    def unknown(host: str, port: int) -> list[str]:
        raise OSError

    assert code_of("GET", Target("no.example.org", 443, "/"), look_up=unknown) == "no_such_host"
    assert code_of("GET", Target("no.example.org", 443, "/"), look_up=Resolver([])) == "no_such_host"


def test_certificate_must_be_for_the_name_and_by_somebody_who_is_trusted(receiver, monkeypatch):
    assert code_of("GET", named(receiver, "other.example.org"), look_up=Resolver(["127.0.0.1"])) == "bad_certificate"
    monkeypatch.delenv("SSL_CERT_FILE")
    assert code_of("GET", named(receiver), look_up=Resolver(["127.0.0.1"])) == "bad_certificate"
    assert receiver.received == []


def test_no_proxy_of_the_environment_is_asked(receiver, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.9:1")
    assert ask("GET", named(receiver), look_up=Resolver(["127.0.0.1"])).status == 204


def test_redirect_is_an_answer_and_is_not_followed(receiver):
    receiver.answers = [redirect]
    assert ask("POST", named(receiver), look_up=Resolver(["127.0.0.1"])).status == 307
    assert [one.path for one in receiver.received] == ["/in"]


def test_line_that_is_cut(receiver):
    receiver.answers = [cut]
    assert code_of("POST", named(receiver), look_up=Resolver(["127.0.0.1"])) == "unreachable"


def test_answer_that_is_no_http(receiver):
    receiver.answers = [lambda handler: handler.wfile.write(b"SSH-2.0-x\r\n\r\n") and None]
    assert code_of("POST", named(receiver), look_up=Resolver(["127.0.0.1"])) == "no_http"


@pytest.mark.parametrize("drop", [b"", b"x", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_slow_answer_is_cut_however_steadily_it_drips(receiver, drop):
    def drip(handler: BaseHTTPRequestHandler) -> None:
        while not receiver.over.wait(0.02):
            handler.wfile.write(drop)

    receiver.answers = [drip]
    assert code_of("POST", named(receiver), seconds=0.5, look_up=Resolver(["127.0.0.1"])) == "slow"


def test_of_a_huge_answer_no_more_is_read_than_is_wanted(receiver):
    ended = [threading.Event(), threading.Event()]

    def pour(handler: BaseHTTPRequestHandler) -> None:
        end = ended[len(receiver.received) - 1]
        handler.send_response(200)
        handler.end_headers()
        try:
            while not receiver.over.is_set():
                handler.wfile.write(bytes(100_000))
        except OSError:
            end.set()

    receiver.answers = [pour, pour]
    assert ask("POST", named(receiver), look_up=Resolver(["127.0.0.1"])) == Answer(200, b"")
    assert code_of("GET", named(receiver), most_bytes=1000, look_up=Resolver(["127.0.0.1"])) == "too_large"
    assert all(end.wait(20) for end in ended)
