"""What a verifier without a network has to know: whose keys, which titles, and which numbers are no longer good."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from lms.certificates.models import (
    LIST_SIZE,
    Certificate,
    CertificateState,
    InstallationKey,
    KeyState,
    SigningKey,
    StatusList,
    StatusPurpose,
)
from lms.certificates.queries.verdict import RESTING_STATES, asks_for_others, published_keys, steps_together
from lms.cohorts.models import CohortModule, Standing
from lms.common.dates import local_day
from lms.common.languages import texts_of
from lms.people.models import Organisation

_STATES = {
    StatusPurpose.REVOCATION: CertificateState.REVOKED,
    StatusPurpose.SUSPENSION: CertificateState.SUSPENDED,
}


# What a person decided about a certificate, and on a day that the public may know.
DECIDED = ("revoked", "suspended", "superseded")


@dataclass(frozen=True)
class ListPart:
    """A part of an organisation's numbers: for each thing that can be said of a number, those of which it is true.

    A place is the number within the part, from 0.  `since`: for what was decided, the day of each place; `steps`: of a
    trainer's licence that rests, by its place, what brings it back, as far as that was written down.
    """

    organisation: str
    part: int
    places: dict[str, list[int]]
    since: dict[str, dict[int, date]] = field(default_factory=dict)
    steps: dict[int, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Trust:
    """All of it, as it is now.  Texts are {language: text}, by the code of the organisation or module."""

    keys: list[SigningKey]
    site_keys: list[InstallationKey]
    organisations: dict[str, dict[str, str]]
    modules: dict[str, dict[str, str]]
    lists: list[ListPart]


def trust_now() -> Trust:
    """Read in seven queries; a few milliseconds for a thousand certificates."""
    keys = published_keys()
    issuers = Organisation.objects.filter(pk__in={key.organisation_id for key in keys}).order_by("code")
    return Trust(
        keys=keys,
        site_keys=site_keys(),
        organisations={one.code: texts_of(one, "name") for one in issuers},
        modules=_titles(),
        lists=_lists(),
    )


def site_keys() -> list[InstallationKey]:
    """Those that sign, signed or will sign for the site itself, the newest first."""
    return list(InstallationKey.objects.order_by("-not_before", "kid"))


def site_key(at: datetime) -> InstallationKey | None:
    """The one that signs at this moment; none on a site that has issued nothing yet."""
    current = InstallationKey.objects.filter(state=KeyState.ACTIVE, not_before__lte=at, not_after__gte=at)
    return current.order_by("-not_before", "-kid").first()


def places_of(status_list: StatusList) -> list[int]:
    """The places of this list of which its purpose is true now."""
    first = status_list.part * LIST_SIZE
    rows = Certificate.objects.filter(
        organisation=status_list.organisation,
        status_index__gte=first,
        status_index__lt=first + LIST_SIZE,
        state=_STATES[StatusPurpose(status_list.purpose)],
    )
    return [index - first for index in rows.values_list("status_index", flat=True)]


def _titles() -> dict[str, dict[str, str]]:
    """Of every module that was ever delivered, as it was called the last time."""
    pinned = CohortModule.objects.exclude(pinned={}).order_by("pk")
    return dict(sorted(pinned.values_list("module_code", "pinned__titles")))


def _lists() -> list[ListPart]:
    rests = _rests()
    columns = ("pk", "organisation__code", "status_index", "state", "state_since", "holder__erased_at")
    found: dict[tuple[str, int], ListPart] = {}
    for pk, organisation, index, state, since, erased_at in Certificate.objects.values_list(*columns).iterator():
        part, place = divmod(index, LIST_SIZE)
        one = found.setdefault(
            (organisation, part), ListPart(organisation, part, defaultdict(list), defaultdict(dict), {})
        )
        said = {
            "issued": True,
            "revoked": state == CertificateState.REVOKED,
            "suspended": state == CertificateState.SUSPENDED,
            "superseded": state == CertificateState.SUPERSEDED,
            "resting": pk in rests and rests[pk].are_all,
            "resting_some": pk in rests and not rests[pk].are_all,
            "erased": erased_at is not None,
        }
        for name in (name for name, is_so in said.items() if is_so):
            one.places[name].append(place)
            if name in DECIDED:
                one.since[name][place] = local_day(since)
        if pk in rests and rests[pk].steps:
            one.steps[place] = rests[pk].steps
    return [one for _of, one in sorted(found.items())]


class _Rest(NamedTuple):
    """Do all of a certificate's modules rest, or some, and what brings them back?"""

    are_all: bool
    steps: dict[str, str]


def _rests() -> dict[UUID, _Rest]:
    """Of trainers' certificates, as `resting_modules` says it of one."""
    held: dict[tuple[UUID, UUID], dict[str, tuple[str, dict[str, str]]]] = defaultdict(dict)
    standings = Standing.objects.order_by("created_at", "pk")
    for person, organisation, code, *said in standings.values_list(
        "person", "organisation", "module_code", "state", "steps_back"
    ):
        held[person, organisation][code] = (said[0], said[1])
    rows = Certificate.objects.filter(standing__isnull=False)
    found = {}
    for pk, person, organisation, joined, steps, modules in rows.values_list(
        "pk", "person", "organisation", "standing__state", "standing__steps_back", "claims__modules"
    ):
        codes = [module["code"] for module in modules]
        others = held.get((person, organisation)) if asks_for_others(codes, joined) else None
        states = others or {codes[-1]: (joined, steps)}
        resting = [code for code in codes if code in states and states[code][0] in RESTING_STATES]
        if resting:
            found[pk] = _Rest(len(resting) == len(codes), steps_together(states[code][1] for code in resting))
    return found
