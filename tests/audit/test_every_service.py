"""Every public function of every `services` module: what writes also audits and publishes."""

import importlib
import inspect
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from tenants.models import Domain, Tenant
from tests.audit.scenarios import EXEMPT, SCENARIOS, SECRETS
from tests.conftest import World
from wificore.access.models import User
from wificore.kernel.db.context import platform_context, tenant_context
from wificore.kernel.db.roles import PROVISION

ROOT = Path(__file__).parents[2]
PACKAGES = ("tenants", "radius", "transactions", "wificore")
# The launcher's "services" are servers.
LAUNCHER = "devserver"
WRITE = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM)\s+\S*?\"?(\w+)\"?[\s(]", re.I)
# The books are written by functions.
DOOR = re.compile(r'\s*SELECT "\w+"\.(ledger)_\w+_v\d+\(')
# What the ports themselves write, Django's own book-keeping, and how far provisioning has come.
NOT_STATE = {"events_outbox", "audit_entry", "django_migrations", "django_content_type"}


def services() -> list[str]:
    """Full names of the public functions that `services` modules and packages define."""
    names = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if (
                LAUNCHER not in parts
                and "services" in parts
                and parts[-1] not in ("__init__", "compiling")
            ):
                module = importlib.import_module(".".join(parts))
                names += [f"{module.__name__}.{name}" for name in _defined(module)]
    return names


def _defined(module: Any) -> list[str]:
    found = inspect.getmembers(module, inspect.isfunction)
    return [n for n, f in found if f.__module__ == module.__name__ and not n.startswith("_")]


@pytest.fixture(autouse=True)
def gone_after(world: World) -> Iterator[None]:
    """What a scenario made besides rows is dropped: a tenant, and users beside the three people."""
    yield
    with tenant_context(world.alpha):
        User.objects.exclude(email__in=[p.email for p in world.people.values()]).delete()
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS ts_gamma CASCADE")
        cursor.execute(f"SET ROLE {PROVISION}")
        cursor.execute("DROP ROLE IF EXISTS ts_gamma")
        cursor.execute("SET ROLE wc_owner")
        Domain.objects.using("owner").filter(tenant__slug="gamma").delete()
        Tenant.objects.using("owner").filter(slug="gamma").delete()


@contextmanager
def watched() -> Iterator[set[str]]:
    """The tables that the block writes to."""
    tables: set[str] = set()

    def watch(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if found := WRITE.match(sql if isinstance(sql, str) else ""):
            tables.add(found[2])
        if found := DOOR.match(sql if isinstance(sql, str) else ""):
            tables.add(found[1])
        return execute(sql, params, many, context)

    with ExitStack() as wrappers:
        for alias in ("default", "owner"):
            wrappers.enter_context(connections[alias].execute_wrapper(watch))
        yield tables


def told(world: World) -> tuple[list[str], list[str], str]:
    """Types of the events, actions of the audit lines, and all of their text."""
    lines: list[tuple[str, str]] = []
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT type, o::text FROM public.events_outbox o")
        events = cursor.fetchall()
        for schema in ("public", world.alpha.schema_name):
            cursor.execute(f'SELECT action, a::text FROM "{schema}".audit_entry a')
            lines += cursor.fetchall()
    text = "\n".join(text for _, text in [*events, *lines])
    return [name for name, _ in events], [name for name, _ in lines], text


@pytest.mark.parametrize("name", services())
def test_a_service_that_writes_audits_and_publishes_and_tells_no_secret(
    world: World, name: str
) -> None:
    if name in EXEMPT:
        return
    assert name in SCENARIOS, f"give {name} a scenario in tests/audit/scenarios.py"
    with watched() as tables:
        SCENARIOS[name](world)
    events, actions, text = told(world)
    assert tables - NOT_STATE, "the scenario writes nothing"
    assert "audit_entry" in tables, f"{name} writes {tables} without audit"
    assert "events_outbox" in tables, f"{name} writes {tables} without an event"
    # A new tenant's owner is in the trail of the new tenant, which `told` does not read.
    seeded = {f"{row}.created" for row in ("user", "department", "position", "alert_route")}
    seeded |= {"realtime_app.created"}
    # Rows of dispenses are a trail themselves; what devices report is told, not audited.
    seeded |= {"water.dispensed"}
    assert set(events) - seeded == set(actions) - seeded
    assert not [secret for secret in SECRETS if secret in text]


def test_no_scenario_and_no_exemption_is_left_over() -> None:
    assert {*SCENARIOS, *EXEMPT} <= set(services())


def test_a_service_that_forgot_the_ports_would_be_found(world: World) -> None:
    """The test above has teeth: a bare write is seen."""
    with watched() as tables, platform_context():
        Tenant.objects.filter(slug="none").update(name="x")
    assert tables == {"tenants_tenant"}


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("radius.services.plans.plan_update", "plan.updated"),
        ("radius.services.plans.plan_delete", "plan.deleted"),
        ("radius.services.subscribers.subscriber_update", "subscriber.updated"),
        ("radius.services.subscribers.subscriber_delete", "subscriber.deleted"),
        ("radius.services.subscribers.subscribers_create", "subscriber.created"),
        ("radius.registry.services.nas_save", "nas.created"),
        ("radius.registry.services.nas_update", "nas.updated"),
        ("radius.registry.services.nas_delete", "nas.deleted"),
        ("wificore.access.services.users.user_password_set", "user.updated"),
        ("wificore.access.services.users.user_delete", "user.deleted"),
        ("wificore.access.services.tokens.token_revoke", "token.revoked"),
        ("tenants.services.tenant_suspend", "tenant.suspended"),
        ("tenants.services.tenant_resume", "tenant.resumed"),
        ("tenants.services.tenant_retry", "tenant.retried"),
        ("tenants.services.tenant_delete_request", "tenant.deleting"),
        ("tenants.services.tenant_delete", "tenant.deleted"),
    ],
)
def test_events_are_called_after_what_happened(world: World, name: str, event: str) -> None:
    SCENARIOS[name](world)
    events, actions, _ = told(world)
    assert event in events
    assert event in actions


def test_an_update_tells_which_fields_changed_and_that_a_secret_did(world: World) -> None:
    SCENARIOS["radius.registry.services.nas_update"](world)
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT payload -> 'changed', payload ->> 'name' FROM public.events_outbox"
            " WHERE type = 'nas.updated'"
        )
        assert cursor.fetchall() == [('["name", "secret_changed"]', "tower")]
        cursor.execute("SELECT old, new FROM ts_alpha.audit_entry WHERE action = 'nas.updated'")
        assert cursor.fetchall() == [('{"name": ""}', '{"name": "tower", "secret_changed": true}')]
