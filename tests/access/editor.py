"""Wagtail's editor under /cms/: its addresses by rule, each matched by exactly one.

A rule says for whom there is something; for everybody else the address answers with neither a page nor a form.
"""

import re
from dataclasses import dataclass

INSIDERS = ("editor", "translator", "regional_author", "administrator", "superuser")
WRITERS = ("editor", "administrator", "superuser")
SETTERS = ("administrator", "superuser")
OWNER = ("superuser",)


@dataclass(frozen=True)
class Rule:
    """`path` as in `tests.house.Address`, from its beginning, without "cms/"; `unless` another rule has it."""

    name: str
    path: str
    opens: tuple[str, ...]
    unless: str = r"(?!)"
    # Open to the whole world: no more than Wagtail's own words and pictures, and the way out.
    is_public: bool = False

    def matches(self, path: str) -> bool:
        """Is this the rule for the address?"""
        rest = path.removeprefix("cms/")
        return re.match(self.path, rest) is not None and re.match(self.unless, rest) is None


_CHANGING_PAGES = r"pages/%\(page(_to_move)?_id\)s/(delete|unpublish|move/$|set_position|privacy|lock|unlock)"
_CHANGING_REVISIONS = r"pages/%\(page_id\)s/revisions/%\(revision_id\)s/unschedule"
_CHANGING_SNIPPETS = r"snippets/(choose/)?curricula/\w+/(add|delete|create)/"
_CHOOSING_FILES = r"(documents|images)/chooser/(?!create)"
_CHOOSING_TASKS = r"workflows/task_chooser/"
_ADDING_FILES = r"(documents|images)/(chooser/create|add|multiple/add)/"
_LOOKING_AT_FILES = r"(documents|images)/((results/)?$|%\(image_id|(edit|delete|usage|multiple)/(?!add))"

RULES = (
    Rule("words and pictures", r"(jsi18n|sprite)/", INSIDERS, is_public=True),
    # Ours instead of Wagtail's: sign-in, own data, and nothing about people.
    Rule("doors of ours", r"(login|account)/", ()),
    Rule("signing out", r"logout/", INSIDERS, is_public=True),
    Rule("people", r"(users|groups|password_reset|reports/site-history|failwhale)/", ()),
    Rule("nothing", r"%\(_0\)s/$|/$", ()),
    Rule("first page", r"$|test404/|dismissibles/", INSIDERS),
    Rule("what the editor's scripts ask", r"(api|editing-sessions|tag-autocomplete|block-preview)/", INSIDERS),
    Rule("choosing", r"choose-", INSIDERS),
    Rule("several at once", r"bulk/", INSIDERS),
    Rule("pages", r"pages/", INSIDERS, unless=f"{_CHANGING_PAGES}|{_CHANGING_REVISIONS}"),
    Rule("pages: out, elsewhere, shut", f"{_CHANGING_PAGES}|{_CHANGING_REVISIONS}", WRITERS),
    Rule("snippets", r"snippets/", INSIDERS, unless=_CHANGING_SNIPPETS),
    Rule("snippets: more and fewer", _CHANGING_SNIPPETS, WRITERS),
    Rule("files", _LOOKING_AT_FILES, WRITERS),
    Rule("files: more", _ADDING_FILES, WRITERS),
    Rule("files: choosing", _CHOOSING_FILES, INSIDERS),
    Rule("documents are fetched", r"documents/(%\(_0\)s|authenticate_with_password)/", (), is_public=True),
    Rule("collections", r"collections/", OWNER),
    Rule("workflows", r"workflows/", SETTERS, unless=_CHOOSING_TASKS),
    Rule("workflows: choosing a task", _CHOOSING_TASKS, INSIDERS),
    Rule("languages of the content", r"locales/", SETTERS),
    # Of her own organisation: whoever runs the site is nobody inside one.
    Rule("look of certificates", r"certificates/", ("administrator",)),
    Rule("sites", r"sites/", OWNER),
    Rule("reports", r"reports/", INSIDERS, unless=r"reports/site-history"),
    Rule("translating", r"localize/", INSIDERS),
)
