"""A tenant is made step by step, and a failed one is resumed."""

from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.test import Client
from psycopg2 import errors

from tenants import provisioning
from tenants.hooks import Owner
from tenants.models import Order
from tenants.selectors import tenant_get
from tenants.services import TenantInvalid, tenant_create
from tests.conftest import PASSWORD, World
from wificore.access.models import User
from wificore.kernel.db.context import platform_context, tenant_context

OWNER = Owner("owner@gamma.test", PASSWORD)


def test_a_new_tenant_is_active_and_its_owner_can_use_the_api(gamma: str) -> None:
    tenant = tenant_create(slug=gamma, name="Gamma", owner=OWNER)
    assert tenant.state == "active"
    with tenant_context(tenant):
        assert User.objects.get().check_password(PASSWORD)
    response = Client().get("/api/v1/me/", headers={"host": "gamma.localhost"})
    assert response.status_code == 401


@pytest.mark.parametrize("step", range(len(provisioning.STEPS)))
def test_a_tenant_that_failed_in_any_step_is_resumed(gamma: str, step: int) -> None:
    state, _ = provisioning.STEPS[step]

    def fail(*_args: Any) -> None:
        raise RuntimeError("power cut")

    broken = [*provisioning.STEPS[:step], (state, fail), *provisioning.STEPS[step + 1 :]]
    with patch.object(provisioning, "STEPS", broken), pytest.raises(RuntimeError):
        tenant_create(slug=gamma, name="Gamma", owner=OWNER)
    assert tenant_get(slug=gamma).state == "failed"
    assert "power cut" in tenant_get(slug=gamma).error
    assert tenant_create(slug=gamma, name="Gamma", owner=OWNER).state == "active"
    assert tenant_get(slug=gamma).error == ""


def test_what_waits_for_worker_ddl_holds_a_hash_and_no_password(gamma: str, as_role: Any) -> None:
    with patch.object(provisioning, "STEPS", ()):
        tenant = tenant_create(slug=gamma, name="Gamma", owner=OWNER)
    with platform_context():
        order = Order.objects.get(tenant=tenant)
    assert order.owner_password != PASSWORD
    assert check_password(PASSWORD, order.owner_password)
    for role in ("ts_alpha", "none"):
        with as_role(role).cursor() as cursor, pytest.raises(errors.InsufficientPrivilege):
            cursor.execute("SELECT owner_password FROM public.tenants_order")
    tenant_create(slug=gamma, name="Gamma", owner=OWNER)
    with platform_context():
        assert not Order.objects.exists()


def test_creating_again_never_closes_an_active_tenant(gamma: str) -> None:
    tenant_create(slug=gamma, name="Gamma", owner=OWNER)
    with patch.object(provisioning, "STEPS", None):
        assert tenant_create(slug=gamma, name="Gamma", owner=OWNER).state == "active"


def test_a_tenant_that_is_not_ready_answers_503(gamma: str) -> None:
    with patch.object(provisioning, "STEPS", ()):
        tenant_create(slug=gamma, name="Gamma", owner=OWNER)
    response = Client().get("/api/v1/me/", headers={"host": "gamma.localhost"})
    assert (response.status_code, response["Retry-After"]) == (503, "10")


def test_creating_twice_changes_nothing(gamma: str) -> None:
    first = tenant_create(slug=gamma, name="Gamma", owner=OWNER)
    again = tenant_create(slug=gamma, name="Gamma", owner=OWNER)
    assert (first.pk, first.schema_name) == (again.pk, again.schema_name)


@pytest.mark.parametrize("slug", ["", "Gamma", "ga-mma", "x" * 41, 'x"; DROP', "public", "gamma\n"])
def test_a_slug_that_cannot_be_a_schema_is_refused(world: World, slug: str) -> None:
    with pytest.raises(TenantInvalid) as caught:
        tenant_create(slug=slug, name="x", owner=OWNER)
    assert caught.value.field == "slug"


def test_a_host_of_another_tenant_is_refused(gamma: str) -> None:
    with pytest.raises(TenantInvalid, match="belongs to another tenant"):
        tenant_create(slug=gamma, name="x", owner=OWNER, host="alpha.localhost")


def test_the_new_role_can_do_nothing_but_its_own_schema(gamma: str, as_role: Any) -> None:
    tenant_create(slug=gamma, name="Gamma", owner=OWNER)
    with as_role("ts_gamma").cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ts_gamma.access_user")
        assert cursor.fetchone() == (1,)
        cursor.execute(
            "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolcanlogin OR rolbypassrls"
            " FROM pg_roles WHERE rolname = 'ts_gamma'"
        )
        assert cursor.fetchone() == (False,)


def test_the_command_makes_a_tenant(
    gamma: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OWNER_PASSWORD", PASSWORD)
    call_command("tenant_create", gamma, owner_email="owner@gamma.test")
    assert capsys.readouterr().out == "gamma is active at gamma.localhost\n"


def test_the_command_names_the_bad_argument_and_ends_with_2(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWNER_PASSWORD", PASSWORD)
    with pytest.raises(CommandError, match="slug:") as caught:
        call_command("tenant_create", "No-Good", owner_email="owner@gamma.test")
    assert caught.value.returncode == 2


def test_the_list_shows_every_tenant(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("tenant_list")
    out = capsys.readouterr().out
    assert "ts_alpha" in out
    assert "beta.localhost" in out


def test_migrating_again_keeps_everything(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("migrate")
    out = capsys.readouterr().out
    assert "migrated public" in out
    assert "[2/2] ts_beta" in out
