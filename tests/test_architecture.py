"""What the import contracts cannot see: their own lists, strings that point upwards, templates, the house's form."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median

from django.conf import settings
from django.urls import get_resolver

from tests.ladder import ROOT, app_of, apps, called, contracts, name_of, rungs, sources, tree, visible_to

LONGEST_FUNCTION = 40
LONGEST_VIEW = 25
MEDIAN_FUNCTION = 10
LONGEST_FILE = 400
# "path::function": "why it is longer", for the function that would be worse in pieces.
LONGER_FOR_A_REASON: dict[str, str] = {}

CODE = sources("lms", "curricula")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html")) + sorted(ROOT.glob("lms/*/templates/**/*.html"))


def test_both_ladders_are_the_same():
    alone = [[f"lms.{name}" for name in rung] for rung in rungs("apps")]
    together = [[name for name in rung if name != "curricula"] for rung in rungs("apps-and-curricula")]
    assert together == alone
    assert next(rung for rung in rungs("apps-and-curricula") if "curricula" in rung) == ["lms.people", "curricula"]


def test_file_roles_are_checked_in_every_app():
    containers = {name.removeprefix("*.") for name in contracts()["file-roles"]["containers"]}
    assert containers == set(apps()) - {"common"}


def test_every_folder_is_an_installed_app_on_the_ladder():
    on_disk = {path.name for path in (ROOT / "lms").iterdir() if any(path.glob("*.py"))} - {"settings"}
    installed = {name.removeprefix("lms.") for name in settings.LOCAL_APPS}
    assert on_disk | {"curricula"} == installed
    assert installed - set(apps()) == set()


def test_installed_apps_are_ours_first():
    assert settings.INSTALLED_APPS[: len(settings.LOCAL_APPS)] == settings.LOCAL_APPS


def test_every_folder_with_code_has_an_init():
    folders = {
        folder
        for root in ("lms", "curricula")
        for path in (ROOT / root).rglob("*.py")
        for folder in path.parents
        if ROOT in folder.parents
    }
    assert sorted(name_of(folder) for folder in folders if not (folder / "__init__.py").exists()) == []


def _strings(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def _app_named_by(text: str) -> str | None:
    """The app that a string names as a model ("people.User") or as a dotted path ("lms.people.models")."""
    model = re.fullmatch(r"(\w+)\.[A-Z]\w*", text)
    dotted = re.fullmatch(r"(?:lms\.)?(\w+)(?:\.\w+)+", text) if text.startswith(("lms.", "curricula.")) else None
    found = model or dotted
    return found[1] if found and found[1] in apps() else None


def test_no_string_points_upwards():
    faults = [
        f"{name_of(path)}:{line} {text}"
        for path in CODE
        if (app := app_of(path))
        for line, text in _strings(path)
        if (named := _app_named_by(text)) and named not in visible_to(app)
    ]
    assert faults == []


@cache
def _owners() -> dict[str, str]:
    """Namespace of addresses → the app whose url module defines them."""
    owners = {}
    for resolver in get_resolver().url_patterns:
        for inner in [resolver, *getattr(resolver, "url_patterns", [])]:
            module = getattr(getattr(inner, "urlconf_module", None), "__name__", "")
            label = module.removeprefix("lms.").partition(".")[0]
            if getattr(inner, "namespace", None) and label in apps():
                owners[inner.namespace] = label
    return owners


def _is_above(namespace: str, app: str) -> bool:
    owner = _owners().get(namespace)
    return owner is not None and owner not in visible_to(app)


def test_addresses_of_our_apps_are_known():
    assert _owners()["dashboard"] == "dashboard"
    assert _owners()["verify"] == "certificates"


def _addresses_in_code(path: Path) -> Iterator[tuple[int, str]]:
    """Names of addresses that Python code turns into an address."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and called(node) in {"reverse", "reverse_lazy", "redirect", "resolve_url"}:
            for argument in node.args[:1]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield node.lineno, argument.value


