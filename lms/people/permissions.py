"""What a person may do: her dated roles, each for one organisation and one region with everything below it."""

from collections.abc import Callable, Hashable, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField, DateField, Q, QuerySet, UUIDField
from django.http import HttpRequest
from django.utils import timezone

from lms.common.prepared import Bound, Take, prepared
from lms.people.models import ActiveRole, AuditEntry, Card, Engagement, Organisation, Role, RoleKind, User
from lms.regions.models import RegionKind

# In the audit trail: a card has another PIN, and somebody made one for herself with a card that others had printed.
PRINTED, OWN_PIN = "renew_pins", "make_own_pin"
# So long such a PIN opens nothing that shows or ends everything about her.
OWN_PIN_WAITS = timedelta(days=1)
# In the trail of a change of her display name: it was certainly she.
HERSELF = "herself"

# Matches no row: what somebody without a role sees.
NOTHING = Q(pk__in=[])

# The organisations in whose trainings somebody ever took part, and since when she has the newest of her places there;
# None: she has none now.  An app above knows them.
type SchoolsOf = Callable[[User], dict[UUID, datetime | None]]
_schools: dict[str, SchoolsOf] = {}


class SignedInRequest(HttpRequest):
    """For the type checker: a request that has passed `login_required`."""

    user: User


def active_roles(user: User | AnonymousUser) -> list[ActiveRole]:
    """Today's roles: one query, kept on the user object during the request."""
    if not user.is_authenticated:
        return []
    if user._active_roles is None:
        rows = list(_roles(person=user.pk, day=timezone.localdate()))
        user._active_roles = [_active(*role) for *role, asleep, unconfirmed in rows if not asleep and not unconfirmed]
        user._has_sleeping_roles = any(asleep for *_role, asleep, _unconfirmed in rows)
        user._has_unconfirmed_roles = any(unconfirmed for *_role, unconfirmed in rows)
    return user._active_roles


@prepared(person=UUIDField(), day=DateField())
def _roles(person: Any, day: Any) -> QuerySet[Role, Any]:
    roles = Role.objects.begun(day).filter(person=person)
    place = ("region__path", "region__kind")
    return roles.values_list("kind", "organisation", *place, "asleep_since", "unconfirmed_since")


def _active(kind: str, organisation_id: UUID, path: str | None, of: str | None) -> ActiveRole:
    """A role for the country's own node is for the whole country, as one without a region."""
    return ActiveRole(kind, organisation_id, "" if path is None or of == RegionKind.COUNTRY else path)


def has_sleeping_roles(user: User | AnonymousUser) -> bool:
    """Has she roles that open nothing, because somebody else renewed her card?  Asks with her other roles."""
    active_roles(user)
    return isinstance(user, User) and user._has_sleeping_roles


def has_unconfirmed_roles(user: User | AnonymousUser) -> bool:
    """Has she roles that open nothing yet, because a second administrator has not confirmed them?"""
    active_roles(user)
    return isinstance(user, User) and user._has_unconfirmed_roles


def is_participant(user: User | AnonymousUser) -> bool:
    """Is she signed in, and no member of staff?"""
    return user.is_authenticated and not user.is_superuser and not active_roles(user)


def ask_anew(user: User) -> None:
    """After a change of her roles, or of what she does for whom, while this object of her is in use."""
    user._active_roles = user._engagements = None


def engagements(user: User | AnonymousUser) -> list[Engagement]:
    """For whom she trains, may train or coaches, or did: one query, kept on the user object during the request.

    Whoever has none never had a cohort, a standing or a trainee, and needs not be looked for among those who have.
    """
    if not user.is_authenticated:
        return []
    if user._engagements is None:
        user._engagements = _engagements(person=user.pk)
    return user._engagements


@prepared(person=UUIDField())
def _engagements(person: Any) -> QuerySet[Engagement]:
    return Engagement.objects.filter(person=person)


def left_by(user: User | AnonymousUser) -> list[UUID]:
    """The organisations for which she trained or coached, and that she has left since."""
    return [engagement.organisation_id for engagement in engagements(user) if engagement.left_at is not None]


class Reader:
    """The person who asks, as an argument of a prepared read: written once for all who have such roles as she.

    The filters that are made of her roles and engagements (`scope_filter`, `left_by`) are made of her stand-in's.
    What answers for one thing at hand (`has_role` in an organisation, `has_left`) cannot be asked about it.
    """

    def shape(self, value: User) -> Hashable:
        """Her roles, each for a region or the whole country, and her engagements, each left or not."""
        roles = tuple((role.kind, bool(role.region_path)) for role in active_roles(value))
        return roles, tuple(engagement.left_at is None for engagement in engagements(value))

    def stand_in(self, value: User, take: Take) -> Any:
        return _StandIn(value, take)


