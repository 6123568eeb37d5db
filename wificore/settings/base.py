"""Settings that hold everywhere. Values that differ come from the environment, read here only."""

import re
from datetime import timedelta
from pathlib import Path

import django_stubs_ext

from radius.conf import RadiusConf
from transactions.payments.conf import SAFARICOM, PaymentsConf
from wificore.kernel import logging
from wificore.kernel.env import EnvError
from wificore.realtime.conf import RealtimeConf

from .data import *  # noqa: F403  # Django's own way to compose settings
from .interface import *  # noqa: F403
from .sign_in import *  # noqa: F403
from .site import *  # noqa: F403
from .site import BASE_DIR, VAR_DIR, env

django_stubs_ext.monkeypatch()

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
    "wificore.realtime",
    "wificore.ops",
]
TENANT_APPS = [
    "django.contrib.auth",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.sessions",
    "wificore.jobs",
    "wificore.audit",
    *SIGN_IN_APPS,
    "wificore.files",
    "wificore.access",
    "radius",
    "transactions.ledger",
    "transactions.wallets",
    "transactions.tills",
    "transactions.resellers",
    "transactions.payments",
    "transactions.water",
    "wificore.notifications",
    "wificore.webhooks",
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

RADIUS = RadiusConf(
    host=env.text("RADIUS_HOST", "127.0.0.1"),
    public_host=env.text("RADIUS_PUBLIC_HOST", ""),
    auth_port=env.port("RADIUS_AUTH_PORT", 1872),
    acct_port=env.port("RADIUS_ACCT_PORT", 1873),
    config_dir=env.path("RADIUS_CONFIG_DIR", VAR_DIR / "radius" / "raddb"),
    clients_dir=env.path("RADIUS_CLIENTS_DIR", VAR_DIR / "radius" / "clients"),
    spool_dir=env.path("RADIUS_SPOOL_DIR", VAR_DIR / "radius" / "spool"),
    silent_after_s=env.integer("NAS_SILENT_MINUTES", 15) * 60,
    idle_after_s=env.integer("NAS_IDLE_HOURS", 24) * 3600,
)

# The currency of accounts, wallets and tills: ISO 4217, one for the whole installation.
CURRENCY = env.text("CURRENCY", "KES")
if not re.fullmatch(r"[A-Z]{3}", CURRENCY):
    raise EnvError("CURRENCY must be an ISO 4217 code like KES")

# Where M-Pesa's callbacks may come from (0.0.0.0/0,::/0: from anywhere), and how many messages
# without our secret are kept of one address in a minute.
PAYMENTS = PaymentsConf(
    callback_networks=env.networks("MPESA_CALLBACK_NETWORKS", SAFARICOM),
    strangers_per_minute=env.integer("CALLBACK_STRANGERS_PER_MINUTE", 60),
)

# The process `realtime` (realtime/conf.py).
REALTIME = RealtimeConf(
    host=env.text("REALTIME_HOST", "127.0.0.1"),
    port=env.port("REALTIME_PORT", 6071),
    lease_s=env.integer("REALTIME_LEASE_S", 6),
    activity_s=env.integer("REALTIME_ACTIVITY_S", 30),
    pong_s=env.integer("REALTIME_PONG_S", 30),
)
# Where browsers find the sockets: a port, or 0 for the one that the page came from (nginx).
REALTIME_PUBLIC_PORT = env.integer("REALTIME_PUBLIC_PORT", 0)

# The process `metrics` (ops/metrics): loopback, for a Prometheus beside it.
METRICS_HOST = env.text("METRICS_HOST", "127.0.0.1")
METRICS_PORT = env.port("METRICS_PORT", 9670)

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("sw", "Kiswahili")]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATIC_ROOT: Path | None = VAR_DIR / "static"
WHITENOISE_MAX_AGE = int(timedelta(hours=1).total_seconds())
# The web client as `make run` builds it: its files, and the page that `wificore.web` sends.
WEB_CLIENT_DIR = BASE_DIR / "frontend" / "dist"
WHITENOISE_ROOT = WEB_CLIENT_DIR if WEB_CLIENT_DIR.is_dir() else None
# Named by their content, so cached for ever: Vite's files, and collected static ones.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/(assets/.+-[\w-]{8}|static/.+\.[0-9a-f]{12})\.\w+(\.\w+)?$"

DEBUG = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
LOGGING = logging.dict_config(env.text("LOG_LEVEL", "INFO"), as_json=env.boolean("LOG_JSON", True))
logging.configure()
