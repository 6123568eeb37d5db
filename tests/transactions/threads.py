"""Real threads, each with its own connection, that begin at the same moment."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

from django.db import connections

from wificore.kernel.api.errors import DomainError
from wificore.kernel.db.context import tenant_context

Result = TypeVar("Result")
PATIENCE_S = 60


def together(tenant: Any, works: Sequence[Callable[[], Result]]) -> list[Result | DomainError]:
    """What each work returned, or how it was refused; anything else is raised."""
    start = Barrier(len(works), timeout=PATIENCE_S)

    def one(work: Callable[[], Result]) -> Result | DomainError:
        try:
            with tenant_context(tenant):
                start.wait()
                return work()
        except DomainError as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def done(results: Sequence[Result | DomainError]) -> list[Result]:
    """Of the results those that were not refused."""
    return [result for result in results if not isinstance(result, DomainError)]
