"""Where files lie: those without an address, which only a view that checks who asks reads, and those of every page."""

from typing import Any, Never

from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class WithoutAddress:
    """Mixed into a storage: its files cannot be linked to, not even by an address signed for an hour."""

    def url(self, name: str | None, *args: Any, **kwargs: Any) -> Never:
        """Raises ValueError."""
        raise ValueError("This file has no address.")


class PrivateFolder(WithoutAddress, FileSystemStorage):
    """A folder of this machine.  Django's own without `base_url` would take MEDIA_URL for it."""


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Each file under a name with the hash of its content; scripts import one another by these names, too."""

    support_js_module_import_aggregation = True
