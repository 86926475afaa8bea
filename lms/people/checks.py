"""What must be true before the site is opened to people."""

from django.core.exceptions import ImproperlyConfigured

from lms.people.models import User


def require_no_demonstration() -> None:
    """Refuses to start a real installation beside accounts whose passwords are printed in a manual.

    Raises ImproperlyConfigured.
    """
    count = User.objects.filter(is_demonstration=True).count()
    if count:
        raise ImproperlyConfigured(
            f"{count} demonstration accounts exist in this database. A real installation does not start beside them:"
            " use a database of its own."
        )
