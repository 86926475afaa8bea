"""`manage.py load_demo`: invented people and three cohorts, once; what was entered since then stays."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from lms.common.codes import decode_id, dictated
from lms.dashboard.starter.cohorts import (
    MODULE,
    NEXT_MODULE,
    found_trainer,
    make_coming_cohort,
    make_ended_cohort,
    make_running_cohort,
    training_day,
)
from lms.dashboard.starter.people import PASSWORD, STAFF, Cast, make_cast
from lms.people.actions import renew_pins
from lms.people.models import User
from lms.people.queries import live_cards

# How many participants get a printed card: enough to try, few enough to read.
CARDS = 3
# Who holds a certificate and has a card too, by her place in the cast.
HOLDER = 1


class Command(BaseCommand):
    help = "Loads a demonstration cohort with accounts for every role; does nothing if it was loaded before."

    def handle(self, **_options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("A demonstration is for trying things out; these settings do not allow one.")
        if User.objects.filter(is_demonstration=True).exists():
            self.stdout.write("The demonstration is there already; what was entered stays.")
            return
        with transaction.atomic():
            lines = self._load()
        path = Path(settings.DATA_DIR) / "demo-sign-ins.txt"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.stdout.write(f"Loaded {len(STAFF)} accounts of staff, {CARDS + 1} cards, and three cohorts.")

    def _load(self) -> list[str]:
        now = timezone.now()
        cast = make_cast(now - timedelta(days=60))
        for module_code in (MODULE, NEXT_MODULE):
            found_trainer(cast, now - timedelta(days=59), module_code)
        day = training_day(now)
        make_ended_cohort(cast, day)
        make_running_cohort(cast, day)
        make_coming_cohort(cast, day)
        return [*_staff_lines(), *_card_lines(cast), *_holder_lines(cast)]


def _staff_lines() -> list[str]:
    base = settings.PUBLIC_BASE_URL
    lines = [f"Staff sign in at {base}/en/accounts/login/ with the password {PASSWORD}:"]
    return [*lines, *(f"   {username:<13} {name}" for username, name, _kind, _organisation in STAFF)]


def _card_lines(cast: Cast) -> list[str]:
    lines = [f"Participants sign in at {settings.PUBLIC_BASE_URL}/card/ with a card:"]
    return [*lines, *_printed(cast.participants[-CARDS:], by=cast.staff["trainer"])]


def _holder_lines(cast: Cast) -> list[str]:
    """Her PIN is her own, so that what waits for one is open at once: how her name is shown, her copy, her erasure."""
    holder = cast.participants[HOLDER]
    signs_in = ["Somebody who holds a certificate signs in there, too:", *_printed([holder], by=holder)]
    certificate = holder.certificates.get()
    return [
        *signs_in,
        f"Her certificate, which anybody may check: {settings.PUBLIC_BASE_URL}/v/{certificate.public_id}",
        f"The code on it, to type at {settings.PUBLIC_BASE_URL}/verify/: {dictated(decode_id(certificate.public_id))}",
    ]


def _printed(people: list[User], *, by: User) -> list[str]:
    pins, cards = renew_pins(people=people, by=by, at=timezone.now()), live_cards(people)
    return [f"   {cards[person.pk].code}   PIN {pins[person.pk]}" for person in people]
