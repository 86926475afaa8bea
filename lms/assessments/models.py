"""Tests and what observers saw.  Answers are evidence: each save is a new row, the highest revision counts."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.cohorts.models import Cohort, Enrolment, Session
from lms.common.codes import new_id

PERSON = settings.AUTH_USER_MODEL


class Moment(models.TextChoices):
    PRE = "pre", _("pre-test")
    POST = "post", _("post-test")


class Paper(models.Model):
    """A test as a cohort sees it: every language of every item, frozen from the cohort's pins.

    `content` is what curricula.snapshots.build_paper gives; it holds the right answers and never leaves the server
    whole.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="papers")
    module_code = models.CharField(max_length=10)
    moment = models.CharField(max_length=4, choices=Moment)
    content = models.JSONField()
    minutes = models.PositiveSmallIntegerField()
    # In which the questions may be read: all of them, unless the organisation keeps to natively reviewed texts.
    languages = models.JSONField(default=list)
    created_at = models.DateTimeField()
    # The trainer opens and closes a test; papers exist before that.
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cohort", "module_code", "moment"], name="paper_one_per_moment")]

    def __str__(self) -> str:
        return f"paper {self.module_code} {self.moment}"

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None and self.closed_at is None


class AttemptState(models.TextChoices):
    OPEN = "open", _("open")
    SUBMITTED = "submitted", _("handed in")


class Attempt(models.Model):
    """One person's go at a paper.  Belongs to exactly one of an enrolment or (later) an anonymous slip.

    Its id is the seed of the order in which she sees the choices and never leaves the server (see snapshots).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="attempts")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, null=True, related_name="attempts")
    slip_code = models.CharField(max_length=12, blank=True)
    language = models.CharField(max_length=2)
    state = models.CharField(max_length=10, choices=AttemptState, default=AttemptState.OPEN)
    started_at = models.DateTimeField()
    deadline = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    # Begun by an allowance of hers, when the test had closed for the others.
    is_late = models.BooleanField(default=False)
    # Points and what could be reached, over all items and over the anchors; empty until handed in.
    points = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    max_points = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    anchor_points = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    anchor_max_points = models.DecimalField(max_digits=6, decimal_places=3, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(enrolment__isnull=False) & Q(slip_code=""))
                | (Q(enrolment__isnull=True) & ~Q(slip_code="")),
                name="attempt_one_owner",
            ),
            models.UniqueConstraint(
                fields=["paper", "enrolment"], condition=Q(enrolment__isnull=False), name="attempt_one_per_enrolment"
            ),
            models.UniqueConstraint(
                fields=["paper", "slip_code"], condition=~Q(slip_code=""), name="attempt_one_per_slip"
            ),
            models.CheckConstraint(
                condition=Q(state="open", submitted_at__isnull=True) | Q(state="submitted", submitted_at__isnull=False),
                name="attempt_submitted_with_time",
            ),
        ]
        indexes = [models.Index(fields=["deadline"], condition=Q(state="open"), name="attempt_open_by_deadline")]

    def __str__(self) -> str:
        return f"attempt {str(self.id)[-6:]}"

    @property
    def closed_at(self) -> datetime | None:
        """When its paper was closed over it: a late one ends by its own deadline."""
        return None if self.is_late else self.paper.closed_at


class Answer(models.Model):
    """One save of one answer.  `response` holds choice keys only, so that three languages pool."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="answers")
    item_key = models.CharField(max_length=20)
    # Counted by the device per item; an older one that arrives late changes nothing.
    revision = models.PositiveIntegerField()
    response = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "item_key", "revision"], name="answer_once_per_revision")
        ]

    def __str__(self) -> str:
        return f"answer {self.attempt_id}/{self.item_key}/{self.revision}"


class LateReason(models.TextChoices):
    """Codes alone, and none that says what ails her."""

    AWAY = "away", _("could not be there")
    PHONE = "phone", _("the phone or the line failed")
    OTHER = "other", _("another reason")


