"""What is in the database: an organisation that can begin, no demonstration, texts that somebody has read."""

from collections.abc import Iterator, Sequence

from django.utils import timezone

from curricula.models import Fact, FactStatus, Instrument, ModulePage
from curricula.queries import awaiting_review
from lms.cohorts.permissions import FOUNDING_ROLES
from lms.dashboard.checks.findings import Finding, lacking, look, well
from lms.people.models import Organisation, Role, RoleKind, User
from lms.people.queries import signs_apart
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
    roles = Role.objects.begun(timezone.localdate()).filter(asleep_since__isnull=True)
    held = list(roles.filter(organisation=organisation, person__is_active=True))
    item, lacks = f"organisation {organisation.code}", _lacks(organisation, held)
    yield lacking(item, lacks) if lacks else well(item, "two people may sign who do not depend on each other")
    if not organisation.signatory_name:
        who = f"signatory {organisation.code}"
        yield look(who, "Certificates would bear an empty line for the signature: an administrator writes the name.")


def _lacks(organisation: Organisation, held: Sequence[Role]) -> str:
    """The next thing to do before it can train, or nothing."""
    second = f"manage.py invite_administrator {organisation.code} NAME makes a second administrator"
    planners = [role for role in held if role.kind == RoleKind.COORDINATOR]
    apart = signs_apart(held, [RoleKind.ADMINISTRATOR])
    if not planners and apart:
        return "Nobody plans cohorts: an administrator invites a coordinator on the desk, another confirms her role."
    if not planners:
        return f"Nobody plans cohorts: a coordinator takes two administrators. {second}."
    if all(role.unconfirmed_since for role in planners):
        waits = "A coordinator waits for a second administrator"
        return f"{waits}, who confirms her role under “Staff and roles”." if apart else f"{waits}: {second}."
    return "" if signs_apart(held, FOUNDING_ROLES) else f"The first trainers need two signatures: {second}."


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
    has_texts = ModulePage.objects.exists()
    for queue in awaiting_review():
        count = len(queue.pages) + queue.questions + queue.facts + queue.instruments
        item = f"native review, {queue.language}"
        if count:
            yield look(item, f"{count} texts that no native speaker has read: see /cms/.")
        elif not has_texts:
            yield look(item, "No text is loaded yet: manage.py load_starter.")
        else:
            yield well(item)


CONTENT_CHECKS = (demonstration, regions_and_modules, organisations, what_visitors_tell, legal_texts, native_review)
