"""Many threads and tasks at once: each sees its own tenant, always."""

import asyncio
import random
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.db import connection, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test import RequestFactory

from tests.access.people import renumbered
from tests.conftest import PASSWORD, Person, World
from wificore.access.models import User
from wificore.access.services import token_create, user_create
from wificore.kernel import logging
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


def test_async_views_that_run_at_once_read_their_own_tenant(world: World) -> None:
    async def view(request: HttpRequest) -> HttpResponse:
        await asyncio.sleep(0)
        schema, role = await sync_to_async(seen)()
        return HttpResponse(f"{schema} {role}")

    async def asked(tenant: Any) -> bool:
        request = RequestFactory().get("/x")
        with tenant_context(tenant):
            answer = await view(request)
        return answer.content.decode() == f"{tenant.schema_name} {tenant.schema_name}"

    async def many() -> list[bool]:
        found = await asyncio.gather(*(asked(t) for t in [world.alpha, world.beta] * 50))
        await sync_to_async(connections.close_all)()
        return found

    assert all(asyncio.run(many()))


def test_a_fragment_of_a_template_stays_with_its_tenant(world: World) -> None:
    template = Template("{% load cache %}{% cache 60 sidebar %}{{ text }}{% endcache %}")
    for tenant in (world.alpha, world.beta, world.alpha):
        with tenant_context(tenant):
            assert template.render(Context({"text": tenant.slug})) == tenant.slug


def test_every_line_of_the_log_names_the_tenant_that_was_worked_for(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    log, both_inside = logging.get("tests.isolation"), Barrier(2)

    def work(tenant: Any) -> None:
        for _ in range(50):
            with tenant_context(tenant):
                both_inside.wait()
                log.warning("worked", mine=tenant.schema_name)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, [world.alpha, world.beta]))
    lines: list[Any] = [r.msg for r in caplog.records if r.name == "tests.isolation"]
    assert len(lines) == 100
    assert all(line["schema"] == line["mine"] for line in lines)


def test_a_right_is_not_remembered_for_another_tenants_user_of_the_same_number(
    world: World, clerk: Person
) -> None:
    routers = "/api/v1/radius/nas/"
    with tenant_context(world.alpha):
        number = User.objects.get(email=clerk.email).pk
    with tenant_context(world.beta):
        namesake = user_create(email="boss@beta.test", password=PASSWORD, roles=["owner"])
        token = token_create(user=renumbered(namesake, number), name="tests")[1]
    boss = Person("boss@beta.test", "owner", token, "beta.localhost")
    try:
        for _ in range(3):
            assert clerk.client().get(routers).status_code == 403
            assert boss.client().get(routers).status_code == 200
    finally:
        with tenant_context(world.beta):
            User.objects.filter(pk=number).delete()


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
