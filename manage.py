#!/usr/bin/env python
"""Django's command line; `make run` and `make test` call it for you."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.dev")
    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        print("\n── Stopped.  The same command begins again where it is needed.", file=sys.stderr)
        sys.exit(130)