class _StandIn(Bound):
    """In a filter she is her id."""

    is_authenticated = True

    def __init__(self, user: User, take: Take) -> None:
        super().__init__(lambda values: take(values).pk, UUIDField())
        self.pk = self
        self._active_roles = [_role(role, place, take) for place, role in enumerate(active_roles(user))]
        self._engagements = [_engagement(one, place, take) for place, one in enumerate(engagements(user))]


def _role(role: ActiveRole, place: int, take: Take) -> ActiveRole:
    """One like it, whose organisation and region come with the call."""
    organisation: Any = Bound(lambda values: active_roles(take(values))[place].organisation_id, UUIDField())
    path: Any = Bound(lambda values: active_roles(take(values))[place].region_path, CharField())
    return ActiveRole(role.kind, organisation, path if role.region_path else "")


def _engagement(engagement: Engagement, place: int, take: Take) -> Engagement:
    organisation: Any = Bound(lambda values: engagements(take(values))[place].organisation_id, UUIDField())
    return Engagement(organisation_id=organisation, left_at=engagement.left_at)


def has_role(user: User | AnonymousUser, *kinds: str, organisation_id: UUID | None = None) -> bool:
    """Has she one of these roles, in this organisation if one is named?"""
    return any(
        role.kind in kinds and (organisation_id is None or role.organisation_id == organisation_id)
        for role in active_roles(user)
    )


def scope_filter(
    user: User | AnonymousUser, kinds: Iterable[str], organisation_field: str, region_path_field: str
) -> Q:
    """The rows within her roles of these kinds: same organisation, region at or below the role's.

    `region_path_field` names the tree path of the row's region ("region__path").  Without such a role: no row.
    """
    wanted, scope = set(kinds), Q()
    for role in active_roles(user):
        if role.kind in wanted:
            here = Q(**{organisation_field: role.organisation_id})
            if role.region_path:
                here &= Q(**{f"{region_path_field}__startswith": role.region_path})
            scope |= here
    return scope or NOTHING


def may_renew_access(user: User, person: User) -> bool:
    """May she make somebody a link to a new password?  Whoever can, can sign in as her.

    An administrator may where all roles that the person ever had, and all that she trained, coached and learned, are
    in organisations that she administers: her cohorts outlast her roles.  A stranger's organisation comes among them by
    the person's own yes alone (actions.offers), so that nobody opens her account, or closes it to those who help her,
    by naming her.  Whoever runs the installation may for those who were never anything but administrators: nobody else
    could help the only one.
    """
    if person.is_superuser or not person.username or not person.is_active:
        return False
    return _is_only_hers(user, person) or (user.is_superuser and _only_administers(person))


def may_give_user_name(user: User, person: User) -> bool:
    """May she give somebody who signs in by card alone a user name, and so a password?  Under the same rule."""
    return not person.username and person.is_active and not person.is_superuser and _is_only_hers(user, person)


def may_open_again(user: User, person: User) -> bool:
    """May she open a closed account?  Under the same rule; an erased or merged person is nobody's to open."""
    gone = person.erased_at is not None or person.merged_into_id is not None
    return not gone and bool(person.username) and _is_only_hers(user, person)


def belongs_to(person: User, organisation: Organisation) -> bool:
    """Has she a role there, now or to come, or does she train or coach for it and has not left?

    To anybody else a role is offered, not given: whoever left may belong to others by now.
    """
    roles = Role.objects.not_ended(timezone.localdate()).filter(person=person, organisation=organisation)
    work = Engagement.objects.filter(person=person, organisation=organisation, left_at__isnull=True)
    return roles.exists() or work.exists()


def is_asked_first(person: User, organisation: Organisation) -> bool:
    """Is a role there offered to her and not given: does she not belong there, or could another sign in with her card?

    Whoever printed the card for a training would have the role with it; accepting asks for a word and makes a new PIN
    (actions.offers).
    """
    return not belongs_to(person, organisation) or needs_word(person)


def needs_word(person: User) -> bool:
    """Does a role come to her by a word alone?  A PIN that she made with the card of somebody else does not end that:
    it could be the printer's, who would have the role with it.
    """
    return _others_printed_last(person, PRINTED) or _sleeps(person)


