"""What is done with everything that is kept about one person."""

from lms.privacy.actions.erasing import Wish, erase_person, require_erasable

__all__ = ["Wish", "erase_person", "require_erasable"]
