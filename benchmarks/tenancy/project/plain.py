"""Plain Django on one schema."""

from .common import *  # noqa: F403  # Django's own way to derive settings
from .common import COMMON_MIDDLEWARE, SHOP, database

INSTALLED_APPS = ["rest_framework", SHOP]
MIDDLEWARE = COMMON_MIDDLEWARE
DATABASES = {"default": database("django.db.backends.postgresql")}
