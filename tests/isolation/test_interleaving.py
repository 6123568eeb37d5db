"""Property: whatever threads do, each statement runs in the schema and role its context names."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from threading import Barrier
from typing import Any
from unittest.mock import patch

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import World
from tests.isolation.test_threads import seen
from wificore.kernel.db.context import no_context, peek, platform_context, tenant_context

THREADS = 4
SCOPES = ("alpha", "beta", "platform", "nobody")
# What a step does inside its context; every one ends with a look at where we are.
DEEDS = (
    "query",
    "raise in a transaction",
    "statement fails",
    "statement fails in a savepoint",
    "aborted transaction",
    "switch fails",
    "connection closes",
    "nested",
)
STEP = st.tuples(st.sampled_from(SCOPES), st.sampled_from(DEEDS), st.sampled_from(SCOPES))
WORK = st.lists(st.lists(STEP, max_size=8), min_size=THREADS, max_size=THREADS)


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    """Threads whose connections live on from one example to the next."""
    barrier = Barrier(THREADS)

    def close(_number: int) -> None:
        barrier.wait()
        connection.close()

    with ThreadPoolExecutor(THREADS) as threads:
        yield threads
        list(threads.map(close, range(THREADS)))


def enter(world: World, scope: str) -> AbstractContextManager[None]:
    if scope == "platform":
        return platform_context()
    return no_context() if scope == "nobody" else tenant_context(getattr(world, scope))


def check() -> None:
    """The invariant."""
    scope = peek()
    assert seen() == ((scope.schema, scope.role) if scope else ("public", "wc_app"))


def fail() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


def raise_in_transaction() -> None:
    with suppress(ZeroDivisionError), transaction.atomic():
        check()
        raise ZeroDivisionError


def fail_statement() -> None:
    with suppress(DatabaseError):
        fail()


def fail_in_savepoint() -> None:
    with transaction.atomic():
        with suppress(DatabaseError), transaction.atomic():
            fail()
        check()


def abort_transaction() -> None:
    with suppress(DatabaseError), transaction.atomic():
        with suppress(DatabaseError):
            fail()
        with pytest.raises(DatabaseError):
            seen()


def fail_switch() -> None:
    connection._applied = None
    with patch.object(connection, "_wanted", lambda: ("x", "ts_nobody", "x")):
        with suppress(DatabaseError):
            seen()


DO: dict[str, Callable[[], Any]] = {
    "query": check,
    "raise in a transaction": raise_in_transaction,
    "statement fails": fail_statement,
    "statement fails in a savepoint": fail_in_savepoint,
    "aborted transaction": abort_transaction,
    "switch fails": fail_switch,
    "connection closes": lambda: connection.close(),
    "nested": check,
}


def run(world: World, steps: list[tuple[str, str, str]]) -> None:
    for scope, deed, inner in steps:
        with enter(world, scope):
            DO[deed]()
            if deed == "nested":
                with enter(world, inner):
                    check()
            check()
        assert peek() is None
        check()


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(WORK)
def test_whatever_threads_do_each_statement_runs_where_its_context_says(
    world: World, pool: ThreadPoolExecutor, work: list[list[tuple[str, str, str]]]
) -> None:
    list(pool.map(lambda steps: run(world, steps), work))
