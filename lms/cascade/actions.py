"""Licences rest and wake as the rules of their modules say."""

from collections import Counter
from datetime import datetime

from django.db import transaction

from lms.cascade.queries import Judged, judge_standings, standings_to_judge
from lms.cohorts.actions import rest_standing, wake_standing
from lms.cohorts.models import StandingState
from lms.common.dates import local_day

# So many are read and written at once: nobody else waits long for them.
BATCH = 200


def refresh_standings(*, at: datetime, batch: int = BATCH) -> Counter[str]:
    """Writes down which licences rest and which are active again; says how many of each (rested, woken).

    Batch by batch, each a transaction of its own: killed in between, the next night goes on.  A repeat is harmless.
    """
    changed: Counter[str] = Counter()
    after = None
    while standings := standings_to_judge(local_day(at), after=after, limit=batch):
        judged = judge_standings(standings, at)
        with transaction.atomic():
            changed.update(_settle(one, at) for one in judged)
        after = standings[-1].pk
    return changed


def _settle(judged: Judged, at: datetime) -> str:
    standing = judged.standing
    if judged.steps_back:
        rest_standing(standing=standing, steps_back=judged.steps_back, at=at)
        return "worded" if standing.state == StandingState.DORMANT else "rested"
    wake_standing(standing=standing, at=at)
    return "woken"
