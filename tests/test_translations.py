"""The interface is complete in Russian and Kyrgyz: collected, translated, with the same placeholders and tags."""

import ast
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import polib
import pytest

from tests.ladder import called, name_of, sources, tree

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ["ru", "ky"]
GETTEXT = {"_", "gettext", "ngettext", "pgettext", "npgettext", "gettext_lazy", "ngettext_lazy", "pgettext_lazy"}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|%[sd%]")
TAG = re.compile(r"</?[a-z][^>]*>")
CYRILLIC = re.compile(r"[А-Яа-яЁёҢңӨөҮү]")
LATIN_WORD = re.compile(r"[A-Za-z]{3,}")
# The same in every language: names, units, formats.
# Texts that are written whole in each language: tests/people/test_views_help.py compares them.
WHOLE_TEXTS = ROOT / "templates" / "help" / "pages"
UNTRANSLATED = {"Yntymak", "CSV", "XLSX", "PDF", "QR", "PIN", "ISO", "Telegram", "WhatsApp", "English"}


def _path(language: str, root: Path = ROOT) -> Path:
    return root / "lms" / "locale" / language / "LC_MESSAGES" / "django.po"


def _catalogue(language: str, root: Path = ROOT) -> polib.POFile:
    return polib.pofile(str(_path(language, root)))


