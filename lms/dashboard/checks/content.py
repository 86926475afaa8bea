"""What is in the database: an organisation that can begin, no demonstration, texts that somebody has read."""

from collections.abc import Iterator

from django.utils import timezone

from curricula.models import Fact, FactStatus, Instrument, ModulePage
from curricula.queries import awaiting_review
from lms.cohorts.permissions import FOUNDING_ROLES
from lms.dashboard.checks.findings import Finding, lacking, look, well
from lms.people.models import Organisation, Role, RoleKind, User
from lms.regions.models import Region


def demonstration() -> Iterator[Finding]:
    count = User.objects.filter(is_demonstration=True).count()
    if count:
        yield lacking("demonstration", f"{count} accounts with printed passwords: begin with a database of its own.")
    else:
        yield well("demonstration", "no account")


def regions_and_modules() -> Iterator[Finding]:
    if not Region.objects.exists():
        yield lacking("regions", "manage.py load_regions")
    else:
        yield well("regions")
    modules = ModulePage.objects.live().values("code").distinct().count()
    if not modules:
        yield lacking("modules", "manage.py load_starter, or write your own in /cms/.")
    else:
        yield well("modules", str(modules))


def organisations() -> Iterator[Finding]:
    """Each needs a coordinator who plans, and two people who may sign the first trainers' standings."""
    found = Organisation.objects.order_by("code")
    if not found:
        yield lacking("organisation", "manage.py create_organisation CODE --administrator NAME …")
    for organisation in found:
        yield from _organisation(organisation)


def _organisation(organisation: Organisation) -> Iterator[Finding]:
    roles = Role.objects.active(timezone.localdate()).filter(organisation=organisation, person__is_active=True)
    item = f"organisation {organisation.code}"
    signers = roles.filter(kind__in=FOUNDING_ROLES).values("person").distinct().count()
    if not roles.filter(kind=RoleKind.COORDINATOR).exists():
        yield lacking(item, "Nobody plans cohorts: an administrator invites a coordinator on the desk.")
    elif signers < 2:
        yield lacking(item, "The first trainers need two signatures: invite a second coordinator or administrator.")
    else:
        yield well(item, f"{signers} people may sign")
    if not organisation.signatory_name:
        who = f"signatory {organisation.code}"
        yield look(who, "Certificates would bear an empty line for the signature: an administrator writes the name.")


def what_visitors_tell() -> Iterator[Finding]:
    """With several organisations a visitor's message goes to none of them, but to those who run the installation."""
    readers = User.objects.filter(is_superuser=True, is_active=True).count()
    if Organisation.objects.count() > 1 and not readers:
        yield lacking("what visitors tell", "Nobody reads it: manage.py createsuperuser makes somebody who does.")
    else:
        yield well("what visitors tell")


def legal_texts() -> Iterator[Finding]:
    waiting = sum(model.objects.filter(status=FactStatus.NEEDS_REVIEW).count() for model in (Fact, Instrument))
    late = sum(model.objects.filter(next_review__lt=timezone.localdate()).count() for model in (Fact, Instrument))
    if waiting or late:
        yield look(
            "legal texts", f"{waiting} to be confirmed, {late} past their day of review: see /cms/, the library."
        )
    else:
        yield well("legal texts")


def native_review() -> Iterator[Finding]:
    for queue in awaiting_review():
        count = len(queue.pages) + queue.questions + queue.facts + queue.instruments
        item = f"native review, {queue.language}"
        if count:
            yield look(item, f"{count} texts that no native speaker has read: see /cms/.")
        else:
            yield well(item)


CONTENT_CHECKS = (demonstration, regions_and_modules, organisations, what_visitors_tell, legal_texts, native_review)