def test_no_code_reverses_an_address_of_a_higher_app():
    faults = [
        f"{name_of(path)}:{line} {name}"
        for path in CODE
        if (app := app_of(path))
        for line, name in _addresses_in_code(path)
        if _is_above(name.partition(":")[0], app)
    ]
    assert faults == []


def _template_app(path: Path) -> str | None:
    """The app of a template: the folder under templates/, or the app it lies in; None for the common shell."""
    parts = path.relative_to(ROOT).parts
    return next((part for part in parts[:-1] if part in apps()), None)


def test_no_template_links_to_a_higher_app():
    address = re.compile(r"""\{%-?\s*url\s+["'](\w+):""")
    faults = [
        f"{name_of(path)} {match[0]}"
        for path in TEMPLATES
        if (app := _template_app(path))
        for match in address.finditer(path.read_text(encoding="utf-8"))
        if _is_above(match[1], app)
    ]
    assert faults == []


def test_no_template_includes_one_of_a_higher_app():
    template = re.compile(r"""\{%-?\s*(?:include|extends)\s+["'](\w+)/""")
    faults = [
        f"{name_of(path)} {match[0]}"
        for path in TEMPLATES
        if (app := _template_app(path))
        for match in template.finditer(path.read_text(encoding="utf-8"))
        if match[1] in apps() and match[1] not in visible_to(app)
    ]
    assert faults == []


def test_no_inline_script_or_style_in_templates():
    inline = re.compile(r"<style\b|<script\b(?![^>]*\bsrc=)(?![^>]*application/json)|\sstyle\s*=|\son[a-z]+\s*=", re.I)
    faults = [
        f"{name_of(path)}: {match[0].strip()}"
        for path in TEMPLATES
        if "pdf" not in path.parts
        for match in inline.finditer(re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "", path.read_text(encoding="utf-8")))
    ]
    assert faults == []


def test_no_signals():
    faults = [
        f"{name_of(path)}:{node.lineno} {node.module}"
        for path in CODE
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom)
        and node.module
        and (node.module == "django.dispatch" or node.module.endswith("signals"))
        and not node.module.startswith("celery.")
    ]
    assert faults == []


def test_file_names_say_what_is_inside():
    vague = {"utils", "util", "helpers", "helper", "misc", "tools", "services", "managers", "constants"}
    assert [name_of(path) for path in CODE if path.stem in vague or path.parent.name in vague] == []


def _functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef):
            yield node


def _length(function: ast.FunctionDef) -> int:
    """Lines from `def` to the end, without the docstring."""
    lines = (function.end_lineno or 0) - function.lineno + 1
    first = function.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return lines - ((first.end_lineno or 0) - first.lineno + 1 if documented else 0)


def _lengths(paths: list[Path]) -> dict[str, int]:
    return {f"{name_of(path)}::{function.name}": _length(function) for path in paths for function in _functions(path)}


def test_functions_are_short():
    lengths = _lengths([*CODE, *sources("tools")])
    assert median(lengths.values()) <= MEDIAN_FUNCTION
    longer = {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION}
    assert {name: length for name, length in longer.items() if name not in LONGER_FOR_A_REASON} == {}
    assert [name for name in LONGER_FOR_A_REASON if name not in longer] == []


def test_views_are_short():
    assert {name: length for name, length in _lengths(_of_role("views")).items() if length > LONGEST_VIEW} == {}


