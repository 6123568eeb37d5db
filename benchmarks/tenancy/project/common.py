"""What all three variants share; the database's settings are the product's own."""

import os
from typing import Any

from psycopg2.extensions import parse_dsn

SECRET_KEY = "benchmark"
ALLOWED_HOSTS = ["*"]
USE_TZ = True
TIME_ZONE = "UTC"
ROOT_URLCONF = "benchmarks.tenancy.project.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SHOP = "benchmarks.tenancy.project.shop"
CUSTOMERS = "benchmarks.tenancy.project.customers"
COMMON_MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "UNAUTHENTICATED_USER": None,
}


def database(engine: str) -> dict[str, Any]:
    parts = parse_dsn(os.environ["BENCH_DATABASE"])
    return {
        "ENGINE": engine,
        "NAME": parts["dbname"],
        "USER": parts["user"],
        "PASSWORD": parts.get("password", ""),
        "HOST": parts["host"],
        "PORT": parts["port"],
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
    }
