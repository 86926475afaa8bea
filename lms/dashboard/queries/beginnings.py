"""What comes next where an organisation has only just begun: from nothing to its first training."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lms.cohorts.models import Cohort, FoundingProposal, Standing
from lms.cohorts.permissions import FOUNDING_ROLES
from lms.people.models import Organisation, Role, RoleKind, User
from lms.people.permissions import active_roles
from lms.people.queries import signs_apart

# "next" is hers to do, "waiting" somebody else's, "later" comes after what stands above it.
type State = Literal["done", "next", "waiting", "later"]

_FOUND = _("Make the first organisation, together with its administrator.")
_FIRST = _("Invite its administrator: she invites everybody else.")
_COME = _("Its administrator sets her password by the link that she got.")
_SECOND = _(
    "Invite a second administrator: a coordinator and the first trainers need two signatures that do not depend on "
    "each other."
)
_COORDINATOR = _("Invite a coordinator: she plans the trainings and issues the certificates.")
_TRAINERS = _("Invite those who will train first.")
_SIGNATORY = _("Write who signs the certificates: without it the line for the signature stays empty.")
_SIGNER = _(
    "Whoever runs this site invites a second administrator: a coordinator and the first trainers need two signatures "
    "that do not depend on each other."
)
_FOUNDING = _("Propose the first trainers; a second person confirms.")
_TRAINING = _("The coordinator plans the first training.")
_INVITED = _("An administrator of the organisation invites those who will train first.")
_PLAN = _("Plan the first training. It opens once its lead trainer may train.")
_NOT_COME = _("has set no password yet")
_UNCONFIRMED = _("waits for the second signature")
_ASK = _("not invited yet: ask for it")
# Whoever was never invited has come by a card or a password; whoever was, once she has set hers.
_CAME = Q(person__invitation__isnull=True) | ~Q(person__password__startswith=UNUSABLE_PASSWORD_PREFIX)


@dataclass(frozen=True)
class Step:
    """One thing to do; `address` is where, `word` says what it waits for."""

    text: str | Promise
    state: State
    address: str = ""
    word: str | Promise = ""


@dataclass(frozen=True)
class Beginning:
    """An organisation, if there is one, and its steps in their order."""

    name: str
    steps: Sequence[Step]
    # Where nobody may train yet.
    untrained: UUID | None = None

    @property
    def is_over(self) -> bool:
        return all(step.state == "done" for step in self.steps)


def beginnings_for(user: User, day: date, *, plans: bool = False) -> list[Beginning]:
    """Of the organisations that she administers, and for whoever runs the installation of all: what is not done yet.

    The latter learns of an organisation that it has its first trainers, and of nobody in it but whom she invited.
    `plans`: also of those that she coordinates, what has to come before anybody trains there.
    """
    administered = _organisations(user, RoleKind.ADMINISTRATOR)
    coordinated = _organisations(user, RoleKind.COORDINATOR) if plans else set()
    young = list(_young(Q() if user.is_superuser else Q(pk__in=administered | coordinated), day))
    if not young and user.is_superuser and not Organisation.objects.exists():
        return [Beginning("", [Step(_FOUND, "next", reverse("people:found")), Step(_COME, "later")])]
    held = _roles_in(young, day) if young else {}
    found = []
    if user.is_superuser:
        found += [_beginning(one, _outside(one, held.get(one.pk, []))) for one in young]
    for one in young:
        if one.pk in administered:
            found.append(_beginning(one, _inside(one, held.get(one.pk, []), plans=one.pk in coordinated)))
        elif one.pk in coordinated and not (one.has_trainers and one.trainer_came):
            found.append(_beginning(one, _ahead(one, held.get(one.pk, []))))
    return [beginning for beginning in found if not beginning.is_over]


def _organisations(user: User, kind: RoleKind) -> set[UUID]:
    return {role.organisation_id for role in active_roles(user) if role.kind == kind}


def _beginning(organisation: Any, steps: Sequence[Step]) -> Beginning:
    return Beginning(organisation.name, steps, None if organisation.has_trainers else organisation.pk)


def _young(whose: Q, day: date) -> QuerySet[Organisation, Any]:
    """Those that lack something of what the steps ask for."""
    of_it = {"organisation": OuterRef("pk")}
    waiting = FoundingProposal.objects.waiting(timezone.now()).filter(**of_it)
    roles = Role.objects.active(day).filter(_CAME, **of_it, person__is_active=True)
    standings = Standing.objects.filter(**of_it)
    came = Exists(standings.filter(_CAME)) | Exists(roles.filter(kind=RoleKind.TRAINER))
    organisations = Organisation.objects.annotate(
        has_trainers=Exists(standings),
        has_cohorts=Exists(Cohort.objects.filter(**of_it)),
        has_proposals=Exists(waiting),
        trainer_came=ExpressionWrapper(came, output_field=BooleanField()),
        coordinator_came=Exists(roles.filter(kind=RoleKind.COORDINATOR)),
    )
    whole = Q(has_trainers=True, has_cohorts=True, trainer_came=True, coordinator_came=True)
    return organisations.filter(whose).exclude(whole, ~Q(signatory_name="")).order_by("code")


def _roles_in(organisations: Collection[Organisation], day: date) -> dict[UUID, list[Role]]:
    awake = Role.objects.begun(day).filter(asleep_since__isnull=True)
    roles = awake.filter(organisation__in=organisations, person__is_active=True)
    held: dict[UUID, list[Role]] = defaultdict(list)
    for role in roles.select_related("person__invitation"):
        held[role.organisation_id].append(role)
    return held


def _outside(organisation: Any, held: Collection[Role]) -> list[Step]:
    """For whoever runs the installation."""
    address = reverse("people:invite_administrator", args=[organisation.pk])
    came = _arrived(held, RoleKind.ADMINISTRATOR)
    apart = _is_signed(organisation, held)
    if came == "next":
        return [Step(_FIRST, came, address), Step(_SECOND, "done" if apart else "later")]
    first = Step(_COME, came, reverse("people:organisations"), _NOT_COME)
    return [first, Step(_SECOND, "done" if apart else "next", address)]


def _inside(organisation: Any, held: Collection[Role], *, plans: bool) -> list[Step]:
    """For its administrator, who may be its coordinator too."""
    trainers = _trainers(organisation, held)
    last = Step(_TRAINING, "done" if organisation.has_cohorts else "later")
    return [
        _signer(organisation, held),
        _coordinator(held),
        _to_invite(_TRAINERS, RoleKind.TRAINER, trainers),
        _founding(organisation),
        *_signatory(organisation),
        _to_plan(organisation, held) if plans else last,
    ]


def _ahead(organisation: Any, held: Collection[Role]) -> list[Step]:
    """For its coordinator, while nobody who may train there has come."""
    trainers = _trainers(organisation, held)
    invited = Step(_INVITED, "done" if trainers == "done" else "waiting", "", _ASK if trainers == "next" else _NOT_COME)
    return [invited, _signer(organisation, held), _founding(organisation), _to_plan(organisation, held)]


def _signer(organisation: Any, held: Collection[Role]) -> Step:
    """Before whatever needs her."""
    return Step(_SIGNER, "done" if _is_signed(organisation, held) else "waiting", "", _ASK)


def _founding(organisation: Any) -> Step:
    """What makes the first trainers."""
    trained, proposed = organisation.has_trainers, organisation.has_proposals
    founding: State = "done" if trained else "waiting" if proposed else "next"
    return Step(_FOUNDING, founding, reverse("cohorts:founding"), _UNCONFIRMED)


def _signatory(organisation: Organisation) -> list[Step]:
    """Asked for only while it is missing: whoever founds an organisation on the command line may have given it."""
    if organisation.signatory_name:
        return []
    return [Step(_SIGNATORY, "next", reverse("people:organisation", args=[organisation.pk]))]


def _to_plan(organisation: Any, held: Collection[Role]) -> Step:
    """A draft needs somebody who may come to lead it."""
    if organisation.has_cohorts:
        return Step(_PLAN, "done")
    may_lead = organisation.has_trainers or any(role.kind == RoleKind.TRAINER for role in held)
    return Step(_PLAN, "next", reverse("cohorts:plan")) if may_lead else Step(_PLAN, "later")


def _to_invite(text: Promise, kind: RoleKind, state: State) -> Step:
    if state == "next":
        return Step(text, state, f"{reverse('people:invite')}?kind={kind}")
    return Step(text, state, reverse("people:invitations"), _NOT_COME)


def _coordinator(held: Collection[Role]) -> Step:
    """She works once a second administrator has confirmed her role."""
    came = _arrived(held, RoleKind.COORDINATOR)
    if came == "done" and not _plans(held):
        return Step(_COORDINATOR, "waiting", reverse("people:roles"), _UNCONFIRMED)
    return _to_invite(_COORDINATOR, RoleKind.COORDINATOR, came)


def _arrived(held: Collection[Role], kind: RoleKind) -> State:
    """Has somebody with this role come, or was she invited at least?"""
    people = [role.person for role in held if role.kind == kind]
    if any(person.has_usable_password() or not hasattr(person, "invitation") for person in people):
        return "done"
    return "waiting" if people else "next"


def _trainers(organisation: Any, held: Collection[Role]) -> State:
    """The same of those who train first, by a role or by what they may train: both are given before anybody came."""
    if organisation.trainer_came:
        return "done"
    return "waiting" if organisation.has_trainers else _arrived(held, RoleKind.TRAINER)


def _plans(held: Collection[Role]) -> bool:
    """Has somebody confirmed a coordinator?"""
    return any(role.kind == RoleKind.COORDINATOR and not role.unconfirmed_since for role in held)


def _is_signed(organisation: Any, held: Collection[Role]) -> bool:
    """Is there the second administrator, or nothing left that she would sign for?"""
    if signs_apart(held, [RoleKind.ADMINISTRATOR]):
        return True
    return _plans(held) and (organisation.has_trainers or signs_apart(held, FOUNDING_ROLES))
