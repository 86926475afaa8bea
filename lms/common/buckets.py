"""Files in an S3-compatible bucket (settings: STORAGE_URL): one part for what pages show, one that has no address."""

from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from django.urls import reverse
from storages.backends.s3 import S3Storage

from lms.common.storages import WithoutAddress

# A bucket that does not answer must not hold a web process for minutes.
_CONFIG = Config(
    connect_timeout=3,
    read_timeout=20,
    retries={"max_attempts": 3, "mode": "standard"},
    s3={"addressing_style": "path"},
    signature_version="s3v4",
    # Servers other than Amazon's do not all know the newer checksums.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


class _Bucket(S3Storage):
    """Neither part grants anything in the bucket itself, and none overwrites a file of the same name."""

    def get_default_settings(self) -> dict[str, Any]:
        return {
            **super().get_default_settings(),
            "client_config": _CONFIG,
            "default_acl": None,
            "file_overwrite": False,
            "transfer_config": TransferConfig(use_threads=False),
        }


class PublicBucket(_Bucket):
    """What pages show; read through our own address, so that a page asks no other host for anything."""

    def url(self, name: str, *args: Any, **kwargs: Any) -> str:
        return reverse("media", args=[name])


class PrivateBucket(WithoutAddress, _Bucket):
    """Certificates and uploads."""
