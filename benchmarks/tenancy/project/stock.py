"""django-tenants as its documentation sets it up."""

from .common import *  # noqa: F403  # Django's own way to derive settings
from .common import COMMON_MIDDLEWARE, CUSTOMERS, SHOP, database

SHARED_APPS = ["django_tenants", CUSTOMERS, "django.contrib.contenttypes", "rest_framework"]
TENANT_APPS = [SHOP]
INSTALLED_APPS = [*SHARED_APPS, *TENANT_APPS]
MIDDLEWARE = ["django_tenants.middleware.main.TenantMainMiddleware", *COMMON_MIDDLEWARE]
DATABASES = {"default": database("django_tenants.postgresql_backend")}
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
TENANT_MODEL = "customers.Client"
TENANT_DOMAIN_MODEL = "customers.Domain"
