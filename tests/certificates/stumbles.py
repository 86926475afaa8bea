"""Places at which a worker stands still, so that a test kills it there (test_batches.py, test_keys_at_once.py).

`STAND_STILL_AT` names one of them in the worker's environment; without it nothing here does anything.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lms.certificates import tasks as certificate_tasks
from lms.certificates.actions import papers, writing
from lms.jobs import actions as job_actions
from lms.jobs import tasks as job_tasks

# After the call of which function a worker stands still.
PLACES: dict[str, tuple[Any, str]] = {
    "claimed": (job_tasks, "claim_job"),
    # The rows, before they are committed.
    "written": (writing, "_append_to_log"),
    "committed": (certificate_tasks, "issue_certificates"),
    # The file lies there, and no row names it.
    "drawn": (papers, "keep_pdf"),
    # A part has ended, and the whole does not know it.
    "finished": (job_tasks, "finish_job"),
    # All parts have ended, and the end of the whole is not committed.
    "joined": (job_actions, "_end_whole"),
}
# The same of a job that signs the certificates of a withdrawn key again.
SIGNING_PLACES: dict[str, tuple[Any, str]] = {
    "claimed_to_sign": (job_tasks, "claim_job"),
    # One is signed and committed, and nobody was told.
    "signed": (certificate_tasks, "sign_again"),
}
# So few are a part here.
PEOPLE_A_PART = 8


def sign_of(place: str, folder: Path) -> Path:
    """The file that says that a worker stands there."""
    return folder / f"{place}.reached"


def _standing(call: Callable[..., Any], sign: Path) -> Callable[..., Any]:
    def stand(*args: Any, **kwargs: Any) -> Any:
        answer = call(*args, **kwargs)
        sign.touch()
        time.sleep(120)
        return answer

    return stand


if place := os.environ.get("STAND_STILL_AT"):
    module, name = (PLACES | SIGNING_PLACES)[place]
    setattr(module, name, _standing(getattr(module, name), sign_of(place, Path(os.environ["DATA_DIR"]))))
if "DATA_DIR" in os.environ:
    certificate_tasks.PART_SIZE = PEOPLE_A_PART