def is_in_doubt(person: User) -> bool:
    """Could another sign in as she: do others know the PIN of her card, or do her roles sleep because they did?"""
    return others_know_pin_of(person) or _sleeps(person)


def others_know_pin_of(person: User) -> bool:
    """Has she a card whose PIN of today somebody else printed?  One that she made herself ends it."""
    return _others_printed_last(person, PRINTED, OWN_PIN)


def own_pin_holds_from(person: User) -> datetime | None:
    """When the first PIN that she made on a card that others had printed is a day old; None: she waits for nothing.

    Until then whoever printed it could be the one who made it, and she notices: the card in her hand opens nothing.
    One that came with a word (verb PRINTED) is hers at once.
    """
    card = Card.objects.filter(person=person, replaced_at=None, printed_at__isnull=False).first()
    if card is None:
        return None
    made = AuditEntry.objects.filter(subject_type=Card._meta.label_lower, subject_id=str(card.pk))
    pins = list(made.filter(verb__in=(PRINTED, OWN_PIN)).order_by("at", "pk").values_list("verb", "actor_id", "at"))
    by_others = [place for place, (_verb, maker, _at) in enumerate(pins) if maker != person.pk]
    hers = pins[by_others[-1] + 1 :] if by_others else []
    return hers[0][2] + OWN_PIN_WAITS if hers and all(verb == OWN_PIN for verb, _maker, _at in hers) else None


def is_called_by_herself(person: User) -> bool | None:
    """Did she write her display name herself, while nobody else knew her PIN?  None: nothing tells any more."""
    hers = AuditEntry.objects.filter(subject_type=User._meta.label_lower, subject_id=str(person.pk))
    renamed = hers.filter(verb="change_profile", details__field="display_name").order_by("at", "pk").last()
    if renamed is not None:
        return bool(renamed.details.get(HERSELF))
    made = hers.filter(verb="create_participant").first()
    return made.actor_id is None if made else None


def _sleeps(person: User) -> bool:
    return Role.objects.asleep(timezone.localdate()).filter(person=person).exists()


def _others_printed_last(person: User, *verbs: str) -> bool:
    card = Card.objects.filter(person=person, replaced_at=None, printed_at__isnull=False).first()
    if card is None:
        return False
    made = AuditEntry.objects.filter(verb__in=verbs, subject_type=Card._meta.label_lower, subject_id=str(card.pk))
    newest = made.order_by("at", "pk").last()
    return newest is None or newest.actor_id != person.pk


def has_left(person: User, organisation_id: UUID) -> bool:
    """Did she train or coach for it, until her account was ended there?"""
    return organisation_id in left_by(person)


def leavers_of(organisation_id: UUID) -> QuerySet[Engagement]:
    """Who did something for it and has left."""
    return Engagement.objects.filter(organisation=organisation_id, left_at__isnull=False)


def works_elsewhere(person: User, organisations: Iterable[Organisation]) -> bool:
    """Had she ever a role, a cohort, a trainee, or a place in a training, in an organisation that is none of these?"""
    return not houses_of(person) | schools_of(person).keys() <= {organisation.pk for organisation in organisations}


def _is_only_hers(user: User, person: User) -> bool:
    """Does she administer every organisation for which the person ever did something, or in which she learned?"""
    mine = {role.organisation_id for role in active_roles(user) if role.kind == RoleKind.ADMINISTRATOR}
    hers = houses_of(person)
    return bool(hers) and hers | schools_of(person).keys() <= mine


def houses_of(person: User) -> set[UUID]:
    """The organisations in which she ever had a role, trained, could train or coached."""
    roles = Role.objects.filter(person=person).values_list("organisation", flat=True)
    return {*roles, *Engagement.objects.filter(person=person).values_list("organisation", flat=True)}


def name_schools(name: str, known: SchoolsOf) -> None:
    """An app above registers itself in `AppConfig.ready`; the same name twice is one."""
    _schools[name] = known


def schools_of(person: User) -> dict[UUID, datetime | None]:
    """Her account is also her way to what she learned there, and to a card that is printed there for her."""
    return {school: since for known in _schools.values() for school, since in known(person).items()}


def _only_administers(person: User) -> bool:
    kinds = set(Role.objects.filter(person=person).values_list("kind", flat=True))
    return kinds == {RoleKind.ADMINISTRATOR} and not Engagement.objects.filter(person=person).exists()
