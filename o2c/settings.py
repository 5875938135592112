"""Settings, read once from the environment.

Every variable is listed here with its default. A missing required variable stops
the process at start-up instead of surfacing on the first request that needs it.
"""

from datetime import timedelta
from pathlib import Path

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from o2c import api_settings, schedule
from o2c.kernel.prepared import COPYING, PREPARING

# Lets classes name their model, `ModelAdmin[Order]`, where Django itself does not yet.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
# The key before this one, while what it has sealed is still in use.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Where people and mails find the portal; also decides whether cookies insist on HTTPS.
PUBLIC_URL = env.str("PUBLIC_URL", default="http://localhost:8000").rstrip("/")
IS_HTTPS = PUBLIC_URL.startswith("https://")

# One app per stage, in process order. A stage may import the stages before it, never
# those after it; `lint-imports` enforces this (see pyproject.toml).
STAGES = ["orders", "credit", "fulfillment", "shipping", "invoicing", "receivables", "collection"]
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "django_migration_linter",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "lucide",
    "rest_framework",
    "template_partials",
    "o2c.kernel",
    "customers",
    "catalog",
    *STAGES,
    "reporting",
    "simulation",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "o2c.kernel.middleware.request_id",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "fulfillment.middleware.watched_stock",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "o2c.kernel.middleware.local_time",
    "o2c.kernel.middleware.UnwritableText",
]
ROOT_URLCONF = "o2c.urls"
WSGI_APPLICATION = "o2c.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "o2c.kernel.templatetags.ui",
                "catalog.templatetags.units",
                "django.templatetags.i18n",
                "template_partials.templatetags.partials",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "o2c.kernel.context_processors.shell",
            ],
        },
    }
]

# --- Database, queue, cache ------------------------------------------------------------
DATABASES = {
    "default": {
        **env.db_url("DATABASE_URL"),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
# How long a step waits for somebody else's lock before it refuses and says so, in milliseconds.
LOCK_TIMEOUT = env.int("LOCK_TIMEOUT", default=5000)
DATABASES["default"].setdefault("OPTIONS", {})["options"] = f"-c lock_timeout={LOCK_TIMEOUT}"
# Off behind a connection pool that hands out another server process for each transaction.
is_prepared = env.bool("DATABASE_PREPARE", default=True)
DATABASES["default"]["OPTIONS"] |= PREPARING if is_prepared else COPYING
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Rate limits and sign-in counters live in the database: the portal works while Redis is away.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kernel_cache",
    }
}

CELERY_BROKER_URL = env.str("REDIS_URL")
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 240
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
# A request only nudges the worker; it must not wait for a broker that is away.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_throttle": 1,
    # At most two short tries: a person waits for the commit that nudges.
    "socket_connect_timeout": 0.5,
    "socket_timeout": 0.5,
    "max_retries": 1,
    "interval_start": 0,
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = env.str("BEAT_SCHEDULE", default=str(BASE_DIR / ".o2c/beat"))
CELERY_BEAT_SCHEDULE = schedule.BEAT

# --- Business rules that operations may tune without a release --------------------------
# A repeat with the same Idempotency-Key is answered for so long: a weekend's outage is covered.
IDEMPOTENCY_KEPT = timedelta(days=14)
# What somebody was told and has read; what is unread stays.
NOTICES_KEPT = timedelta(days=90)
OUTBOX_BATCH_SIZE = 100
OUTBOX_LEASE = timedelta(minutes=5)
OUTBOX_RETRY_DELAY = timedelta(seconds=30)
OUTBOX_MAX_RETRY_DELAY = timedelta(hours=6)
INTAKE_MAX_BYTES = 20 * 1024 * 1024
INTAKE_MAX_LINES = 100_000
# The credit bureau that applications wait for where the credit policy says so (docs/credit.md):
# `credit.bureau.FileBureau` or a class of your own; empty: none is connected.
CREDIT_BUREAU = env.str("CREDIT_BUREAU", default="")
# The reports that FileBureau reads: a CSV or JSON file.
CREDIT_BUREAU_FILE = env.str("CREDIT_BUREAU_FILE", default="")
CREDIT_BUREAU_TIMEOUT = env.float("CREDIT_BUREAU_TIMEOUT", default=5.0)  # seconds
# The system for customer relationships beside ours (docs/crm.md); empty: none.
CRM_ADAPTER = env.str("CRM_ADAPTER", default="")
CRM_FOLDER = env.str("CRM_FOLDER", default="") or str(BASE_DIR / ".o2c" / "crm")
# One webhook of a web shop.
SHOP_MAX_BYTES = 2 * 1024 * 1024
# One webhook of a carrier.
TRACKING_MAX_BYTES = 256 * 1024

