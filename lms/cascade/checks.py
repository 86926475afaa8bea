"""What is said of a licence that rests: pure words, for her and for strangers."""

from django.utils import translation
from django.utils.translation import ngettext

from lms.common.languages import LANGUAGE_CODES


def steps_back(module_code: str, sessions: int) -> dict[str, str]:
    """How it wakes, in each language: the same for everybody, as what one person has done is not for strangers."""
    return {language: _steps_in(language, module_code, sessions) for language in LANGUAGE_CODES}


def _steps_in(language: str, module_code: str, sessions: int) -> str:
    with translation.override(language):
        sentence = ngettext(
            "The licence to train %(module)s rests. What brings it back: %(sessions)s session of %(module)s within a "
            "year, as co-trainer beside an active trainer, or a refresher.",
            "The licence to train %(module)s rests. What brings it back: %(sessions)s sessions of %(module)s within a "
            "year, as co-trainer beside an active trainer, or a refresher.",
            sessions,
        )
        return sentence % {"module": module_code, "sessions": sessions}
