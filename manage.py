#!/usr/bin/env python
"""Django's command line; `make run`, `make serve` and `make test` call it for you."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def _lacking(fault: ImproperlyConfigured) -> str:
    """What the environment lacks, item by item, in the columns of `check_installation`."""
    items = "\n".join(f"{'LACKING':<8} {'settings':<24} {said}" for said in str(fault).splitlines())
    return f"{items}\n── Nothing was done.  What each is, and where it stands: README, “One server”, “Several servers”."


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.dev")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # Once they are read it is a fault of ours, and its traceback is needed.
        if settings.configured:
            raise
        sys.exit(_lacking(error))
    except KeyboardInterrupt:
        print("\n── Stopped.  The same command begins again where it is needed.", file=sys.stderr)
        sys.exit(130)