# Hosts of web shops that may be called although they are not on the public Internet.
SHOP_PRIVATE_HOSTS = env.list("SHOP_PRIVATE_HOSTS", default=[])
# The same for carriers' systems; and the folders of carriers that exchange files.
CARRIER_PRIVATE_HOSTS = env.list("CARRIER_PRIVATE_HOSTS", default=[])
CARRIER_FOLDER = env.str("CARRIER_FOLDER", default="")

# The mailbox that orders are sent to: imaps://user:password@host/INBOX; empty: none is watched.
INTAKE_MAILBOX_URL = env.str("INTAKE_MAILBOX_URL", default="")
# Where its mails go when they are in our books.
INTAKE_MAILBOX_DONE = env.str("INTAKE_MAILBOX_DONE", default="Processed")
# Whether a mail is taken in without a person only where the mailbox's own server has proven who
# wrote it (Authentication-Results); else every document of it waits for review.
INTAKE_MAILBOX_VERIFIED = env.bool("INTAKE_MAILBOX_VERIFIED", default=True)
# The name that this server writes first in that header; empty: what stands on top is believed.
INTAKE_MAILBOX_SERVER = env.str("INTAKE_MAILBOX_SERVER", default="")
# Partners' folders, a folder of in, out, done and failed for each; empty: none is watched.
EDI_FOLDER = env.str("EDI_FOLDER", default="")
# Whether partners may post to us by AS2. It is not signed: who knows the address can post.
EDI_AS2_RECEIVE = env.bool("EDI_AS2_RECEIVE", default=False)
EDI_AS2_PER_MINUTE = 120
# Hosts to which documents may be posted over plain HTTP: this machine, a test partner.
EDI_PLAIN_HOSTS = env.list("EDI_PLAIN_HOSTS", default=[])

# --- People ---------------------------------------------------------------------------
AUTH_USER_MODEL = "kernel.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "reporting:today"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_ADAPTER = "o2c.kernel.accounts.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

# --- Language and time ------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]

# --- Files and mail ---------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / ".o2c/static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        # Compressed for production; a demo names the quicker one.
        "BACKEND": env.str(
            "STATIC_BACKEND", default="whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
FILES_ROOT = Path(env.str("O2C_FILES", default=str(BASE_DIR / ".o2c/files")))
EMAIL_TIMEOUT = 20
# A folder is named in full after three slashes: filemail:////srv/mails.
vars().update(env.email_url("EMAIL_URL", default=f"filemail:///{BASE_DIR}/.o2c/mail"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="orders@localhost")
DATA_UPLOAD_MAX_MEMORY_SIZE = INTAKE_MAX_BYTES
# A request to the REST API; a thousand lines need a tenth of it.
API_MAX_BYTES = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# --- REST API ---------------------------------------------------------------------------
REST_FRAMEWORK = api_settings.REST_FRAMEWORK
SPECTACULAR_SETTINGS = api_settings.SPECTACULAR_SETTINGS

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # It tells each step of each document.
    "loggers": {"weasyprint": {"level": "WARNING"}},
}
