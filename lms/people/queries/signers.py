"""Whether there are two whose signatures do not depend on each other."""

from collections.abc import Collection, Iterable
from itertools import combinations

from lms.people.models import Role
from lms.people.queries.lines import signing_line


def signs_apart(held: Iterable[Role], kinds: Collection[str]) -> bool:
    """Are there among these two signers with roles of these kinds, neither of whom could have signed for the other?"""
    signers = {role.person_id for role in held if role.kind in kinds and not role.unconfirmed_since}
    return any(not one & other for one, other in combinations(map(signing_line, signers), 2))
