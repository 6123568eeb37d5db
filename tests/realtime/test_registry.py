"""Which app has this key, this id, this tenant."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from psycopg2 import errors

from tenants.hooks import FirstUser
from tenants.services import tenant_resume, tenant_suspend
from tests.conftest import World
from wificore.kernel.db.context import platform_context, tenant_context
from wificore.realtime import registry as module
from wificore.realtime import services
from wificore.realtime.models import App
from wificore.realtime.registry import Registry, RegistryAway


def app_of(tenant: Any) -> App:
    with platform_context():
        return App.objects.get(tenant=tenant.schema_name)


def change(tenant: Any, **values: Any) -> None:
    with platform_context():
        App.objects.filter(tenant=tenant.schema_name).update(**values)


class Reads:
    """Stands before the database, counts, and can be told to fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count, self.away = 0, False
        self._real = module.look_up
        monkeypatch.setattr(module, "look_up", self)

    def __call__(self, by: module.By, value: str) -> module.App | None:
        self.count += 1
        if self.away:
            raise RegistryAway("gone")
        return self._real(by, value)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    return Reads(monkeypatch)


def test_every_new_tenant_has_an_app_of_its_own(world: World) -> None:
    alpha, beta = app_of(world.alpha), app_of(world.beta)
    assert (alpha.pk, alpha.key) != (beta.pk, beta.key)
    found = Registry().find("schema", "ts_alpha")
    assert found is not None
    assert (found.id, found.key, found.slug) == (str(alpha.pk), alpha.key, "alpha")
    assert found.id.isdigit()
    assert found.hosts == {"alpha.localhost"}
    assert found.open
    (secret,) = found.secrets
    assert len(secret) == 40
    assert secret not in str(alpha.sealed_secrets)
    assert secret not in repr(found)


def test_making_it_again_changes_nothing(world: World) -> None:
    before = app_of(world.alpha).key
    with tenant_context(world.alpha):
        services.app_seed(world.alpha, FirstUser("", ""), "owner")
    assert app_of(world.alpha).key == before


def test_a_loop_and_a_thread_find_the_same_app_by_key_id_and_schema(world: World) -> None:
    row, registry = app_of(world.alpha), Registry()

    async def ask() -> list[Any]:
        return [
            await registry.by_key(row.key),
            await registry.by_id(str(row.pk)),
            await registry.by_schema("ts_alpha"),
        ]

    found = asyncio.run(ask())
    assert found[0] == found[1] == found[2] == Registry().find("key", row.key)


STRANGE = ["", "nobody", "1" * 400, "\0", "0x1", "' OR 1=1 --", "\U0001f600", "\ud800"]


@pytest.mark.parametrize("value", STRANGE, ids=ascii)
def test_what_nobody_has_is_nothing(world: World, value: str) -> None:
    for by in ("key", "id", "schema"):
        assert Registry().find(by, value) is None  # type: ignore[arg-type]


def test_a_thousand_sockets_that_come_back_at_once_are_one_question(
    world: World, reads: Reads
) -> None:
    key, registry = app_of(world.alpha).key, Registry()

    async def ask() -> set[Any]:
        return set(await asyncio.gather(*(registry.by_key(key) for _ in range(1000))))

    assert len(asyncio.run(ask())) == 1
    assert reads.count == 1


def test_a_change_counts_once_the_app_is_forgotten(world: World) -> None:
    registry = Registry()
    first = registry.find("schema", "ts_alpha")
    assert first is not None
    change(world.alpha, enabled=False)
    kept = registry.find("schema", "ts_alpha")
    assert kept is not None
    assert kept.open
    registry.forget(first.id)
    again = registry.find("schema", "ts_alpha")
    assert again is not None
    assert not again.open


def test_what_no_message_told_counts_when_it_is_old(world: World) -> None:
    registry = Registry(age_s=0)
    assert registry.find("schema", "ts_alpha").open  # type: ignore[union-attr]
    change(world.alpha, blocked=True)
    assert not registry.find("schema", "ts_alpha").open  # type: ignore[union-attr]


def test_a_suspended_tenants_app_is_closed(world: World) -> None:
    tenant_suspend(tenant=world.alpha)
    try:
        found = Registry().find("schema", "ts_alpha")
        assert found is not None
        assert found.suspended
        assert not found.open
    finally:
        tenant_resume(tenant=world.alpha)


def test_without_postgresql_what_is_known_stays_in_force(world: World, reads: Reads) -> None:
    registry = Registry()
    known = registry.find("schema", "ts_alpha")
    assert known is not None
    reads.away = True
    registry.forget(known.id)
    assert registry.find("schema", "ts_alpha") == known
    assert asyncio.run(registry.by_schema("ts_alpha")) == known
    with pytest.raises(RegistryAway):
        registry.find("schema", "ts_beta")
    with pytest.raises(RegistryAway):
        asyncio.run(registry.by_schema("ts_beta"))


def test_a_fault_of_the_database_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise OperationalError("server closed the connection")

    with monkeypatch.context() as patch:
        patch.setattr(module.connection, "cursor", fail)
        with pytest.raises(RegistryAway, match="server closed"):
            module.look_up("schema", "ts_alpha")


def test_strangers_keys_do_not_fill_the_memory(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "UNKNOWN_LIMIT", 10)
    registry = Registry()
    assert registry.find("schema", "ts_alpha") is not None
    for number in range(50):
        registry.find("key", f"guess-{number}")
    assert len(registry._known) <= 12
    assert ("schema", "ts_alpha") in registry._known


def test_row_security_shows_a_tenant_its_own_app_and_lets_it_make_none(
    world: World, as_role: Callable[[str], Any]
) -> None:
    with as_role("ts_alpha").cursor() as cursor:
        cursor.execute("SELECT tenant FROM public.realtime_app")
        assert cursor.fetchall() == [("ts_alpha",)]
        cursor.execute("UPDATE public.realtime_app SET enabled = enabled")
        assert cursor.rowcount == 1
        with pytest.raises(errors.InsufficientPrivilege):
            cursor.execute("UPDATE public.realtime_app SET tenant = 'ts_gamma'")
        for statement in (
            "DELETE FROM public.realtime_app",
            "INSERT INTO public.realtime_app (tenant, key) VALUES ('ts_alpha', 'mine')",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                cursor.execute(statement)
    with as_role("wc_app").cursor() as cursor:
        with pytest.raises(errors.InsufficientPrivilege):
            cursor.execute("SELECT 1 FROM public.realtime_app")
