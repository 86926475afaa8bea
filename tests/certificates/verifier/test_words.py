"""What the scripts say of a certificate is what the page that answers online says."""

from typing import Any

import pytest
from django.utils import translation

from lms.certificates.rendering import described
from lms.certificates.rendering.verifier import verifier_words
from lms.certificates.signing import claims_of
from lms.common.languages import LANGUAGE_CODES
from tests.certificates.verifier.conftest import Ask
from tests.certificates.verifier.test_statements import in_script

PARTICIPANT: dict[str, Any] = {
    "issuer": {"code": "coalition", "names": {"en": "Coalition"}, "signatory": {}, "signatory_name": ""},
    "issued_on": "2026-04-30",
    "modules": [{"code": "M1", "hours": "7.5", "titles": {"en": "First"}}],
    "level": "participant",
    "languages": ["ky"],
    "expires_on": None,
    "trains_until": None,
}
TRAINER = PARTICIPANT | {
    "level": "certified",
    "languages": ["ru", "ky"],
    "modules": [*PARTICIPANT["modules"], {"code": "M2", "hours": "6", "titles": {"en": "Second"}}],
    "issued_on": "2026-11-24",
    "expires_on": "2029-04-01",
    "trains_until": "2029-04-01",
}
TOLD = ("certifies", "hours", "languages", "level", "issued_on", "expires_on")
MASTER = TRAINER | {"level": "master", "languages": ["ky", "ru", "en"], "modules": PARTICIPANT["modules"]}


@pytest.mark.parametrize("language", LANGUAGE_CODES)
@pytest.mark.parametrize("record", [PARTICIPANT, TRAINER, MASTER], ids=["participant", "trainer", "master"])
def test_claims_are_told_in_the_same_words_as_online(ask: Ask, record, language):
    with translation.override(language):
        said, words = described(record), verifier_words()
        expected = {name: str(said[name]) for name in TOLD}
    claims = in_script(claims_of(record, status_index=1))
    [told] = ask([("tell", {"claims": claims, "words": words, "language": language})])
    assert told == expected
    assert language != "ky" or ("модулдарды" in expected["certifies"]) == (len(record["modules"]) > 1)


def test_what_the_list_has_no_title_for_is_named_by_its_code(ask):
    texts = {"M1": {"ky": "Бир", "ru": ""}}
    asked = [("ky", "M1"), ("ru", "M1"), ("en", "M1"), ("ky", "M2")]
    answers = ask([("named", {"texts": texts, "code": code, "language": language}) for language, code in asked])
    assert answers == ["Бир", "Бир", "Бир", "M2"]
