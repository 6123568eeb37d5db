"""A tenant goes: exported, verified, then dropped with everything that is its own."""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import zstandard
from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import FileSystemStorage
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django_redis import get_redis_connection

from radius.registry.models import Nas
from radius.registry.services import nas_create
from radius.services import plan_create
from tenants import deletion, export
from tenants.hooks import Owner
from tenants.models import Domain, Order, Tenant
from tenants.services import TenantInvalid, tenant_create, tenant_delete
from tests.access.test_admin_sign_in import sign_in
from tests.conftest import PASSWORD, World
from wificore.kernel.db.context import platform_context, tenant_context
from wificore.kernel.db.partitions import archive
from wificore.kernel.db.partitions.manifest import ArchiveInvalid

ROOT = Path(__file__).parents[2]
PLAN = 'Gold, "30" days'


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FileSystemStorage:
    """The archive of the test."""
    there = FileSystemStorage(location=tmp_path)
    monkeypatch.setattr(archive, "storage", lambda: there)
    return there


@pytest.fixture
def full(gamma: str) -> Tenant:
    """Gamma with a plan, a router, a cached value, a sign-in and an open session's partition."""
    tenant = tenant_create(slug=gamma, name="Gamma", owner=Owner("o@gamma.test", PASSWORD))
    with tenant_context(tenant):
        plan_create(name=PLAN, price_micro=5_000_000)
        nas_create(address="192.0.2.77", secret="router-secret")
        cache.set("greeting", "gamma's")
    sign_in("gamma.localhost", "o@gamma.test")
    return tenant


def sql(statement: str, *values: Any) -> list[Any]:
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


def traces() -> dict[str, Any]:
    """What is left of gamma, by place."""
    keys = [
        key
        for alias in ("default", "sessions")
        for key in connections_of(alias).keys("wificore:*:ts_gamma:*")
    ]
    with platform_context():
        return {
            "schema": sql("SELECT to_regnamespace('ts_gamma') IS NOT NULL")[0][0],
            "role": bool(sql("SELECT 1 FROM pg_roles WHERE rolname = 'ts_gamma'")),
            "domains": Domain.objects.filter(domain="gamma.localhost").exists(),
            "row": Tenant.objects.filter(slug="gamma").exists(),
            "order": Order.objects.exists(),
            "routers": Nas.objects.filter(tenant="ts_gamma").exists(),
            "keys": bool(keys),
        }


def connections_of(alias: str) -> Any:
    return get_redis_connection(alias)


def manifest(store: FileSystemStorage) -> dict[str, Any]:
    (path,) = Path(store.location).glob("exports/ts_gamma/*/manifest.json")
    content: dict[str, Any] = json.loads(path.read_text())
    return content


def rows_of(store: FileSystemStorage, file: str) -> list[list[str]]:
    (path,) = Path(store.location).glob(f"exports/ts_gamma/*/{file}")
    packed = zstandard.ZstdDecompressor().decompressobj().decompress(path.read_bytes())
    return list(csv.reader(io.StringIO(packed.decode())))


def test_nothing_is_left_and_everything_is_in_the_export(
    full: Tenant, store: FileSystemStorage
) -> None:
    assert all(value for place, value in traces().items() if place != "order")
    tables = {name for (name,) in sql(export.TABLES, "ts_gamma")}
    tenant_delete(tenant=full, confirm="gamma")
    assert not any(traces().values()), traces()
    parts = manifest(store)["parts"]
    own = {part["table"] for part in parts if not part["file"].startswith("shared.")}
    assert own == tables
    header, row = rows_of(store, "radius_plan.csv.zst")
    assert dict(zip(header, row, strict=True))["name"] == PLAN
    header, row = rows_of(store, "shared.nas_registry.csv.zst")
    assert dict(zip(header, row, strict=True))["address"] == "192.0.2.77"
    counts = {part["file"]: part["rows"] for part in parts}
    assert counts["access_user.csv.zst"] == 1
    assert any("radacct_p" in part["table"] for part in parts)


def test_the_other_tenants_keep_everything(full: Tenant, world: World) -> None:
    with tenant_context(world.alpha):
        plan_create(name="Alpha's")
        nas_create(address="192.0.2.78", secret="router-secret")
        cache.set("greeting", "alpha's")
    tenant_delete(tenant=full, confirm="gamma")
    with tenant_context(world.alpha):
        assert cache.get("greeting") == "alpha's"
        assert Nas.objects.get().address == "192.0.2.78"
    with platform_context():
        assert Nas.objects.count() == 1
    assert Client().get("/api/v1/me/", headers={"host": "alpha.localhost"}).status_code == 401


