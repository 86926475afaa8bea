"""What is true wherever Yntymak runs.  `dev`, `test` and `production` change only what differs there."""

from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils.csp import CSP

from lms.settings import env

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = env.folder("DATA_DIR", BASE_DIR / "var")

# ── Apps, in the order of the training line (README: "The map") ──────────────────────────────────────────────────
LOCAL_APPS = [
    "lms.common",
    "lms.jobs",
    "lms.regions",
    "lms.people",
    "curricula",
    "lms.notices",
    "lms.cohorts",
    "lms.attendance",
    "lms.assessments",
    "lms.certificates",
    "lms.cascade",
    "lms.dashboard",
    "lms.privacy",
]
INSTALLED_APPS = [
    *LOCAL_APPS,
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "treebeard",
    "translated_fields",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
]

# ── Requests ─────────────────────────────────────────────────────────────────────────────────────────────────────
MIDDLEWARE = [
    "lms.common.middleware.RequestLogMiddleware",
    "lms.common.middleware.SecurityHeadersMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "lms.common.middleware.CmsPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lms.common.middleware.VerdictChainMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "lms.common.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "lms.people.middleware.CardSessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "lms.common.middleware.FormAddressMiddleware",
]
ROOT_URLCONF = "lms.urls"
WSGI_APPLICATION = "lms.wsgi.application"
# The view behind every printed QR; it is called before the ordinary middleware.
VERDICT_VIEWS = {
    "/v/": "lms.certificates.views.public.answer_verdict",
    "/api/": "lms.certificates.api.answer_program",
}
APPEND_SLASH = True
# How many proxies of ours stand in front; only that many entries of X-Forwarded-For are believed.
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", 0, minimum=0)
PUBLIC_BASE_URL = env.text("PUBLIC_BASE_URL", "http://127.0.0.1:8000").rstrip("/")

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "lms.common.templatetags.interface",
                "lms.cohorts.templatetags.namesakes",
            ],
        },
    }
]
# Forms are rendered by templates/django/forms/: one look, errors beside their fields.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# ── Data ─────────────────────────────────────────────────────────────────────────────────────────────────────────
DATABASES = {"default": env.database(env.text("DATABASE_URL", ""), DATA_DIR / "yntymak.sqlite3")}
CACHES = {
    "default": env.cache(env.text("CACHE_URL", "")),
    # Finished lessons, in each process, under all that they were made of (curricula.rendering).
    "texts": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "texts", "TIMEOUT": None},
}
# Erasures and revocations are noted outside the database too, and done again after a restore (lms.common.journal).
JOURNAL_FILE = env.folder("JOURNAL_DIR", DATA_DIR / "journal") / "journal.jsonl"
# A backup goes there every night where it is set; the newest are kept.  Only the holders of the private keys read one.
BACKUP_FOLDER = env.text("BACKUP_FOLDER", "")
BACKUP_RECIPIENT = env.age_recipients("BACKUP_RECIPIENT")
BACKUP_KEEP = env.integer("BACKUP_KEEP", 14, minimum=1)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# ── Files ────────────────────────────────────────────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = env.folder("STATIC_ROOT", DATA_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "lms.common.finders.VendorFinder",
]
# Fonts of PDFs: family, weight, style, file.  One whole TTF per face: fonts split for the web print wrong letters.
PDF_FONTS = [
    ("Golos", 400, "normal", "@expo-google-fonts/golos-text/400Regular/GolosText_400Regular.ttf"),
    ("Golos", 600, "normal", "@expo-google-fonts/golos-text/600SemiBold/GolosText_600SemiBold.ttf"),
    ("PT Serif", 400, "normal", "@expo-google-fonts/pt-serif/400Regular/PTSerif_400Regular.ttf"),
    ("PT Serif", 400, "italic", "@expo-google-fonts/pt-serif/400Regular_Italic/PTSerif_400Regular_Italic.ttf"),
    ("PT Serif", 700, "normal", "@expo-google-fonts/pt-serif/700Bold/PTSerif_700Bold.ttf"),
]
# Third-party files that the site serves, by the name they get: exactly these leave node_modules, nothing else.
NODE_MODULES = BASE_DIR / "node_modules"
VENDOR_FILES = {
    "vendor/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "vendor/noble-ed25519.js": "@noble/ed25519/index.js",
    # The decoder lies in two modules, one beside the folder of the other.
    **{
        f"vendor/zxing/{name}": f"zxing-wasm/dist/{path}"
        for name, path in {
            "reader/index.js": "es/reader/index.js",
            "share.js": "es/share.js",
            "zxing_reader.wasm": "reader/zxing_reader.wasm",
        }.items()
    },
    **{
        f"vendor/golos-text/{subset}-{weight}.woff2": (
            f"@fontsource/golos-text/files/golos-text-{subset}-{weight}-normal.woff2"
        )
        for subset in ("latin", "cyrillic", "cyrillic-ext")
        for weight in (400, 600)
    },
    # For the preview of a certificate in the editor.
    **{f"vendor/pdf/{Path(file).name}": file for _family, _weight, _style, file in PDF_FONTS},
}
# Our style sheets and fonts are for our pages.
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media" / "public"
# "private" holds certificates and uploads: never served by address, only by a view that checks who asks.
STORAGES: dict[str, dict] = {
    **env.storage(env.text("STORAGE_URL", ""), DATA_DIR / "media"),
    "staticfiles": {"BACKEND": "lms.common.storages.HashedStaticFiles"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# ── Languages and time ───────────────────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "en"
# The names are shown in their own language on every page, so they are not translated.
LANGUAGES = [("ky", "Кыргызча"), ("ru", "Русский"), ("en", "English")]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
LOCALE_PATHS = [BASE_DIR / "lms" / "locale"]
USE_TZ = True
TIME_ZONE = "Asia/Bishkek"
FORMAT_MODULE_PATH = ["lms.common.formats"]
LANGUAGE_COOKIE_NAME = "lang"
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
LANGUAGE_COOKIE_SAMESITE = "Lax"

# ── People ───────────────────────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "people.User"
# What a card's PIN costs (argon2id in one lane: passes, KiB), OWASP's second choice: under 50 ms, since thirty people
# in a hall sign in at once.
PIN_COST = (2, 19 * 1024)
AUTHENTICATION_BACKENDS = ["lms.people.backends.RoleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboard:desk"
ACCOUNT_ADAPTER = "lms.people.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "lms.people.forms.LoginForm",
    "change_password": "lms.people.forms.ChangePasswordForm",
    "reset_password": "lms.people.forms.ForgottenPasswordForm",
    "reset_password_from_key": "lms.people.forms.NewPasswordForm",
    "reauthenticate": "lms.people.forms.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_PREVENT_ENUMERATION = True
# A mail to an address that nobody here has would let anyone write to strangers in our name.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# Thirty people behind one hotspot sign in at once; the lock that bites is per account and line.
ACCOUNT_RATE_LIMITS = {
    "login": "300/10m/ip",
    "login_failed": "300/10m/ip,5/5m/key",
    "reset_password": "60/10m/ip,5/10m/key",
}
# From all lines together: whoever only wants to keep somebody out needs many of them.
SIGN_IN_RATE_PER_NAME = "50/10m"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "lms.people.adapters.MFAAdapter"
MFA_TOTP_ISSUER = "Yntymak"
# Of IPv6 every limit counts the network of one line as one client (lms.common.clients).
RATELIMIT_IPV6_MASK = 64
# One customer of a provider may have 65,536 lines: together they have so many times the tries of one.
RATELIMIT_IPV6_SITE_MASK, RATELIMIT_SITE_TIMES = 48, 10
# The shared-cache check speaks of several processes; the embedded set-up has one web process.
# security.W002 misses Django's X-Frame-Options: lms.common.middleware sets it, with another value for the editor.
SILENCED_SYSTEM_CHECKS = ["django_ratelimit.E003", "django_ratelimit.W001", "fields.W904", "security.W002"]

# ── Wagtail ──────────────────────────────────────────────────────────────────────────────────────────────────────
WAGTAIL_SITE_NAME = "Yntymak"
WAGTAILADMIN_BASE_URL = PUBLIC_BASE_URL
WAGTAILADMIN_PERMITTED_LANGUAGES = [("en", "English"), ("ru", "Русский")]
WAGTAIL_FRONTEND_LOGIN_URL = "/card/"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
# Photographs say where they were taken and with which telephone: not ours, see curricula.forms.PictureForm.
WAGTAILIMAGES_IMAGE_FORM_BASE = "curricula.forms.PictureForm"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "curricula.forms.DocumentForm"
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILSEARCH_BACKENDS: dict[str, dict[str, object]] = {"default": {"BACKEND": "wagtail.search.backends.database"}}
TAGGIT_CASE_INSENSITIVE = True

# A cohort's page stands in the topmost app; whoever holds a cohort links to it without importing upwards.
ABSOLUTE_URL_OVERRIDES = {"cohorts.cohort": lambda cohort: reverse("dashboard:cohort", args=[cohort.pk])}

# ── Tasks ────────────────────────────────────────────────────────────────────────────────────────────────────────
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", "filesystem://")
# How long a worker may be silent before its job is given to another one; the sweep looks three times as often.
JOB_LEASE_SECONDS = env.integer("JOB_LEASE_SECONDS", 60, minimum=1)

# ── Security ─────────────────────────────────────────────────────────────────────────────────────────────────────
SECRET_KEY = env.text("SECRET_KEY", "")
# Keys that encrypt what is stored about people: the first encrypts, all of them decrypt (rotation).
FIELD_KEYS = env.words("FIELD_KEYS", [])
# Mixed into card PINs and keyed indexes; kept apart from the database and its backups.
PEPPER = env.text("PEPPER", "")
# With it /readyz answers the operator's monitoring in figures: `curl -H "Authorization: Bearer $OPERATOR_TOKEN" …`.
# Anybody else, and everybody where it is empty, is told which part is well and no more.
OPERATOR_TOKEN = env.text("OPERATOR_TOKEN", "")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "lms.common.views.csrf_failure"
# Where whoever leaves quickly goes: a site that says nothing about her, and lies in the history of many telephones.
NEUTRAL_SITE = "https://ky.wikipedia.org/"
SECURE_CSP: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF, NEUTRAL_SITE],  # to which the form that leaves leads on
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
}
# /verify/ installs itself on the phone and reads QR codes with a decoder in WebAssembly.
VERIFIER_CSP: dict[str, list[str]] = {
    **SECURE_CSP,
    "script-src": [CSP.SELF, CSP.WASM_UNSAFE_EVAL],
    "worker-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
}
# Wagtail's editor writes scripts into its pages; only staff ever open it.
CMS_CSP: dict[str, list[str]] = {
    **SECURE_CSP,
    "script-src": [CSP.SELF, CSP.UNSAFE_INLINE, CSP.UNSAFE_EVAL],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "frame-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
}
_SENSORS = "geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"
PERMISSIONS_POLICY = f"camera=(), {_SENSORS}"
SCANNING_POLICY = f"camera=(self), {_SENSORS}"

# ── Logs: one JSON object a line, no personal data, no query strings ─────────────────────────────────────────────
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "lms.common.logs.JsonFormatter"}},
    "filters": {"nothing_to_mend": {"()": "lms.common.logs.NothingToMend"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Without Django's own handlers, one of which mails whole requests to the administrators.
        "django": {"handlers": [], "level": "INFO"},
        # The line of the request log says the same; only what needs mending says more.
        "django.request": {"level": "ERROR"},
        **{
            f"django.security.{refused}": {"filters": ["nothing_to_mend"]}
            for refused in ("DisallowedHost", "RequestDataTooBig", "TooManyFieldsSent", "TooManyFilesSent")
        },
        "django.server": {"handlers": [], "level": "ERROR"},
        "celery": {"level": "WARNING"},
        # Misses a host name in filesystem://.
        "kombu.connection": {"level": "ERROR"},
        # A line for each index entry, at each save of a page.
        "django_tasks": {"level": "WARNING"},
        "wagtail": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
    },
}

