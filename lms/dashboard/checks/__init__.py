"""What an installation still lacks before people may rely on it; `manage.py check_installation` says it.

`environment`: what the settings say.  `connections`: what answers.  `keeping`: what outlives an accident.  `content`:
what is in the database.  A check is a function without arguments that yields findings; it writes nothing.
"""

from collections.abc import Callable, Iterator

from lms.dashboard.checks.connections import SERVICE_CHECKS, test_mail
from lms.dashboard.checks.content import CONTENT_CHECKS
from lms.dashboard.checks.environment import ENVIRONMENT_CHECKS
from lms.dashboard.checks.findings import Finding, Level, lacking, look, well
from lms.dashboard.checks.keeping import KEEPING_CHECKS

CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    *ENVIRONMENT_CHECKS,
    *SERVICE_CHECKS,
    *KEEPING_CHECKS,
    *CONTENT_CHECKS,
)

__all__ = ["CHECKS", "Finding", "Level", "lacking", "look", "test_mail", "well"]
