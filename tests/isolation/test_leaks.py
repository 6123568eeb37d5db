"""The leaks of the stock stack that need tests of their own; `leaks.py` lists all with theirs."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any
from unittest.mock import patch

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections
from django_tenants.utils import schema_context  # noqa: TID251  # to prove that it is closed
from psycopg2.errors import InsufficientPrivilege

from tests.conftest import World, assert_applied
from tests.isolation.leaks import INVARIANT, LEAKS
from tests.isolation.test_registry import PRODUCT, exists
from tests.isolation.test_threads import seen
from wificore.kernel.db.backend.base import ContextOnly, DatabaseWrapper
from wificore.kernel.db.context import tenant_context

ROOT = Path(__file__).parents[2]
THREADS, READS = 8, 400
BY_HAND = re.compile(r"SET\s+(LOCAL\s+|SESSION\s+)?search_path|set_config\(\s*'search_path'", re.I)
# The door itself, and connections that no tenant's data is read through.
MAY_SET_PATH = {"wificore/kernel/db/backend/base.py"}


def test_every_leak_is_listed_with_tests_that_exist() -> None:
    assert list(LEAKS) == [f"L{number}" for number in range(1, 13)]
    tests = [test for tests in LEAKS.values() for test in tests]
    assert [test for test in [*tests, INVARIANT] if not exists(test)] == []
    told = (ROOT / "docs" / "isolation.md").read_text()
    assert [test for test in tests if test.partition("::")[2] not in told] == []


def test_a_tenant_is_no_context_manager_whatever_the_backend_allows(world: World) -> None:
    """L1: the stock class keeps the tenants to return to in one list for all threads."""
    with patch.object(DatabaseWrapper, "set_tenant", lambda *_args, **_kwargs: None):
        with pytest.raises(ContextOnly):
            world.alpha.__enter__()
        with pytest.raises(ContextOnly):
            world.alpha.__exit__(None, None, None)


def test_a_decorated_function_keeps_each_threads_own_tenant(world: World) -> None:
    """L2: one instance serves all calls of the stock decorator."""
    barrier = Barrier(2)

    def decorated(tenant: Any) -> Any:
        @tenant_context(tenant)
        def look(again: bool) -> tuple[str, str]:
            barrier.wait()
            return look(False) if again else seen()

        return look

    def work(tenant: Any) -> set[tuple[str, str]]:
        look = decorated(tenant)
        found = {look(number % 2 == 0) for number in range(20)}
        found.add(seen())
        connection.close()
        return found

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(work, [world.alpha, world.beta])
    nobody = ("public", "wc_app")
    assert first == {("ts_alpha", "ts_alpha"), nobody}
    assert second == {("ts_beta", "ts_beta"), nobody}


def test_the_stock_switches_are_refused_by_lint_and_at_work(world: World) -> None:
    with pytest.raises(ContextOnly), schema_context("ts_alpha"):
        pass
    for name in ("schema_context", "tenant_context"):
        source = f"from django_tenants.utils import {name}\n\nprint({name})\n"
        command = [sys.executable, "-m", "ruff", "check", "--stdin-filename", "radius/new.py", "-"]
        done = subprocess.run(command, input=source, cwd=ROOT, capture_output=True, text=True)
        assert "TID251" in done.stdout, done.stdout + done.stderr


def test_nothing_in_the_product_sets_a_search_path_by_hand() -> None:
    """L5: the backend would believe that the connection is still where it left it."""
    found = [
        str(path.relative_to(ROOT))
        for package in PRODUCT
        for path in (ROOT / package).rglob("*.py")
        if BY_HAND.search(path.read_text())
    ]
    assert set(found) == MAY_SET_PATH


def test_a_path_that_was_set_by_hand_is_found_after_the_test(world: World) -> None:
    with tenant_context(world.alpha), connection.cursor() as cursor:
        assert_applied()
        cursor.execute("SET search_path = ts_beta, public")
    with pytest.raises(AssertionError, match="search_path"):
        assert_applied()
    connection.close()


def test_every_tenant_sees_the_one_table_of_content_types(world: World) -> None:
    """L6: Django keeps the ids for the whole process, so they must be the same everywhere."""

    def table() -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 'django_content_type'::regclass::oid")
            return cursor.fetchone()

    found = set()
    for tenant in (world.alpha, world.beta):
        with tenant_context(tenant):
            found.add(table())
    found.add(table())
    assert len(found) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO public.django_content_type (app_label, model) VALUES ('a', 'b')",
        "UPDATE public.django_content_type SET model = model",
        "DELETE FROM public.django_content_type WHERE false",
    ],
)
def test_no_tenant_changes_the_content_types_of_all(
    world: World, as_role: Callable[[str], Any], statement: str
) -> None:
    """L6: what one tenant did to them would be everybody's."""
    with as_role("ts_alpha").cursor() as cursor, pytest.raises(InsufficientPrivilege):
        cursor.execute(statement)


def test_a_nested_context_gives_the_outer_one_back_whole(world: World) -> None:
    """L7: the stock switch forgets on its way back that `public` belongs to the path."""

    def path() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW search_path")
            return str(cursor.fetchone()[0])

    with tenant_context(world.alpha):
        before = path()
        with tenant_context(world.beta):
            assert path() == "ts_beta, public, extensions"
            with tenant_context(world.beta):
                pass
            assert path() == "ts_beta, public, extensions"
        assert path() == before == "ts_alpha, public, extensions"


def test_reads_after_an_await_are_their_own_tenants(world: World) -> None:
    """L10: between setting the tenant and reading, other coroutines have their turn."""

    async def read(tenant: Any) -> bool:
        with tenant_context(tenant):
            await asyncio.sleep(0)
            found = await sync_to_async(seen)()
            await asyncio.sleep(0)
        return found == (tenant.schema_name, tenant.schema_name)

    async def many() -> list[bool]:
        return await asyncio.gather(*(read(t) for t in [world.alpha, world.beta] * (READS // 2)))

    async def everything() -> list[bool]:
        found = await many()
        await sync_to_async(connections.close_all)()
        return found

    assert asyncio.run(everything()) == [True] * READS
