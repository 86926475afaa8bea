"""Planning in four steps without a session: what was typed travels signed in the page, and back keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from curricula.queries import module_outlines
from lms.cohorts.checks import PlannedLesson, proposed_starts
from lms.cohorts.forms.fields import QuietForm
from lms.cohorts.forms.planning import TimesForm, WhatForm, WhereForm, WhoForm, basis
from lms.cohorts.models import Session
from lms.cohorts.queries import planning_rights, trainer_choices
from lms.people.models import User

STEPS = ("what", "where", "who", "times")
LABELS: tuple[str | Promise, ...] = (_("Module"), _("Place and day"), _("Trainers"), _("Check"))
# A plan left open over night is still there in the morning.
MAX_AGE = 24 * 60 * 60


@dataclass
class PlanWizard:
    """One request's view of the plan: what was typed at each step, and the step to show."""

    user: User
    at: datetime
    answers: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    step: str = "what"
    expired: bool = False

    def __post_init__(self) -> None:
        self.today = timezone.localdate(self.at)
        self.rights = planning_rights(self.user)
        self.outlines = module_outlines()
        self.forms: dict[str, Any] = {}

    @classmethod
    def from_post(cls, user: User, at: datetime, data: QueryDict) -> "PlanWizard":
        """Reads the signed state and what was just typed."""
        try:
            answers = signing.loads(data.get("state", ""), salt=_salt(user), max_age=MAX_AGE)
        except signing.BadSignature:
            return cls(user, at, expired=True)
        step = data.get("step", "")
        wizard = cls(user, at, answers, step if step in STEPS else STEPS[0])
        if data.get("go") != "stay":
            wizard.answers[wizard.step] = _typed(data)
        return wizard

    @property
    def number(self) -> int:
        """The step shown, from 1."""
        return STEPS.index(self.step) + 1

    @property
    def state(self) -> str:
        """Everything typed so far, signed for this person."""
        return signing.dumps(self.answers, salt=_salt(self.user), compress=True)

    @property
    def form(self) -> QuietForm:
        """The form of the step shown."""
        self._build_before(self.step)
        return self._built(self.step)

    def go_back(self) -> None:
        """To the step before; nothing is judged, nothing is lost."""
        self.step = STEPS[max(0, STEPS.index(self.step) - 1)]
        self.form.keep_quiet()

    def stay(self) -> None:
        """The same step once more, in another language; nothing is judged, nothing is lost."""
        self.form.keep_quiet()

    def go_on(self) -> bool:
        """To the next step if this one (and every one before) is right.  True: all are, the cohort can be made."""
        for step in STEPS[: STEPS.index(self.step) + 1]:
            if not self._built(step).is_valid():
                self.step = step
                return False
        if self.step == STEPS[-1]:
            return True
        self.step = STEPS[STEPS.index(self.step) + 1]
        self.form.keep_quiet()
        return False

    def plan(self) -> dict[str, Any]:
        """The arguments of `plan_cohort`, after `go_on` said True."""
        what, where, who = (self.forms[step].cleaned_data for step in STEPS[:3])
        return {
            "organisation": what["right"].organisation,
            "programme": what.get("programme"),
            "module_codes": what["modules"],
            "languages": what["languages"],
            "region": where["region"],
            "place": where["place"],
            "starts_on": where["starts_on"],
            "lead": who["lead"],
            "co_trainers": who.get("co_trainers", []),
            "capacity": who["capacity"],
            "title": self.forms["who"].titles(),
            "session_starts": self.forms["times"].starts(),
        }

    def _build_before(self, step: str) -> None:
        """Earlier steps decide what a later one offers; the first that no longer holds is shown instead."""
        for earlier in STEPS[: STEPS.index(step)]:
            if not self._built(earlier).is_valid():
                self.step = earlier
                return

    def _built(self, step: str) -> Any:
        if step not in self.forms:
            self.forms[step] = getattr(self, f"_build_{step}")(_as_data(self.answers.get(step)))
        return self.forms[step]

    def _build_what(self, data: QueryDict | None) -> WhatForm:
        return WhatForm(data, rights=self.rights, outlines=self.outlines)

    def _build_where(self, data: QueryDict | None) -> WhereForm:
        return WhereForm(data, regions=list(self._cleaned("what")["right"].regions()), today=self.today)

    def _build_who(self, data: QueryDict | None) -> WhoForm:
        what = self._cleaned("what")
        right = what["right"]
        form = WhoForm(
            data,
            choices=trainer_choices(right.organisation, self.today),
            module_codes=what["modules"],
            region=self._cleaned("where")["region"],
            alone=None if right.coordinates else self.user,
        )
        form.languages = what["languages"]
        return form

    def _build_times(self, data: QueryDict | None) -> TimesForm:
        what, where = self._cleaned("what"), self._cleaned("where")
        based_on = basis(what["modules"], where["starts_on"], where["starts_at"])
        if data is not None and data.get("based_on") != based_on:
            data = None
        not_before = None if where.get("begun") else self.today
        return TimesForm(data, sessions=_proposed(what, where), based_on=based_on, not_before=not_before)

    def _cleaned(self, step: str) -> Mapping[str, Any]:
        form = self._built(step)
        form.is_valid()
        return form.cleaned_data


def _proposed(what: Mapping[str, Any], where: Mapping[str, Any]) -> list[Session]:
    """Unsaved sessions at the proposed times, for the form's labels and lengths."""
    lessons = [(outline.code, lesson) for outline in what["outlines"] for lesson in outline.lessons]
    planned = [PlannedLesson(code, lesson.code, lesson.minutes) for code, lesson in lessons]
    starts = proposed_starts(planned, where["starts_on"], where["starts_at"])
    return [
        Session(
            module_code=code,
            lesson_code=lesson.code,
            titles=lesson.titles,
            starts_at=starts[lesson.code],
            ends_at=starts[lesson.code] + timedelta(minutes=lesson.minutes),
        )
        for code, lesson in lessons
    ]


def _typed(data: QueryDict) -> dict[str, list[str]]:
    passing = ("csrfmiddlewaretoken", "state", "step", "go")
    return {name: data.getlist(name) for name in data if name not in passing}


def _as_data(typed: Mapping[str, list[str]] | None) -> QueryDict | None:
    if typed is None:
        return None
    data = QueryDict(mutable=True)
    for name, values in typed.items():
        data.setlist(name, values)
    return data


def _salt(user: User) -> str:
    return f"lms.cohorts.plan.{user.pk}"
