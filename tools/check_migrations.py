"""Check that no migration is missing and that ours run forwards, back and forwards again on a fresh database."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.test")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def main() -> None:
    """Exit with an error at the first thing that is wrong."""
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    print("   forwards: done", flush=True)
    try:
        _go_back_and_forwards()
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def _go_back_and_forwards() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(_beginnings(executor))
    print(f"   back: {', '.join(_labels(executor))}", flush=True)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    print("   forwards again: done", flush=True)


def _labels(executor: MigrationExecutor) -> list[str]:
    labels = {path.rpartition(".")[2] for path in settings.LOCAL_APPS}
    return sorted(labels & executor.loader.migrated_apps)


def _beginnings(executor: MigrationExecutor) -> list[tuple[str, str | None]]:
    """Where each of our apps goes back to: nothing, or what the user model needs.

    Django's and Wagtail's own migrations stand on the first one of people and would have to go back with it.
    """
    graph = executor.loader.graph
    user_model = settings.AUTH_USER_MODEL.partition(".")[0]
    stays = dict(graph.forwards_plan(graph.root_nodes(user_model)[0]))
    return [(label, stays.get(label)) for label in _labels(executor)]


if __name__ == "__main__":
    main()
