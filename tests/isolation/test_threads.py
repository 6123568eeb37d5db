"""Many threads and tasks at once: each sees its own tenant, always."""

import asyncio
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import connection, transaction

from tests.conftest import World
from wificore.kernel.cache import make_key
from wificore.kernel.db.context import ContextRequired, current, tenant_context

THREADS, ROUNDS = 8, 200


def seen() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema(), current_user")
        row: tuple[str, str] = cursor.fetchone()
    return row


def interleave(world: World, seed: int) -> int:
    """Activate, query and fail in random order; count what did not match."""
    rng, wrong = random.Random(seed), 0
    for _ in range(ROUNDS):
        tenant = rng.choice([world.alpha, world.beta])
        with tenant_context(tenant):
            if rng.random() < 0.2:
                fail_inside_a_transaction()
            wrong += seen() != (tenant.schema_name, tenant.schema_name)
            wrong += current().schema != tenant.schema_name
    connection.close()
    return wrong


def fail_inside_a_transaction() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        seen()
        raise ZeroDivisionError


def test_threads_that_switch_query_and_fail_never_mix_tenants(world: World) -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        wrong = list(pool.map(lambda seed: interleave(world, seed), range(THREADS)))
    assert wrong == [0] * THREADS


def test_tasks_on_one_event_loop_keep_their_own_tenant(world: World) -> None:
    async def work(tenant: object) -> bool:
        with tenant_context(tenant):  # type: ignore[arg-type]
            await asyncio.sleep(0)
            key = make_key("k", "cache", 1)
            await asyncio.sleep(0)
            return key == f"wificore:cache:{current().schema}:1:k"

    async def many() -> list[bool]:
        tenants = [world.alpha, world.beta] * 50
        return await asyncio.gather(*(work(tenant) for tenant in tenants))

    assert all(asyncio.run(many()))


def test_a_cached_value_stays_with_its_tenant(world: World) -> None:
    with tenant_context(world.alpha):
        cache.set("greeting", "alpha's")
    with tenant_context(world.beta):
        assert cache.get("greeting") is None
        cache.clear()
    with tenant_context(world.alpha):
        assert cache.get("greeting") == "alpha's"


def test_deleting_by_pattern_leaves_the_other_tenants_entries(world: World) -> None:
    for tenant in (world.alpha, world.beta):
        with tenant_context(tenant):
            cache.set("greeting", tenant.slug)
    with tenant_context(world.beta):
        cache.delete_pattern("*")  # type: ignore[attr-defined]  # django-redis' own
    with tenant_context(world.alpha):
        assert cache.get("greeting") == "alpha"


def test_a_cache_key_without_a_context_raises(world: World) -> None:
    with pytest.raises(ContextRequired):
        cache.get("greeting")