class Allowance(models.Model):
    """One person may write a post-test that has ended for the others; who gave it stands in the audit trail."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="allowances")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="allowances")
    until = models.DateTimeField()
    reason = models.CharField(max_length=5, choices=LateReason)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["paper", "enrolment"], name="allowance_once_per_person")]

    def __str__(self) -> str:
        return f"allowance {str(self.id)[-6:]}"


class PaperCount(models.Model):
    """How many took a test, when nobody's attempt is kept any more."""

    paper = models.OneToOneField(Paper, on_delete=models.PROTECT, primary_key=True, related_name="counted")
    started = models.PositiveSmallIntegerField()
    handed_in = models.PositiveSmallIntegerField()
    # Of these by an allowance, when the others knew the answers: they took the test, and are in no statistics of it.
    late = models.PositiveSmallIntegerField(default=0)
    # The sum over all that were handed in and are not late; each could reach the number of the paper's items.
    points = models.DecimalField(max_digits=9, decimal_places=3)

    def __str__(self) -> str:
        return f"count of {self.paper_id}"


class ItemCount(models.Model):
    """How one question of a test was answered in one language, by all who handed in and were not late."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="item_counts")
    item_key = models.CharField(max_length=20)
    language = models.CharField(max_length=2)
    answered = models.PositiveSmallIntegerField()
    # The sum of what the answers earned, each from 0 to 1.
    points = models.DecimalField(max_digits=9, decimal_places=3)
    # How often each choice was ticked: {choice key: count}; {} for ordering and matching.
    chosen = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["paper", "item_key", "language"], name="item_count_once")]

    def __str__(self) -> str:
        return f"count of {self.paper_id}/{self.item_key}"


class GainCount(models.Model):
    """How far a cohort came in a module: what `gain_of` said while the pairs were kept."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="gain_counts")
    module_code = models.CharField(max_length=10)
    n = models.PositiveSmallIntegerField()
    max_points = models.DecimalField(max_digits=6, decimal_places=3)
    pre_mean = models.DecimalField(max_digits=6, decimal_places=2)
    post_mean = models.DecimalField(max_digits=6, decimal_places=2)
    gain = models.DecimalField(max_digits=6, decimal_places=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cohort", "module_code"], name="gain_count_once")]

    def __str__(self) -> str:
        return f"gain of {self.cohort_id}/{self.module_code}"


class ObservationKind(models.TextChoices):
    TEACH_BACK = "teach_back", _("teach-back")
    REAL_SESSION = "real_session", _("observed real session")


class Observation(models.Model):
    """What one observer saw; a teach-back needs two of them under one `occasion`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12, choices=ObservationKind)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="observed")
    # Teach-back: the cohort in which she learns.  Real session: the cohort that she leads, and the session.
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="observations")
    module_code = models.CharField(max_length=10)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, null=True, related_name="observations")
    # First, second … teach-back of this person in this cohort.
    occasion = models.PositiveSmallIntegerField(default=1)
    observer = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="observations")
    passed = models.BooleanField()
    note = models.TextField()
    observed_on = models.DateField()
    created_at = models.DateTimeField()
    # A correction is a new row.
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrected_by")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(observer=models.F("person")), name="observation_not_of_oneself"),
            models.UniqueConstraint(
                fields=["person", "cohort", "module_code", "occasion", "observer"],
                condition=Q(corrects__isnull=True, kind="teach_back"),
                name="teach_back_once_per_observer",
            ),
            models.UniqueConstraint(
                fields=["session", "person", "observer"],
                condition=Q(corrects__isnull=True, kind="real_session"),
                name="real_session_once_per_observer",
            ),
            models.UniqueConstraint(fields=["corrects"], name="observation_corrected_once"),
            models.CheckConstraint(
                condition=Q(kind="teach_back") | Q(session__isnull=False), name="observation_of_a_session"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {str(self.id)[-6:]}"


class SubmissionState(models.TextChoices):
    HANDED_IN = "handed_in", _("handed in")
    ACCEPTED = "accepted", _("accepted")
    REPEAT = "repeat", _("to be handed in again")


class Submission(models.Model):
    """A session plan of one's own, handed in by a candidate and accepted by her coach or coordinator."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="submissions")
    # The cohort in which she qualified as a candidate.
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="submissions")
    module_code = models.CharField(max_length=10)
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("plan"))
    state = models.CharField(max_length=10, choices=SubmissionState, default=SubmissionState.HANDED_IN)
    handed_in_at = models.DateTimeField()
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    comment = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("person")),
                name="submission_not_by_oneself",
            ),
            models.UniqueConstraint(
                fields=["person", "cohort", "module_code"],
                condition=Q(state="handed_in"),
                name="submission_one_undecided",
            ),
        ]

    def __str__(self) -> str:
        return f"submission {str(self.id)[-6:]}"