def test_a_deleted_tenants_sign_ins_are_worth_nothing_when_the_name_is_taken_again(
    full: Tenant, gamma: str
) -> None:
    thief = sign_in("gamma.localhost", "o@gamma.test")
    assert thief.get("/admin/").status_code == 200
    tenant_delete(tenant=full, confirm="gamma")
    tenant_create(slug=gamma, name="Gamma", owner=Owner("o@gamma.test", PASSWORD))
    assert thief.get("/admin/").status_code == 302


@pytest.mark.parametrize("step", range(len(deletion.STEPS)))
def test_a_deletion_that_stopped_in_any_step_goes_on(
    full: Tenant, step: int, monkeypatch: pytest.MonkeyPatch, store: FileSystemStorage
) -> None:
    def fail(_order: Order) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as broken:
        steps = [*deletion.STEPS[:step], fail, *deletion.STEPS[step + 1 :]]
        broken.setattr(deletion, "STEPS", steps)
        with pytest.raises(RuntimeError):
            tenant_delete(tenant=full, confirm="gamma")
    with platform_context():
        row = Tenant.objects.get(slug="gamma")
        assert (row.state, row.error) == ("deleting", "power cut")
        assert Order.objects.get().attempts == 1
    call_command("migrate", verbosity=0)  # leaves it alone
    tenant_delete(tenant=full, confirm="gamma")
    assert not any(traces().values()), traces()
    assert {part["table"] for part in manifest(store)["parts"]} > {"access_user", "radius_plan"}


def test_a_damaged_export_is_refused_and_nothing_is_dropped(
    full: Tenant, monkeypatch: pytest.MonkeyPatch, store: FileSystemStorage
) -> None:
    whole = export._save

    def damage(there: Any, name: str, content: Any) -> None:
        whole(there, name, content)
        if name.endswith("radius_plan.csv.zst"):
            path = Path(there.path(name))
            whole_file = path.read_bytes()
            path.write_bytes(whole_file[:-1] + bytes([whole_file[-1] ^ 0xFF]))

    with monkeypatch.context() as broken:
        broken.setattr(export, "_save", damage)
        with pytest.raises(ArchiveInvalid):
            tenant_delete(tenant=full, confirm="gamma")
    left = traces()
    assert (left["schema"], left["role"], left["routers"]) == (True, True, True)
    tenant_delete(tenant=full, confirm="gamma")
    assert not any(traces().values())


def test_while_it_is_deleted_nobody_reads_or_writes_it(
    full: Tenant, as_role: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "STEPS", deletion.STEPS[:1])
    tenant_delete(tenant=full, confirm="gamma")
    answer = Client().get("/api/v1/me/", headers={"host": "gamma.localhost"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_host")
    with as_role("ts_gamma").cursor() as cursor:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("SELECT 1 FROM ts_gamma.radius_plan")


@pytest.fixture
def elsewhere(full: Tenant, superuser_dsn: str) -> Iterator[None]:
    """Another database of the cluster gives gamma's role a right."""
    admin = psycopg2.connect(superuser_dsn)
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute("CREATE DATABASE elsewhere")
    other = psycopg2.connect(superuser_dsn, dbname="elsewhere")
    with other, other.cursor() as cursor:
        cursor.execute("CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO ts_gamma")
    other.close()
    yield
    with admin.cursor() as cursor:
        cursor.execute("DROP DATABASE elsewhere")
    admin.close()


def test_a_role_that_another_database_refers_to_stays(elsewhere: None, full: Tenant) -> None:
    tenant_delete(tenant=full, confirm="gamma")
    left = traces()
    assert (left["schema"], left["role"]) == (False, True)


def test_the_wrong_slug_deletes_nothing(full: Tenant) -> None:
    for confirm in ("", "Gamma", "beta"):
        with pytest.raises(TenantInvalid):
            tenant_delete(tenant=full, confirm=confirm)
    with platform_context():
        assert Tenant.objects.get(slug="gamma").state == "active"


def test_the_commands_do_the_same(
    full: Tenant, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("tenant_suspend", "gamma", reason="unpaid")
    call_command("tenant_resume", "gamma")
    monkeypatch.setattr("builtins.input", lambda _question: "beta")
    with pytest.raises(CommandError, match="confirm:") as caught:
        call_command("tenant_delete", "gamma")
    assert caught.value.returncode == 2
    monkeypatch.setattr("builtins.input", lambda _question: "gamma")
    call_command("tenant_delete", "gamma")
    assert capsys.readouterr().out.splitlines() == [
        "gamma is suspended",
        "gamma is active",
        "gamma is exported and deleted",
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ["tenant_suspend", "alpha"],
        ["tenant_suspend", "nobody", "--reason", "x"],
        ["tenant_resume", "alpha"],
        ["tenant_delete", "nobody", "--confirm", "nobody"],
        ["tenant_delete", "alpha", "--confirm", "beta"],
        ["tenant_delete", "alpha"],
    ],
)
def test_misuse_of_a_command_ends_with_2(world: World, arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2, done.stderr
