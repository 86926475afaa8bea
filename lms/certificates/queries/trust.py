"""What a verifier without a network has to know: whose keys, which titles, and which numbers are no longer good."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
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
from lms.certificates.queries.verdict import RESTING_STATES, asks_for_others, published_keys
from lms.cohorts.models import CohortModule, Standing
from lms.common.languages import texts_of
from lms.people.models import Organisation

_STATES = {
    StatusPurpose.REVOCATION: CertificateState.REVOKED,
    StatusPurpose.SUSPENSION: CertificateState.SUSPENDED,
}


@dataclass(frozen=True)
class ListPart:
    """A part of an organisation's numbers: for each thing that can be said of a number, those of which it is true.

    A place is the number within the part, from 0.
    """

    organisation: str
    part: int
    places: Mapping[str, list[int]]


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
    rows = Certificate.objects.values_list("pk", "organisation__code", "status_index", "state", "holder__erased_at")
    found: dict[tuple[str, int], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for pk, organisation, index, state, erased_at in rows.iterator():
        part, place = divmod(index, LIST_SIZE)
        said = {
            "issued": True,
            "revoked": state == CertificateState.REVOKED,
            "suspended": state == CertificateState.SUSPENDED,
            "superseded": state == CertificateState.SUPERSEDED,
            "resting": rests.get(pk) == "resting",
            "resting_some": rests.get(pk) == "resting_some",
            "erased": erased_at is not None,
        }
        for name, is_so in said.items():
            if is_so:
                found[organisation, part][name].append(place)
    return [ListPart(*of, places) for of, places in sorted(found.items())]


def _rests() -> dict[UUID, str]:
    """Of trainers' certificates, as `resting_modules` says it of one: do all of its modules rest, or some?"""
    held: dict[tuple[UUID, UUID], dict[str, str]] = defaultdict(dict)
    standings = Standing.objects.order_by("created_at", "pk")
    for person, organisation, code, state in standings.values_list("person", "organisation", "module_code", "state"):
        held[person, organisation][code] = state
    rows = Certificate.objects.filter(standing__isnull=False)
    found = {}
    for pk, person, organisation, joined, modules in rows.values_list(
        "pk", "person", "organisation", "standing__state", "claims__modules"
    ):
        codes = [module["code"] for module in modules]
        others = held.get((person, organisation)) if asks_for_others(codes, joined) else None
        states = others or {codes[-1]: joined}
        resting = [code for code in codes if states.get(code) in RESTING_STATES]
        if resting:
            found[pk] = "resting" if len(resting) == len(codes) else "resting_some"
    return found
