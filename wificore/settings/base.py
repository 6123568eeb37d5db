"""Settings that hold everywhere. Values that differ come from the environment, read here only."""

from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import django_stubs_ext
from psycopg2.extensions import parse_dsn

from radius.conf import RadiusConf
from wificore.access.signin.conf import SignInConf, jwt_key
from wificore.jobs.conf import JobsConf
from wificore.kernel import crypto, logging
from wificore.kernel.addresses import parse_networks
from wificore.kernel.db.roles import OWNER
from wificore.kernel.env import Env, EnvError
from wificore.kernel.queues import DEFAULT_QUEUE, VISIBILITY_TIMEOUT

django_stubs_ext.monkeypatch()

env = Env()
BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = env.path("VAR_DIR", BASE_DIR / "var")

SECRET_KEY = env.secret("SECRET_KEY")
try:
    FIELD_KEYS = crypto.parse_keys(env.secret("FIELD_KEYS"))
except ValueError as error:
    raise EnvError(str(error)) from None

# The seals of the audit trail; FIELD_KEYS serve until there are keys of their own.
try:
    audit_keys = env.optional_secret("AUDIT_KEYS")
    AUDIT_KEYS = crypto.parse_keys(audit_keys) if audit_keys else FIELD_KEYS
except ValueError:
    raise EnvError("AUDIT_KEYS must be 'id:<base64 of 32 bytes>', several with commas") from None

# Hosts: one name for the platform, one name (or more) for each tenant. Tenants bring their own
# domains, so that the tenant middleware, not this list, decides which hosts exist.
PLATFORM_HOST = env.text("PLATFORM_HOST", "platform.localhost").lower()
TENANT_BASE_DOMAIN = env.text("TENANT_BASE_DOMAIN", "localhost").lower()
WEB_PORT = env.port("WEB_PORT", 8070)
ALLOWED_HOSTS = ["*"]
# Whose X-Forwarded-For is believed: addresses or networks of our own proxies.
TRUSTED_PROXIES = parse_networks(env.items("TRUSTED_PROXIES"))
ROOT_URLCONF = "wificore.urls_tenant"
WSGI_APPLICATION = "wificore.wsgi.application"

# django-allauth, which has tables in both: platform operators in public, staff in ts_*.
SIGN_IN_APPS = [
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "allauth.headless",
]
SHARED_APPS = [
    # Before the admin and django-tenants, whose templates it replaces.
    "unfold",
    "tenants",
    "django_tenants",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    # Pages are registered on the two sites by hand, so nothing is discovered.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "wificore.kernel",
    "wificore.events",
    "wificore.jobs",
    "wificore.audit",
    *SIGN_IN_APPS,
    "wificore.access",
    "wificore.access.support",
    "radius.registry",
]
TENANT_APPS = [
    "django.contrib.auth",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.sessions",
    "wificore.jobs",
    "wificore.audit",
    *SIGN_IN_APPS,
    "wificore.access",
    "radius",
]
INSTALLED_APPS = [
    *SHARED_APPS,
    *(app for app in TENANT_APPS if app not in SHARED_APPS),
    # For its classes: its own table is replaced by access.ApiToken.
    "knox",
    # For its templates.
    "unfold.contrib.filters",
]

TENANT_MODEL = "tenants.Tenant"
TENANT_DOMAIN_MODEL = "tenants.Domain"
TENANT_LIMIT_SET_CALLS = True
SHOW_PUBLIC_IF_NO_TENANT_FOUND = False
PG_EXTRA_SEARCH_PATHS = ["extensions"]
# Its check queries the database while Django starts; web must start without PostgreSQL.
SKIP_PG_EXTRA_VALIDATION = True
TENANT_SYNC_ROUTER = "wificore.kernel.db.router.SchemaRouter"
DATABASE_ROUTERS = [TENANT_SYNC_ROUTER]

