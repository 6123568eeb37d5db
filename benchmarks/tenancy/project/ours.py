"""The product's settings with its tenancy layer alone, and the benchmark's app and view."""

from wificore.settings.base import *  # noqa: F403  # Django's own way to derive settings
from wificore.settings.base import INSTALLED_APPS

from .common import COMMON_MIDDLEWARE, SHOP
from .common import REST_FRAMEWORK as REST_FRAMEWORK  # a setting: only Django reads it

INSTALLED_APPS = [*INSTALLED_APPS, SHOP]
MIDDLEWARE = [
    "wificore.kernel.api.middleware.context_reset_middleware",
    "tenants.middleware.tenant_middleware",
    "benchmarks.tenancy.project.middleware.urls_middleware",
    # allauth does not start without it; it does nothing to these requests.
    "allauth.account.middleware.AccountMiddleware",
    *COMMON_MIDDLEWARE,
]
