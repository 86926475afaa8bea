"""The ladder of apps as the import contracts in pyproject.toml have it, and the source files that stand on it."""

import ast
import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOT_APPS = {"urls", "settings"}
# curricula stands beside people and yet may import only these (contract "curricula-limits").
SEEN_BY_CURRICULA = {"common", "jobs", "curricula"}


@cache
def contracts() -> dict[str, dict]:
    """The import contracts by their id."""
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["id"]: contract for contract in configuration["tool"]["importlinter"]["contracts"]}


def rungs(contract: str) -> list[list[str]]:
    """The layers of a contract from top to bottom, each with its siblings, without parentheses."""
    return [[name.strip().strip("()") for name in layer.split("|")] for layer in contracts()[contract]["layers"]]


@cache
def apps() -> list[str]:
    """Labels of all apps that have a place on the ladder, from top to bottom."""
    names = [name.removeprefix("lms.") for rung in rungs("apps-and-curricula") for name in rung]
    return [name for name in names if name not in NOT_APPS]


@cache
def visible_to(app: str) -> frozenset[str]:
    """Labels of the apps that `app` may know of: itself and whatever stands below."""
    if app == "curricula":
        return frozenset(SEEN_BY_CURRICULA)
    ladder = [[name.removeprefix("lms.") for name in rung] for rung in rungs("apps-and-curricula")]
    place = next(index for index, rung in enumerate(ladder) if app in rung)
    return frozenset({app, *(name for rung in ladder[place + 1 :] for name in rung)})


def app_of(path: Path) -> str | None:
    """Label of the app that a Python file belongs to; None for settings, urls and the like."""
    parts = path.relative_to(ROOT).parts
    label = parts[0] if parts[0] == "curricula" else parts[1]
    return label if label in apps() else None


def sources(*folders: str) -> list[Path]:
    """Our Python files below these folders, without migrations."""
    paths = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return [path for path in paths if "migrations" not in path.parts]


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name_of(path: Path) -> str:
    """The path as a person reads it in a failure."""
    return str(path.relative_to(ROOT))


def called(node: ast.AST) -> str:
    """The last part of the name of what a call calls or a decorator applies; empty where it has none."""
    target = node.func if isinstance(node, ast.Call) else node
    if isinstance(target, ast.Attribute):
        return target.attr
    return target.id if isinstance(target, ast.Name) else ""
