"""The product as it is served, with one address more: the empty view that everything is compared with."""

from lms.settings.dev import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
DEBUG = False
ALLOWED_HOSTS = ["*"]
# The bench plays the proxy: every request comes from another client, so that the rate limits stay on and do not bite.
TRUSTED_PROXIES = 1
LOGGING["root"]["level"] = "WARNING"  # noqa: F405
# As production serves them: under names of their content, and packed.
STORAGES["staticfiles"] = {"BACKEND": "lms.common.storages.HashedStaticFiles"}  # noqa: F405
WHITENOISE_USE_FINDERS = False