MIDDLEWARE = [
    "wificore.kernel.api.middleware.request_id_middleware",
    "wificore.kernel.api.middleware.api_error_middleware",
    "wificore.kernel.api.middleware.health_middleware",
    "wificore.kernel.api.middleware.context_reset_middleware",
    "tenants.middleware.tenant_middleware",
    "wificore.kernel.actor.actor_middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "wificore.access.middleware.session_cookie_middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "wificore.kernel.api.middleware.api_slash_middleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "wificore.access.middleware.membership_middleware",
    "wificore.access.mfa.middleware.mfa_middleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


def database(setting: str, **extra: Any) -> dict[str, Any]:
    """One entry of DATABASES from the variable with its postgresql:// URL."""
    parts = parse_dsn(env.secret(setting))
    return {
        "ENGINE": "wificore.kernel.db.backend",
        "NAME": parts.pop("dbname"),
        "USER": parts.pop("user"),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host"),
        "PORT": parts.pop("port", "5432"),
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, **parts},
        "URL_SETTING": setting,
        **extra,
    }


DATABASES = {
    "default": database("DATABASE_URL"),
    # A second connection of a job's worker: its progress is seen while its transaction is open.
    "progress": database("DATABASE_URL"),
}
# Only migrations and provisioning hold the owner's connection (TENANCY 2).
if env.optional_secret("DATABASE_OWNER_URL"):
    DATABASES["owner"] = database("DATABASE_OWNER_URL", ACT_AS=OWNER)
DATABASE_RADIUS_URL = env.optional_secret("DATABASE_RADIUS_URL")

REDIS_URL = env.secret("REDIS_URL")
# Where the relay publishes for sockets.
EVENTS_REDIS_URL = f"{REDIS_URL.rstrip('/')}/3"


def redis_cache(kind: str, number: int, backend: str = "SchemaCache") -> dict[str, Any]:
    """One entry of CACHES; every key is `wificore:<kind>:<schema>:..`."""
    return {
        "BACKEND": f"wificore.kernel.cache.{backend}",
        "LOCATION": f"{REDIS_URL.rstrip('/')}/{number}",
        "KEY_PREFIX": kind,
        "KEY_FUNCTION": "wificore.kernel.cache.make_key",
        "OPTIONS": {
            "REVERSE_KEY_FUNCTION": "wificore.kernel.cache.reverse_key",
            "SOCKET_CONNECT_TIMEOUT": 1,
            "SOCKET_TIMEOUT": 1,
            # Reads and writes go on against PostgreSQL when Redis is away.
            "IGNORE_EXCEPTIONS": True,
        },
    }


CACHES = {"default": redis_cache("cache", 1), "sessions": redis_cache("session", 0, "SessionCache")}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True

# Background tasks (kernel/tasks.py). Messages and chords' results live in Redis database 2.
CELERY_BROKER_URL = CELERY_RESULT_BACKEND = f"{REDIS_URL.rstrip('/')}/2"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": int(VISIBILITY_TIMEOUT.total_seconds()),
    "socket_connect_timeout": 2,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 2, "interval_start": 0, "interval_step": 0.2}
CELERY_TASK_DEFAULT_QUEUE = DEFAULT_QUEUE
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_EXPIRES = timedelta(hours=1)
# A message is done when its task is, and comes again when the worker dies under it.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Ends before Redis would hand the message to a second worker.
CELERY_TASK_TIME_LIMIT = int((VISIBILITY_TIMEOUT - timedelta(minutes=5)).total_seconds())
# One process a task: threads would share what libraries keep a process (TENANCY 1, L11).
CELERY_WORKER_POOL = "prefork"
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 60
# A stop waits this long for running tasks; the launcher waits 15 s before it kills.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
# Nothing to remember: beat asks for the current windows, and claims tell what is done.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"

JOBS = JobsConf(lease_s=env.integer("JOB_LEASE_S", 45))


