"""Only an address of this very site is judged: look-alikes are none of ours."""

import pytest

from lms.common.codes import dictated, encode_id
from tests.certificates.verifier.conftest import Ask
from tests.certificates.verifier.making import ID, ORIGIN, make_text

TEXT = make_text()
PATH = TEXT.removeprefix(ORIGIN)
STATEMENT = TEXT.partition("#")[2]
NAME = encode_id(ID)


def read(ask: Ask, *texts: str, origin: str = ORIGIN) -> list:
    return ask([("address", {"text": text, "origin": origin}) for text in texts])


def test_printed_address_is_read(ask):
    [found, spaced] = read(ask, TEXT, f"\n {TEXT} ")
    assert found == spaced
    assert (found["id"], found["idBytes"]) == (NAME, ID.hex())


def test_address_without_a_statement_is_for_the_site_to_answer(ask):
    assert read(ask, f"{ORIGIN}/v/{NAME}", f"{ORIGIN}/v/{NAME}#", f"{ORIGIN}/v/{NAME}#name") == [{"id": NAME}] * 3


LOOK_ALIKES = {
    "other host": f"https://yntymak.example.evil.example{PATH}",
    "host that begins the same": f"https://yntymak.exampleevil{PATH}",
    "subdomain": f"https://www.yntymak.example{PATH}",
    "user before the host": f"https://yntymak.example@evil.example{PATH}",
    "user before our host": f"https://evil.example@yntymak.example{PATH}",
    "user with a path": f"https://yntymak.example/v/{NAME}@evil.example/#{STATEMENT}",
    "port": f"https://yntymak.example:8443{PATH}",
    "port that is the usual one": f"https://yntymak.example:443{PATH}",
    "without TLS": f"http://yntymak.example{PATH}",
    "another scheme": f"javascript://yntymak.example{PATH}",
    "Cyrillic letter": f"https://уntymak.example{PATH}",
    "punycode": f"https://xn--ntymak-6of.example{PATH}",
    "wide letters": f"https://ｙntymak.example{PATH}",
    "dot at the end": f"https://yntymak.example.{PATH}",
    "dot of another script": f"https://yntymak。example{PATH}",
    "capital letters": f"https://YNTYMAK.example{PATH}",
    "backslash": f"https://evil.example\\@yntymak.example{PATH}",
    "path that climbs": f"{ORIGIN}/x/..{PATH}",
    "path doubled": f"{ORIGIN}/{PATH}",
    "path below": f"{ORIGIN}/v/{NAME}/#{STATEMENT}",
    "encoded slash": f"{ORIGIN}/v%2F{NAME}#{STATEMENT}",
    "encoded letter": f"{ORIGIN}/%76/{NAME}#{STATEMENT}",
    "another path": f"{ORIGIN}/w/{NAME}#{STATEMENT}",
    "question": f"{ORIGIN}/v/{NAME}?next=https://evil.example#{STATEMENT}",
    "two fragments": f"{ORIGIN}/v/{NAME}#{STATEMENT}#{STATEMENT}",
    "fragment with an address": f"https://evil.example/#{TEXT}",
    "words before": f"see {TEXT}",
    "line between": f"{ORIGIN}/v/{NAME}\n#{STATEMENT}",
    "invisible letter": f"{ORIGIN}\u200b{PATH}",
    "id too short": f"{ORIGIN}/v/{NAME[:-1]}#{STATEMENT}",
    "id too long": f"{ORIGIN}/v/{NAME}A#{STATEMENT}",
    "id in another spelling": f"{ORIGIN}/v/{NAME[:-1]}x#{STATEMENT}",
    "statement too long": f"{ORIGIN}/v/{NAME}#{'A' * 1400}",
    "statement in base64": f"{ORIGIN}/v/{NAME}#{STATEMENT}==",
    "no scheme": TEXT.removeprefix("https:"),
    "nothing": "",
}


def test_no_look_alike_is_read(ask):
    found = read(ask, *LOOK_ALIKES.values())
    assert {name: answer for name, answer in zip(LOOK_ALIKES, found, strict=True) if answer} == {}


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8000", "https://yntymak.kg"])
def test_own_origin_is_the_one_that_was_opened(ask, origin):
    assert [bool(one) for one in read(ask, TEXT, f"{origin}{PATH}", origin=origin)] == [False, True]


def test_what_is_too_short_or_long_for_a_code_is_known_without_the_site(ask):
    code = dictated(ID)
    texts = ["AB", f"{code}X", code[:-6], code, f" {code.lower().replace('-', ' – ')}. ", code[:-1], NAME, f"/v/{NAME}"]
    assert ask([("miscounted", {"text": text}) for text in texts]) == [2, 28, 22, 0, 0, 0, 0, 0]
