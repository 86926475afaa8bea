"""What the commands that replay the journal say in the end."""

from collections import Counter

from django.core.management.base import BaseCommand, CommandError

from lms.common.journal import unreadable_lines


def tell_replay(command: BaseCommand, replayed: Counter[str]) -> None:
    """What holds, and a failure where an entry could not be done: somebody may be there who was erased."""
    done, absent = replayed["done"], replayed["absent"]
    if not done + absent:
        command.stdout.write("Journal: no decision stands in it, so there was nothing to do once more.")
    else:
        command.stdout.write(f"Journal: {done} decisions in it (erasures, revocations …) are in force here.")
    if absent:
        command.stdout.write(f"Journal: {absent} are about something newer than this database: nothing to do for them.")
    if torn := unreadable_lines():
        lines = ", ".join(map(str, torn))
        command.stderr.write(f"Lines of the journal that cannot be read, and were left out: {lines}.")
    if replayed["failed"]:
        raise CommandError(
            f"{replayed['failed']} decisions could not be done again: see the log above. Let nobody in before"
            " manage.py replay_journal says nothing of the kind."
        )
