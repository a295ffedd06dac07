"""The one settings file: every value is read through `env`; anything looser than safe is asked for by a variable."""

import base64
from datetime import timedelta
from pathlib import Path

from csp.constants import NONCE, NONE, SELF

from tscore import env, keys
from tscore.embedded import run_dir

# Place
BASE_DIR = Path(__file__).resolve().parent.parent
DATA = env.folder("DATA", "var")
PORT = env.number("PORT", 8000, least=1, most=65535)
DEMO = env.flag("DEMO")
DEBUG = False
STATES = DEBUG or env.flag("STATES")  # shows /dev/states/: every empty, wrong and waiting state on one page

# Demo world
DEMO_SEED = env.text("DEMO_SEED", "tscore" if DEMO else "")
DEMO_EPOCH = env.text("DEMO_EPOCH")
DEMO_SCALE = env.decimal("DEMO_SCALE", 1.0)
MARKETPLACE_URL = env.text(
    "MARKETPLACE_URL", f"http://127.0.0.1:{env.number('MARKETPLACE_PORT', PORT + 1)}" if DEMO else ""
)

# Secrets
_KEYS = keys.load(DATA, seed=DEMO_SEED or None)
SECRET_KEY = _KEYS["secret_key"]
TOKEN_KEY = base64.urlsafe_b64decode(_KEYS["token_key"])
DATA_KEY = base64.urlsafe_b64decode(_KEYS["data_key"])
SEAL_KEY = base64.urlsafe_b64decode(_KEYS["seal_key"])
WEBHOOK_SECRET = _KEYS["webhook_secret"]

# Apps
INSTALLED_APPS = [
    "tscore",
    "tscore.core",
    "signals",
    "cases",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "guardian",
    "rest_framework",
    "drf_spectacular",
    "csp",
]
MIDDLEWARE = [
    "tscore.core.middleware.Timed",
    "tscore.core.middleware.RequestId",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tscore.core.middleware.Errors",
    "tscore.core.middleware.Access",
    "tscore.core.middleware.PrivatePages",
]
ROOT_URLCONF = "tscore.urls"
WSGI_APPLICATION = "tscore.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "tscore.core.context.shell",
            ],
            "loaders": [("django.template.loaders.cached.Loader", ["django.template.loaders.filesystem.Loader"])],
            "builtins": ["tscore.core.templatetags.console", "tscore.core.templatetags.marking"],
        },
    }
]

# Database
# Rows are found by key, on storage that does not seek: with the planner's default, small batches read whole tables.
_PLANS = "-c random_page_cost=1.1 -c jit=off"
# A pooler that hands out connections by the transaction has to know of prepared statements; an old one does not.
_PREPARE_AFTER = 2 if env.flag("DATABASE_PREPARES", True) else None
_TIMEOUTS = "-c statement_timeout=30s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s"
_COMMON = {
    "ENGINE": "django.db.backends.postgresql",
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
    "ATOMIC_REQUESTS": False,
}


def _alias(role: str, url: str, *, options: str) -> dict[str, object]:
    address = (
        env.database(url)
        if url
        else {
            "NAME": env.text("DATABASE_NAME", "tscore"),
            "USER": role,
            "PASSWORD": "",
            "HOST": str(run_dir(DATA)),
            "PORT": "",
        }
    )
    given = {"options": f"{options} {_PLANS}", "connect_timeout": 3, "prepare_threshold": _PREPARE_AFTER}
    return {**_COMMON, **address, "OPTIONS": given}


_URL = env.text("DATABASE_URL")
# Three roles on one database: `default` serves, `owner` migrates, `sealer` chains the audit trail.
DATABASES = {
    "default": _alias("app", _URL, options=_TIMEOUTS),
    "owner": _alias("owner", env.text("DATABASE_OWNER_URL", _URL), options="-c lock_timeout=4s"),
    "sealer": _alias("sealer", env.text("DATABASE_SEALER_URL", _URL), options=_TIMEOUTS),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Broker: an alarm clock, never the record of work
BROKER_URL = env.text("BROKER_URL", f"redis+socket://{run_dir(DATA)}/valkey.sock")

# Events from a message queue; without an address nobody consumes any
INGEST_QUEUE_URL = env.text("INGEST_QUEUE_URL")
INGEST_QUEUE_NAME = env.text("INGEST_QUEUE_NAME", "tscore-events")
INGEST_QUEUE_SOURCE = env.text("INGEST_QUEUE_SOURCE")  # whose events these are; the queue's name by default
INGEST_QUEUE_VISIBILITY_S = env.number("INGEST_QUEUE_VISIBILITY_S", 60, least=1)  # Redis and SQS only

# People and access
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["tscore.core.people.People", "guardian.backends.ObjectPermissionBackend"]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "core:login"
LOGIN_REDIRECT_URL = "cases:home"
LOGOUT_REDIRECT_URL = "core:login"

# Web
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]"))
HTTPS = env.flag("HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY") else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_ENGINE = "django.contrib.sessions.backends.db"
CSRF_FAILURE_VIEW = "tscore.core.errors.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 2**20
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [NONCE],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Static files
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_ROOT = None

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["tscore.core.api_keys.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["tscore.core.api_keys.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "tscore.core.errors.api_problem",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "tscore",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "DESCRIPTION": "Send events and signals, read and write labels. Errors are RFC 9457 problem details.",
    "SERVE_INCLUDE_SCHEMA": False,
}

# Time, language, money
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
LANGUAGE_CODE = "en"
BASE_CURRENCY = env.text("BASE_CURRENCY", "EUR")