def test_files_are_short():
    lengths = {
        name_of(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in sources("lms", "curricula", "tools", "tests")
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_ignored_findings_are_named_and_types_say_why():
    bare = re.compile(r"#\s*(?:type:\s*ignore(?!\[[\w, -]+\]\s+# \w)|noqa(?!:\s*[A-Z]+\d))")
    faults = [
        f"{name_of(path)}:{number}"
        for path in sources("lms", "curricula", "tools", "tests")
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if bare.search(line)
    ]
    assert faults == []


def _of_role(role: str) -> list[Path]:
    return [path for path in CODE if path.stem == role or path.parent.name == role]


def test_verbs_take_their_arguments_by_name():
    faults = [
        f"{name_of(path)}::{node.name}"
        for path in _of_role("actions")
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and (node.args.args or node.args.posonlyargs)
    ]
    assert faults == []


def test_the_audit_trail_speaks_in_verbs():
    """As actions are named: `grant_role`, not `role_granted`."""
    participle = re.compile(r"_(?:\w+ed|given|read|made|set)$")
    faults = [
        f"{name_of(path)}:{keyword.value.lineno} {text.value}"
        for path in _of_role("actions")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and called(node) == "record_audit"
        for keyword in node.keywords
        if keyword.arg == "verb"
        for text in ast.walk(keyword.value)
        if isinstance(text, ast.Constant) and participle.search(str(text.value))
    ]
    assert faults == []


def test_actions_never_enqueue():
    faults = [
        f"{name_of(path)}:{node.lineno}"
        for path in _of_role("actions")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and called(node) in {"delay", "apply_async", "send_task"}
    ]
    assert faults == []


def test_locks_let_foreign_keys_pass():
    """A row that points at a locked one waits for a whole lock and, with rows of its own locked, for ever."""
    faults = [
        f"{name_of(path)}:{node.lineno}"
        for path in CODE
        if name_of(path) != "lms/privacy/actions/merging.py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr == "select_for_update" and "no_key" not in {word.arg for word in node.keywords}
    ]
    assert faults == []


def test_tasks_bear_arguments_that_they_do_not_know():
    faults = [
        f"{name_of(path)}::{function.name}"
        for path in _of_role("tasks")
        for function in _functions(path)
        if any(called(decorator) in {"shared_task", "task"} for decorator in function.decorator_list)
        and function.args.kwarg is None
    ]
    assert faults == []


def test_models_keep_no_rule_in_save():
    """A save() may refuse (evidence is append-only); one that changes what is saved hides a rule."""
    faults = [
        f"{name_of(path)}:{function.lineno}"
        for path in _of_role("models")
        for function in _functions(path)
        if function.name == "save"
        and any(isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) for node in ast.walk(function))
    ]
    assert faults == []


# Migrations that hold data and schema at once, and why.
MIXED_FOR_A_REASON = {
    "lms/people/migrations/0011_administrators_everywhere.py": "no migration comes before one that was applied",
}
MIGRATIONS = sorted(path for root in ("lms", "curricula") for path in (ROOT / root).rglob("migrations/[0-9]*.py"))


def test_migrations_are_named_for_what_they_hold():
    """Not by Django, whose names say which operation there is; each number once in its app."""
    vague = re.compile(
        r"\d{4}_(?:initial|auto|tables?|data|changes|fix|merge|alter_|add_|remove_|delete_)|.*_and_more$"
    )
    assert [name_of(path) for path in MIGRATIONS if vague.match(path.stem)] == []
    places = [(path.parent, path.stem.partition("_")[0]) for path in MIGRATIONS]
    assert len(places) == len(set(places))


def _operations(path: Path) -> list[ast.Call]:
    lists = [
        node.value
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Assign) and [getattr(target, "id", "") for target in node.targets] == ["operations"]
    ]
    return [call for found in lists if isinstance(found, ast.List) for call in found.elts if isinstance(call, ast.Call)]


def test_migrations_keep_data_apart_from_schema():
    kinds = {
        name_of(path): {called(one) in {"RunPython", "RunSQL"} for one in _operations(path)} for path in MIGRATIONS
    }
    assert [name for name, found in kinds.items() if len(found) != 1] == [*MIXED_FOR_A_REASON]


def test_migrations_know_their_way_back():
    faults = [
        f"{name_of(path)}:{one.lineno}"
        for path in MIGRATIONS
        for one in _operations(path)
        if called(one) in {"RunPython", "RunSQL"}
        and len(one.args) < 2
        and not {keyword.arg for keyword in one.keywords} & {"reverse_code", "reverse_sql"}
    ]
    assert faults == []
