"""What she agreed to, and which of the organisations that teach her may print her name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise

from lms.people.models import CONSENT_TEXTS, SHOWS_MORE, Consent, ConsentPurpose, Organisation, User
from lms.people.permissions import schools_of

# Her newest answers about one purpose by the organisation that each names; under None the one that names none.
type Answers = dict[UUID | None, Consent]


def answers_among(consents: Iterable[Consent]) -> Answers:
    """Those that hold among all that she ever gave about one purpose: one that names no organisation ends the rest."""
    held: Answers = {}
    for consent in sorted(consents, key=lambda consent: (consent.at, consent.pk)):
        if consent.organisation_id is None:
            held.clear()
        held[consent.organisation_id] = consent
    return held


def answers_of(person: User) -> dict[str, Answers]:
    """The same per purpose: one query."""
    given: dict[str, list[Consent]] = {}
    for consent in Consent.objects.filter(person=person):
        given.setdefault(consent.purpose, []).append(consent)
    return {purpose: answers_among(consents) for purpose, consents in given.items()}


def record_taken_back_at(person: User) -> datetime | None:
    """Since when her newest answer about her learning record is a no: for whoever keeps that record."""
    answer = answers_of(person).get(ConsentPurpose.LEARNING_RECORD, {}).get(None)
    return None if answer is None or answer.given else answer.at


def answer_to(answers: Answers, organisation_id: UUID) -> Consent | None:
    """What holds for this organisation."""
    return answers.get(organisation_id) or answers.get(None)


def agrees_herself(answer: Consent | None, since: datetime | None) -> bool:
    """Is it a yes that counts where several organisations ask: her own, and naming this one?

    One that names none counts if she gave it since she came to her place there.
    """
    if answer is None or not answer.given or answer.recorded_by_id != answer.person_id:
        return False
    return answer.organisation_id is not None or (since is not None and answer.at >= since)


@dataclass(frozen=True)
class Agreement:
    """What one of the organisations that teach her may do with her name."""

    organisation: Organisation
    answer: Consent | None
    is_given: bool


@dataclass(frozen=True)
class ConsentState:
    """One purpose, what it means, and her newest answer if she gave one; or one for each organisation that asks."""

    purpose: ConsentPurpose
    text: str | Promise
    answer: Consent | None
    agreements: list[Agreement]

    @property
    def is_given(self) -> bool:
        return self.answer is not None and self.answer.given

    @property
    def shows_more(self) -> bool:
        """Does a yes show more of her, so that she herself has to say it?"""
        return self.purpose in SHOWS_MORE

    @property
    def has_one_yes(self) -> bool:
        return sum(agreement.is_given for agreement in self.agreements) == 1


def consent_states(person: User) -> list[ConsentState]:
    """All purposes in their order: two queries, and two more where several organisations ask."""
    answers, agreements = answers_of(person), {ConsentPurpose.CERTIFICATE: agreements_of(person)}
    return [
        ConsentState(purpose, CONSENT_TEXTS[purpose], answers.get(purpose, {}).get(None), agreements.get(purpose, []))
        for purpose in ConsentPurpose
    ]


def agreements_of(person: User) -> list[Agreement]:
    """One for each organisation that asks for her name on a certificate, where she ever learned at more than one."""
    schools = schools_of(person)
    if len(schools) < 2:
        return []
    answers = answers_of(person).get(ConsentPurpose.CERTIFICATE, {})
    asking = {pk for pk, since in schools.items() if since or pk in answers}
    return [
        Agreement(one, answer := answer_to(answers, one.pk), agrees_herself(answer, schools[one.pk]))
        for one in Organisation.objects.filter(pk__in=asking).order_by("code")
    ]
