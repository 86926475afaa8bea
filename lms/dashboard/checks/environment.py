"""What the settings say."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

from lms.dashboard.checks.findings import Finding, lacking, look, well

SECRETS = {"SECRET_KEY": 50, "PEPPER": 32}
# Backends that put mail somewhere else than into the post.
NO_MAIL = ("PlainFiles", "filebased", "locmem", "console", "dummy")


def settings_of_production() -> Iterator[Finding]:
    if settings.DEMONSTRATION or settings.DEBUG:
        yield lacking("settings", "Set DJANGO_SETTINGS_MODULE=lms.settings.production, and not DEBUG.")
    else:
        yield well("settings")


def secrets() -> Iterator[Finding]:
    for name, length in SECRETS.items():
        if len(getattr(settings, name)) < length:
            yield lacking("secrets", f"{name} is short: make one with tools/make_secrets.py and set {name}_FILE.")
            return
    if not settings.FIELD_KEYS:
        yield lacking("secrets", "Set FIELD_KEYS_FILE: without a key no name can be kept.")
    elif not settings.OPERATOR_TOKEN:
        yield look("secrets", "Set OPERATOR_TOKEN_FILE, and /readyz gives your monitoring figures.")
    else:
        yield well("secrets")


def https() -> Iterator[Finding]:
    if not settings.PUBLIC_BASE_URL.startswith("https://"):
        yield lacking("https", "Set PUBLIC_BASE_URL to the https:// address that people type; every QR carries it.")
    elif not (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE):
        yield lacking("https", "Cookies go over plain HTTP too: use lms.settings.production.")
    else:
        yield well("https", settings.PUBLIC_BASE_URL)


def allowed_hosts() -> Iterator[Finding]:
    host = urlsplit(settings.PUBLIC_BASE_URL).hostname
    if "*" in settings.ALLOWED_HOSTS or host not in settings.ALLOWED_HOSTS:
        yield lacking("allowed hosts", f"Set ALLOWED_HOSTS={host}, or leave it out.")
    else:
        yield well("allowed hosts", ", ".join(settings.ALLOWED_HOSTS))


def mail_sender() -> Iterator[Finding]:
    backend = settings.MAILERS["default"]["BACKEND"]
    if any(name in backend for name in NO_MAIL):
        yield lacking("e-mail", "Mail is not sent at all here: use lms.settings.production and set EMAIL_HOST.")
    elif settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        yield lacking("e-mail", "Set DEFAULT_FROM_EMAIL to an address of your own domain.")
    else:
        yield well("e-mail", f"from {settings.DEFAULT_FROM_EMAIL}")


def trusted_proxies() -> Iterator[Finding]:
    if settings.TRUSTED_PROXIES:
        yield well("trusted proxies", f"{settings.TRUSTED_PROXIES} in front")
    else:
        yield look("trusted proxies", "With a proxy in front set TRUSTED_PROXIES=1, or all people count as one client.")


def static_files() -> Iterator[Finding]:
    if not hasattr(staticfiles_storage, "hashed_files"):
        yield look("static files", "Served from their sources; production collects them: make static.")
    elif staticfiles_storage.hashed_files:
        yield well("static files", f"{len(staticfiles_storage.hashed_files)} collected")
    else:
        yield lacking("static files", f"None are collected in {settings.STATIC_ROOT}: make static.")


def fonts_of_papers() -> Iterator[Finding]:
    files = [Path(settings.NODE_MODULES) / file for *_face, file in settings.PDF_FONTS]
    if all(file.is_file() for file in files):
        yield well("fonts of papers")
    else:
        yield lacking("fonts of papers", "Certificates would come out in a wrong script: make node_modules/.installed.")


def catalogues() -> Iterator[Finding]:
    missing = [
        code
        for code, _name in settings.LANGUAGES
        if code != settings.LANGUAGE_CODE
        and not (Path(settings.LOCALE_PATHS[0]) / code / "LC_MESSAGES" / "django.mo").is_file()
    ]
    if missing:
        yield lacking("translations", f"Not compiled for {', '.join(missing)}: make catalogues.")
    else:
        yield well("translations")


ENVIRONMENT_CHECKS = (
    settings_of_production,
    secrets,
    https,
    allowed_hosts,
    mail_sender,
    trusted_proxies,
    static_files,
    fonts_of_papers,
    catalogues,
)