def file_storage(name: str, directory: str) -> dict[str, Any]:
    """Where files lie: a directory, or S3 if a bucket is named (`<name>_S3_BUCKET`)."""
    bucket = env.text(f"{name}_S3_BUCKET", "")
    if not bucket:
        location = env.path(f"{name}_DIR", VAR_DIR / directory)
        modes = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": location, "base_url": None, **modes},
        }
    options = {
        "bucket_name": bucket,
        "location": env.text(f"{name}_S3_PREFIX", ""),
        "endpoint_url": env.text(f"{name}_S3_ENDPOINT", "") or None,
        "region_name": env.text(f"{name}_S3_REGION", "") or None,
        # Without keys the machine's own role is used.
        "access_key": env.optional_secret(f"{name}_S3_ACCESS_KEY"),
        "secret_key": env.optional_secret(f"{name}_S3_SECRET_KEY"),
        "addressing_style": env.text(f"{name}_S3_ADDRESSING", "auto"),
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


# Days that archives of a deleted tenant stay (0: for ever). As long as the audit trail among them.
DELETED_ARCHIVE_KEEP_DAYS = env.integer("DELETED_ARCHIVE_KEEP_DAYS", 2588)
if not 0 <= DELETED_ARCHIVE_KEEP_DAYS <= 36_500:
    raise EnvError("DELETED_ARCHIVE_KEEP_DAYS must be from 0 (for ever) to 36500")

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    # Archived partitions.
    "archive": file_storage("ARCHIVE", "archive"),
    # What people asked for, by schema (kernel/files.py); web and workers both need it.
    "exports": file_storage("EXPORT", "exports"),
}

AUTH_USER_MODEL = "access.User"
KNOX_TOKEN_MODEL = "access.ApiToken"
REST_KNOX = {"TOKEN_TTL": None, "TOKEN_MODEL": KNOX_TOKEN_MODEL}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
LOGIN_REDIRECT_URL = "/admin/"
# The guard comes first and counts; whatever checks a password stands behind it (signin/guard.py).
AUTHENTICATION_BACKENDS = [
    "wificore.access.signin.guard.Guard",
    "wificore.access.signin.backend.PasswordBackend",
]
# python-ldap is built from C: without it everything else works.
LDAP_INSTALLED = find_spec("django_auth_ldap") is not None
if LDAP_INSTALLED:
    AUTHENTICATION_BACKENDS.append("wificore.access.sso.directory.backend.DirectoryBackend")
# Private networks in which tenants may name directories and OpenID providers (10.8.0.0/16).
SSO_PRIVATE_NETWORKS = env.networks("SSO_PRIVATE_NETWORKS")
SIGN_IN = SignInConf(
    tries=env.integer("SIGN_IN_TRIES", 20),
    per_minute=env.integer("SIGN_INS_PER_MINUTE", 300),
    locked_s=env.integer("SIGN_IN_LOCKED_S", 15 * 60),
)
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_CACHE_ALIAS = "sessions"
SESSION_COOKIE_NAME = "wc_session"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
PLATFORM_SESSION_COOKIE_NAME = "wc_platform_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "wificore.kernel.api.views.csrf_failure"

