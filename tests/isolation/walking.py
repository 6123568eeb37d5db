"""Every route with another tenant's ids, and what must not have changed by it."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connections
from django.test import Client
from django_redis import get_redis_connection

from radius.models import Plan
from tests.isolation import registry
from tests.isolation.filling import Ids
from tests.isolation.routes import parameters, resource_of, routes
from tests.isolation.test_registry import PLATFORM_URLS, TENANT_URLS
from wificore.kernel.db.context import platform_context

METHODS = ("get", "head", "options", "put", "patch", "post", "delete")
JSON = "application/json"
REDIS_KEY = 5

TENANT_ROUTES = routes(TENANT_URLS)
PLATFORM_ROUTES = routes(PLATFORM_URLS)
API_ROUTES = [route for route in TENANT_ROUTES if route.startswith("api/")]
PAGES = [route for route in TENANT_ROUTES if route not in API_ROUTES]
# Routes of the platform's host that strangers may see: nothing of a tenant is in them.
ACCEPT = "api/v1/access/invitations/accept/"
WEB = ("", "{page}", "manifest.webmanifest")
OPEN = ("admin/login/", "admin/jsi18n/", "api/schema/", "api/docs/", "sign-in/reset", ACCEPT, *WEB)
# Takes a secret in its path instead of a credential; at another tenant it is 404.
REPORTS = "api/v1/notifications/sms/reports/{token}/"
# The same of payments, with a raw inbox: what comes with the secret is stored there.
CALLBACKS = "api/v1/pay/cb/{token}/"
INBOX = "payments_inboxmessage"


def everything(schema: str, tenant: str | None = None) -> dict[str, str]:
    """A checksum of every table; of shared ones, of the tenant's rows."""
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace"
            " AND relkind IN ('r', 'p') AND NOT relispartition",
            [schema],
        )
        names = [name for (name,) in cursor.fetchall()]
        sums = ", ".join(
            f"(SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), ''))"
            f' FROM "{schema}"."{name}" t{_rows(name, tenant)})'
            for name in names
        )
        cursor.execute(f"SELECT {sums}")
        return dict(zip(names, cursor.fetchone(), strict=True))


def _rows(name: str, tenant: str | None) -> str:
    return f" WHERE t.tenant = '{tenant}'" if name == "nas_registry" and tenant else ""


def paths(route: str, registered: dict[str, str], ids: Ids) -> list[str]:
    """The route with each of the ids in its place."""
    names = parameters(route)
    subject = registered[resource_of(route, registered) or ""]
    with platform_context():
        other = {
            "app_label": "radius",
            "url": "x",
            "content_type_id": ContentType.objects.get_for_model(Plan).pk,
        }
    found = []
    for value in ids.get(subject, [""]):
        path = f"/{route}"
        for name in names:
            path = path.replace("{" + name + "}", str(other.get(name, value)))
        found.append(path)
    return list(dict.fromkeys(found))


def send(client: Client, method: str, path: str) -> Any:
    """A request that would do something if it could: forms say yes, bodies name new values."""
    if method in ("put", "patch", "post", "delete") and path.startswith("/api/"):
        body = {"name": "taken", "password": "taken-over", "confirm": "beta", "reason": "x"}
        return getattr(client, method)(path, body, JSON)
    if method == "post":
        return client.post(path, {"post": "yes", "name": "taken", "_save": "Save"})
    return getattr(client, method)(path)


def content_of(answer: Any) -> bytes:
    """All of it, also of an answer that is a file."""
    content: bytes = b"".join(answer) if answer.streaming else answer.content
    answer.close()
    return content


def betas_shared_rows() -> list[Any]:
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT t::text FROM nas_registry t WHERE tenant = 'ts_beta'"
            " UNION ALL SELECT t::text FROM support_session t WHERE tenant = 'ts_beta' ORDER BY 1"
        )
        return list(cursor.fetchall())


def assert_keys_are_registered() -> None:
    """`wificore:<kind>:<schema>:<version>:<key>`, and nothing else in these databases."""
    for alias in ("default", "sessions"):
        for raw in get_redis_connection(alias).keys("*"):
            parts = raw.decode().split(":", REDIS_KEY - 1)
            assert parts[0] == "wificore", raw
            assert parts[2] in ("public", "ts_alpha", "ts_beta", "ts_gamma"), raw
            assert parts[4].startswith(registry.KEYS[parts[1]]), raw
