"""Whatever a tenant's data can travel through has an isolation test, or the build fails."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from tests.conftest import World
from tests.isolation import registry
from tests.isolation.routes import parameters, resource_of, routes
from wificore.celery import app
from wificore.kernel.db.context import platform_context

ROOT = Path(__file__).parents[2]
PRODUCT = ("tenants", "radius", "transactions", "wificore")
TENANT_URLS, PLATFORM_URLS = "wificore.urls_tenant", "wificore.urls_public"


@pytest.mark.parametrize(
    ("urlconf", "registered"),
    [
        (TENANT_URLS, registry.TENANT_ROUTES),
        (PLATFORM_URLS, registry.PLATFORM_ROUTES),
    ],
)
def test_every_url_route_is_registered_with_ids_to_try(
    urlconf: str, registered: dict[str, str]
) -> None:
    found = {route: resource_of(route, registered) for route in routes(urlconf)}
    assert [route for route, resource in found.items() if resource is None] == []
    assert set(registered) - set(found.values()) == set(), "not a route any more"
    without_ids = [
        route
        for route, resource in found.items()
        if set(parameters(route)) - {"app_label", "url", "page"} and not registered[resource or ""]
    ]
    assert without_ids == [], "say whose ids fill these"


@pytest.mark.parametrize(
    ("schema", "registered"),
    [("public", registry.PUBLIC_TABLES), ("ts_beta", registry.TENANT_TABLES)],
)
def test_every_table_and_view_is_registered(
    world: World, schema: str, registered: dict[str, str]
) -> None:
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace"
            " AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT relispartition",
            [schema],
        )
        assert {name for (name,) in cursor.fetchall()} == set(registered)


def test_every_task_is_registered() -> None:
    ours = {name for name in app.tasks if not name.startswith(("celery.", "tests."))}
    assert ours == set(registry.TASKS)


def test_every_module_that_uses_the_cache_is_registered() -> None:
    users = {name for name, tree in modules() if "django.core.cache" in imports(tree)}
    assert users == set(registry.CACHE_USERS)


def test_every_process_is_registered() -> None:
    launcher = ROOT / "wificore" / "devserver"
    text = "".join(path.read_text() for path in launcher.glob("*.py"))
    started = set(re.findall(r'\b(?:Spec|_celery)\(\s*"([a-z-]+)"', text))
    assert started - registry.NO_STORE == set(registry.PROCESSES)


def test_every_storage_and_cache_is_registered() -> None:
    stores = {f"storage {alias}" for alias in settings.STORAGES}
    stores |= {f"cache {alias}" for alias in settings.CACHES}
    assert stores - registry.NO_TENANTS_STORE == set(registry.STORES)


def test_every_test_that_is_named_exists() -> None:
    assert sorted(test for test in registry.named() if not exists(test)) == []


def test_something_new_would_be_found() -> None:
    """The tests above have teeth."""
    assert resource_of("api/v1/radius/vouchers/", registry.TENANT_ROUTES) is None
    assert resource_of("api/v1/radius/plans/{pk}/copy/", registry.TENANT_ROUTES) is None
    assert resource_of("admin/radius/voucher/add/", registry.TENANT_ROUTES) is None
    assert resource_of("api/v1/radius/plans/{pk}/", registry.TENANT_ROUTES) is not None
    assert not exists("tests/isolation/test_registry.py::test_that_nobody_wrote")
    assert not exists("tests/isolation/test_nothing.py::test_that_nobody_wrote")
    assert "django.core.cache" in imports(ast.parse("from django.core import cache"))
    assert "django.core.cache" in imports(ast.parse("from django.core.cache import caches"))


def exists(test: str) -> bool:
    file, _, name = test.partition("::")
    path = ROOT / file
    return path.is_file() and f"\ndef {name}(" in path.read_text()


def modules() -> Iterable[tuple[str, ast.Module]]:
    for package in PRODUCT:
        for path in (ROOT / package).rglob("*.py"):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield name, ast.parse(path.read_text())


def imports(tree: ast.Module) -> set[str]:
    """Modules that a module imports, by any spelling."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found
