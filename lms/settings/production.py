"""A real installation: every secret comes from outside, every connection is TLS, no demonstration account."""

from functools import partial
from urllib.parse import urlsplit

from lms.settings import env
from lms.settings.base import *  # noqa: F403

DEBUG = False
DEMONSTRATION = False
PUBLIC_BASE_URL, SECRET_KEY, FIELD_KEYS, PEPPER = env.all_of(
    PUBLIC_BASE_URL=env.https_origin,
    SECRET_KEY=partial(env.secret, length=50),
    FIELD_KEYS=env.field_keys,
    PEPPER=partial(env.secret, length=32),
)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", [urlsplit(PUBLIC_BASE_URL).hostname or ""])
OPERATOR_TOKEN = env.secret("OPERATOR_TOKEN", length=32) if OPERATOR_TOKEN else ""  # noqa: F405
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", [PUBLIC_BASE_URL])

SECURE_SSL_REDIRECT = env.boolean("SECURE_SSL_REDIRECT", True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None  # noqa: F405
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
LANGUAGE_COOKIE_SECURE = True
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": env.text("EMAIL_HOST", "localhost"),
            "port": env.integer("EMAIL_PORT", 25),
            "username": env.text("EMAIL_HOST_USER", ""),
            "password": env.text("EMAIL_HOST_PASSWORD", ""),
            "use_tls": env.boolean("EMAIL_USE_TLS", False),
            # A server that says nothing holds a worker no longer than this.
            "timeout": env.integer("EMAIL_TIMEOUT", 20, minimum=1),
        },
    }
}
