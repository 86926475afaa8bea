"""Where files lie that have no address: only a view that checks who asks reads them."""

from typing import Any, Never

from django.core.files.storage import FileSystemStorage


class WithoutAddress:
    """Mixed into a storage: its files cannot be linked to, not even by an address signed for an hour."""

    def url(self, name: str | None, *args: Any, **kwargs: Any) -> Never:
        """Raises ValueError."""
        raise ValueError("This file has no address.")


class PrivateFolder(WithoutAddress, FileSystemStorage):
    """A folder of this machine.  Django's own without `base_url` would take MEDIA_URL for it."""
