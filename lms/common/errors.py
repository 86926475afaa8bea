"""What an action raises when it will not do what it was asked: a text for people and a code for machines."""

from django.utils.functional import Promise


class ActionError(Exception):
    """Nothing was changed.  `code` is stable; `message` is a translatable sentence that says what to do.

    Each subclass names one refusal beside the action that raises it:

        class CohortNotOpen(ActionError):
            code = "cohort_not_open"
            message = _("This cohort is not open yet.")
    """

    code: str = "refused"
    message: str | Promise = ""

    def __init__(self, message: str | Promise | None = None, **params: object) -> None:
        self.params = params
        self._template = message if message is not None else self.message
        super().__init__(self.code)

    def __str__(self) -> str:
        template = str(self._template)
        return template % self.params if self.params else template