MAILERS = {
    "default": {
        "BACKEND": "lms.common.mail.PlainFiles",
        "OPTIONS": {"file_path": DATA_DIR / "mail"},
    }
}
# What carries notices, per channel: a class of lms.notices.backends, or one of your own with the same `send`.  A notice
# for a channel that is not here fails and says so.
NOTICE_GATEWAYS = {
    "email": "lms.notices.backends.MailGateway",
    **{
        channel: path
        for channel in ("phone", "telegram")
        if (path := env.text(f"NOTICE_GATEWAY_{channel.upper()}", ""))
    },
}
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "yntymak@localhost")

# Hosts that /verify/credential/ and `manage.py verify_credential` may ask for the keys and status lists of other
# issuers; by itself none.
CREDENTIAL_HOSTS = env.words("CREDENTIAL_HOSTS", [])
# Where webhooks may lead (lms.common.outgoing): the ports of names in the public internet, and hosts of the operator's
# own network, "hooks.example.org" or "10.0.0.7:8443", of which neither name, number nor port is judged; by itself none.
WEBHOOK_PORTS = env.ports("WEBHOOK_PORTS", [443])
WEBHOOK_HOSTS = env.words("WEBHOOK_HOSTS", [])

# What people agree to; raised when the wording changes, so that the consent says which one was read.
CONSENT_TEXT_VERSION = "2026-11.2"
