"""Production behind nginx with TLS."""

from wificore.kernel.env import EnvError

from .base import *  # noqa: F403  # Django's own way to derive settings
from .base import SECRET_KEY, STORAGES

MINIMUM_SECRET = 50

if len(SECRET_KEY) < MINIMUM_SECRET or SECRET_KEY.startswith(("dev-", "django-insecure-")):
    raise EnvError(f"SECRET_KEY must be {MINIMUM_SECRET} random characters or more in production")

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