# Promises (interfaces, section 6)
CLAIM_LEASE = timedelta(seconds=env.number("CLAIM_LEASE_S", 600, least=1))
CLAIM_HOLD = timedelta(hours=4)
WORK_LEASE = timedelta(seconds=env.number("WORK_LEASE_S", 30, least=1))
ANSWERS_KEPT = timedelta(days=env.number("ANSWERS_KEPT_DAYS", 90, least=1))  # how long an idempotency key is known
MUTE_LONGEST = timedelta(days=env.number("MUTE_LONGEST_DAYS", 90, least=1, most=3650))
HOLD_EFFECTS = timedelta(seconds=env.number("HOLD_EFFECTS_S", 10))
HOLD_BULK_EFFECTS = timedelta(seconds=env.number("HOLD_BULK_EFFECTS_S", 600))
BULK_PROTECTED_STAKE = env.number("BULK_PROTECTED_STAKE", 5000)  # major units of the base currency
# What one detector may take for one event, and for a batch, before it is left out for the rest (docs/features.md)
DETECTOR_EVENT_S = env.decimal("DETECTOR_EVENT_S", 1.0)
DETECTOR_BATCH_S = env.decimal("DETECTOR_BATCH_S", 5.0)
FEATURE_LOG = env.folder("FEATURE_LOG", str(DATA / "features"))  # logged values as Parquet, a folder for each day
FEATURE_LOG_WAIT = timedelta(seconds=env.number("FEATURE_LOG_WAIT_S", 300))
FEATURE_LOG_KEPT = timedelta(days=env.number("FEATURE_LOG_KEPT_DAYS", 0, most=36_500))  # 0: for ever
IP_TABLE = env.text("IP_TABLE")
ANCHORS = env.folder("ANCHORS", str(DATA / "anchors"))  # copies of audit checkpoints, best on another disk

# Dead letters (docs/dead-letters.md): what is refused is kept, but not without end
DEAD_LETTERS_MOST = env.number("DEAD_LETTERS_MOST", 100_000, least=1)
DEAD_LETTERS_MOST_MB = env.number("DEAD_LETTERS_MOST_MB", 512, least=1)
DEAD_LETTERS_MOST_PER_SOURCE = env.number("DEAD_LETTERS_MOST_PER_SOURCE", 20_000, least=1)
DEAD_LETTERS_MOST_MB_PER_SOURCE = env.number("DEAD_LETTERS_MOST_MB_PER_SOURCE", 128, least=1)
DEAD_LETTERS_SAMPLE = env.number("DEAD_LETTERS_SAMPLE", 20)  # of each source and code, kept although all is full
DEAD_LETTERS_KEPT = timedelta(days=env.number("DEAD_LETTERS_KEPT_DAYS", 30, least=1, most=3650))
INTAKE_DISK_FREE_MB = env.number("INTAKE_DISK_FREE_MB", 256)  # with less room nothing new is taken in

# Pictures of strangers (docs/untrusted.md): fetched from nowhere but what is named here
IMAGE_BASE_URL = env.text("IMAGE_BASE_URL", f"{MARKETPLACE_URL}/images" if DEMO else "")  # for ids that are no address
IMAGE_HOSTS = env.names("IMAGE_HOSTS")  # names of public hosts; `.shop.example` for all below it
IMAGE_ORIGINS = (MARKETPLACE_URL,) if DEMO else ()  # not checked for being public: the demo runs on this machine
IMAGES_KEPT = timedelta(days=env.number("IMAGES_KEPT_DAYS", 30, least=1, most=3650))
IMAGES_MOST_MB = env.number("IMAGES_MOST_MB", 512, least=1)
VEIL_DEFAULT = env.text("VEIL_DEFAULT", "blur")  # of pictures in graphic categories: off, blur, grey, both, mute

# Alarms (docs/runbook.md): from when on something is wrong
ALARM_UNSCORED = timedelta(seconds=env.number("ALARM_UNSCORED_S", 120, least=1))
ALARM_UNROUTED = timedelta(seconds=env.number("ALARM_UNROUTED_S", 120, least=1))
ALARM_OUTBOX = timedelta(seconds=env.number("ALARM_OUTBOX_S", 300, least=1))
ALARM_SEALER = timedelta(seconds=env.number("ALARM_SEALER_S", 120, least=1))
ALARM_DEAD_LETTERS = env.number("ALARM_DEAD_LETTERS", 1000, least=1)  # open ones
ALARM_DEAD_LETTERS_HOUR = env.number("ALARM_DEAD_LETTERS_HOUR", 200, least=1)
ALARM_SKEW = timedelta(seconds=env.decimal("ALARM_SKEW_S", 2.0))
ALARM_FAR_OFF_PERCENT = env.number("ALARM_FAR_OFF_PERCENT", 5, least=1, most=100)
ALARM_BACKLOG = env.number("ALARM_BACKLOG", 200, least=1)  # a queue shorter than this is never forecast as late
ALARM_DISK_FREE_MB = env.number("ALARM_DISK_FREE_MB", 1024, least=1)
ALARM_WEBHOOK_URL = env.text("ALARM_WEBHOOK_URL")
ALARM_WEBHOOK_SECRET = env.text("ALARM_WEBHOOK_SECRET", WEBHOOK_SECRET)
ALARM_MAIL_TO = env.names("ALARM_MAIL_TO")
CONSOLE_URL = env.text("CONSOLE_URL", f"http://localhost:{PORT}")

# Mail, for alarms only
_MAIL = env.mail("EMAIL_URL")
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _MAIL["host"], _MAIL["port"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL["user"], _MAIL["password"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL["tls"], _MAIL["ssl"]
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("ALARM_MAIL_FROM", "tscore@localhost")

# Logs
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname:<7} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "WARNING")},
    "loggers": {"django.request": {"level": "CRITICAL"}},  # refusals are expected; faults are logged by tscore.errors
}