# django-allauth, for programs only: it has no pages of its own (ACCESS, Sign-in).
HEADLESS_ONLY = True
# Apps: short-lived access tokens, checked against the sign-in that they belong to.
HEADLESS_TOKEN_STRATEGY = "wificore.access.signin.app_tokens.TokenStrategy"
HEADLESS_JWT_ALGORITHM = "HS256"
HEADLESS_JWT_PRIVATE_KEY = jwt_key(env.optional_secret("JWT_SIGNING_KEY"), SECRET_KEY)
HEADLESS_JWT_STATEFUL_VALIDATION_ENABLED = True
HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = env.integer("JWT_ACCESS_TOKEN_S", 5 * 60)
HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN = SESSION_COOKIE_AGE
# Pages of the web client, on the host that the user is on.
HEADLESS_FRONTEND_URLS = {
    "account_confirm_email": "/sign-in/confirm/{key}",
    "account_reset_password": "/sign-in/reset",
    "account_reset_password_from_key": "/sign-in/reset/{key}",
    "account_signup": "/sign-in",
    "socialaccount_login_error": "/sign-in/failed",
}
ACCOUNT_ADAPTER = "wificore.access.signin.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# Staff are made by administrators, who vouch for the address: allauth sends no confirmation.
ACCOUNT_EMAIL_VERIFICATION = "none"
# The address is the user's name here; administrators change it (access/services.py).
ACCOUNT_MAX_EMAIL_ADDRESSES = 1
# The adapter asks a worker for any address alike; a stranger's gets no mail.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
USERSESSIONS_ADAPTER = "wificore.access.signin.adapters.SessionsAdapter"
# OpenID providers are the tenants' own rows.
SOCIALACCOUNT_ADAPTER = "wificore.access.sso.oidc.adapter.SocialAdapter"
MFA_ADAPTER = "wificore.access.signin.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
# What the guard counts, allauth need not: its limits would fire first, and refuse everybody while
# Redis is away.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "reauthenticate": None,
    "change_password": None,
    "reset_password_from_key": None,
    "reset_password": "60/m/ip,5/m/key",
}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "wificore.access.signin.reset.ResetKeys"
PASSWORD_RESET_TIMEOUT = int(timedelta(hours=1).total_seconds())

# Strangers may ask for a tenant on the platform's host (tenants/sign_up).
SIGN_UP_OPEN = env.boolean("SIGN_UP_OPEN", False)
# In mails of workers, which know no request.
PLATFORM_URL = env.text("PLATFORM_URL", f"https://{PLATFORM_HOST}").rstrip("/")
TENANT_URL = env.text("TENANT_URL", "https://{host}")

# Mail. Without a server it is written to files: development reads it there.
EMAIL_HOST = env.text("EMAIL_HOST", "")
EMAIL_PORT = env.port("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.optional_secret("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = env.boolean("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = env.boolean("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", f"no-reply@{PLATFORM_HOST}")

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

UNFOLD = {
    "SITE_SYMBOL": "router",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": "/static/wificore/favicon.svg"}
    ],
    "SITE_URL": None,
    "SHOW_BACK_BUTTON": True,
    "SIDEBAR": {"show_search": True, "navigation": "wificore.access.navigation.tenant"},
}
UNFOLD_PLATFORM = {
    **UNFOLD,
    "SITE_SYMBOL": "hub",
    "SIDEBAR": {"show_search": True, "navigation": "wificore.access.navigation.platform"},
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "wificore.access.api.authentication.ApiTokenAuthentication",
        "wificore.access.support.api.authentication.SupportAuthentication",
        "wificore.access.signin.api.AppTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["wificore.access.api.permissions.HasCode"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "wificore.kernel.api.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "wificore.access.api.schema.CodeSchema",
    "EXCEPTION_HANDLER": "wificore.kernel.api.errors.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "WifiCore API",
    "VERSION": "1",
    "DESCRIPTION": "Prepaid WiFi and water for one tenant. The Host header names the tenant.",
    "SERVE_PUBLIC": True,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SERVE_INCLUDE_SCHEMA": True,
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"persistAuthorization": True},
}

RADIUS = RadiusConf(
    host=env.text("RADIUS_HOST", "127.0.0.1"),
    auth_port=env.port("RADIUS_AUTH_PORT", 1872),
    acct_port=env.port("RADIUS_ACCT_PORT", 1873),
    config_dir=env.path("RADIUS_CONFIG_DIR", VAR_DIR / "radius" / "raddb"),
    clients_dir=env.path("RADIUS_CLIENTS_DIR", VAR_DIR / "radius" / "clients"),
    spool_dir=env.path("RADIUS_SPOOL_DIR", VAR_DIR / "radius" / "spool"),
)

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("sw", "Kiswahili")]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATIC_ROOT: Path | None = VAR_DIR / "static"
WHITENOISE_MAX_AGE = int(timedelta(hours=1).total_seconds())

DEBUG = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
LOGGING = logging.dict_config(env.text("LOG_LEVEL", "INFO"), as_json=env.boolean("LOG_JSON", True))
logging.configure()