def _key(entry: polib.POEntry) -> tuple[str, str, str]:
    return (entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")


def _translations(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def _signature(pattern: re.Pattern[str], text: str) -> list[str]:
    return sorted(pattern.findall(text))


@pytest.fixture(scope="module", params=LANGUAGES)
def catalogue(request):
    return _catalogue(request.param)


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """A copy of the sources with no catalogue at all, in which the strings were collected anew."""
    copy = tmp_path_factory.mktemp("sources")
    for name in ("lms", "curricula", "templates", "static"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo", "*.po"))
    (copy / "lms" / "locale").mkdir(exist_ok=True)
    environment = {**os.environ, "DATA_DIR": str(copy / "var"), "DATABASE_URL": "", "CACHE_URL": ""}
    command = [sys.executable, str(ROOT / "tools" / "collect_messages.py")]
    subprocess.run(command, cwd=copy, env=environment, check=True, capture_output=True)
    return {_key(entry) for entry in _catalogue("ru", copy)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_holds_exactly_the_strings_of_the_code(collected, language):
    held = {_key(entry) for entry in _catalogue(language) if not entry.obsolete}
    assert (sorted(collected - held), sorted(held - collected)) == ([], []), "run `make messages` and translate"


def test_no_string_stands_inside_another():
    """In an f-string the collector does not see it."""
    faults = [
        f"{name_of(path)}:{call.lineno}"
        for path in sources("lms", "curricula")
        for text in ast.walk(tree(path))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and called(call) in GETTEXT
    ]
    assert faults == []


def test_nothing_is_untranslated(catalogue):
    assert [entry.msgid for entry in catalogue if not entry.obsolete and not all(_translations(entry))] == []


def test_nothing_is_fuzzy(catalogue):
    assert [entry.msgid for entry in catalogue if entry.fuzzy] == []


def test_every_plural_form_is_there(catalogue):
    forms = int(re.search(r"nplurals=(\d+)", catalogue.metadata["Plural-Forms"])[1])
    short = [entry.msgid for entry in catalogue if entry.msgid_plural and len(_translations(entry)) != forms]
    assert short == []


@pytest.mark.parametrize("pattern", [PLACEHOLDER, TAG], ids=["placeholders", "tags"])
def test_translation_keeps_what_is_no_word(catalogue, pattern):
    """A plural form may leave out the number itself ("one person"), never anything else."""
    faults = []
    for entry in catalogue:
        wanted = {tuple(_signature(pattern, text)) for text in (entry.msgid, entry.msgid_plural) if text}
        found = {tuple(_signature(pattern, text)) for text in _translations(entry) if text}
        if not found <= wanted:
            faults.append(entry.msgid)
    assert faults == []


def test_translation_keeps_the_edges(catalogue):
    """Spaces and line ends at the edges, which join strings on a page."""
    faults = [
        entry.msgid
        for entry in catalogue
        for text in _translations(entry)
        if text and (text != text.strip()) != (entry.msgid != entry.msgid.strip())
    ]
    assert faults == []


def test_translation_is_in_its_language(catalogue):
    words = re.compile("|".join([PLACEHOLDER.pattern, TAG.pattern, *map(re.escape, UNTRANSLATED)]))
    faults = [
        entry.msgid
        for entry in catalogue
        for text in _translations(entry)
        if text and LATIN_WORD.search(words.sub("", entry.msgid)) and not CYRILLIC.search(text)
    ]
    assert faults == []


OTHER_WORDS = {
    "ky": ["e-mail", "балл"],
    "ru": ["e-mail", "аккаунт", r"спис\w+ ожидания", r"карт(а|ы|у|е|ой)\b", "установк"],
}


@pytest.mark.parametrize(("language", "other"), [(one, other) for one in OTHER_WORDS for other in OTHER_WORDS[one]])
def test_one_thing_has_one_word(language, other):
    """An electronic letter's address, a point of a test, a card: beside the word that we chose stood another one."""
    texts = [text for entry in _catalogue(language) for text in _translations(entry)]
    texts += [path.read_text(encoding="utf-8") for path in (WHOLE_TEXTS / language).glob("*.html")]
    assert [text for text in texts if re.search(rf"\b{other}", text, re.IGNORECASE)] == []


def test_kyrgyz_is_not_russian():
    """A sentence of four words and more is never the same in both."""
    russian = {_key(entry): _translations(entry) for entry in _catalogue("ru")}
    same = [
        entry.msgid
        for entry in _catalogue("ky")
        if len(entry.msgid.split()) >= 4
        and any(text and text in russian.get(_key(entry), []) for text in _translations(entry))
    ]
    assert same == []


class _Words(HTMLParser):
    """Words that stand in a template by themselves, where a person would read or hear them."""

    SPOKEN = {"alt", "title", "placeholder", "aria-label", "aria-description"}

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag, attrs):
        self.silent += tag in {"script", "style"}
        for name, value in attrs:
            if name in self.SPOKEN and value:
                self._look(value)

    def handle_endtag(self, tag):
        self.silent -= tag in {"script", "style"}

    def handle_data(self, data):
        if not self.silent:
            self._look(data)

    def _look(self, text):
        words = [word for word in re.findall(r"[^\W\d_]{2,}", text) if word not in UNTRANSLATED]
        if words:
            self.found.append(" ".join(words))


def _words_outside_translation(source: str) -> list[str]:
    """What is left of a template's words without its tags, variables, comments and translated blocks."""
    source = re.sub(r"\{%-?\s*comment\b.*?\{%-?\s*endcomment\s*%\}|\{#.*?#\}", "", source, flags=re.DOTALL)
    source = re.sub(r"\{%-?\s*blocktrans(late)?\b.*?\{%-?\s*endblocktrans(late)?\s*%\}", "", source, flags=re.DOTALL)
    source = re.sub(r"\{%-?\s*block\s+\w*class\s*%\}.*?\{%-?\s*endblock", "", source, flags=re.DOTALL)
    parser = _Words()
    parser.feed(re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL))
    return parser.found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>{% translate 'Hello' %} {{ name }}</p>", []),
        ("<p>Hello {{ name }}</p>", ["Hello"]),
        ("<img alt='A map'>", ["map"]),
        ("{% block main_class %}narrow{% endblock %}", []),
        ("{% blocktranslate trimmed %}Hello{% endblocktranslate %}<b>7</b>", []),
    ],
)
def test_words_outside_translation_are_found(source, found):
    assert _words_outside_translation(source) == found


def test_templates_say_nothing_outside_translation():
    faults = {
        str(path.relative_to(ROOT)): words
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if WHOLE_TEXTS not in path.parents
        if (words := _words_outside_translation(path.read_text(encoding="utf-8")))
    }
    assert faults == {}
