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

# Other people's migrations stand on the first one of people (the user model) and would go back with it.
STAYS = {"people": "0001_initial"}


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
    labels = [path.rpartition(".")[2] for path in settings.LOCAL_APPS]
    ours = sorted({label for label in labels if label in executor.loader.migrated_apps})
    executor.migrate([(label, STAYS.get(label)) for label in ours])
    print(f"   back: {', '.join(ours)}", flush=True)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    print("   forwards again: done", flush=True)


if __name__ == "__main__":
    main()
