"""The one way from an event loop to code that blocks (TENANCY 1, L10).

A tenant that is set, awaited and queried leaks into whatever else the loop runs. So the loop never
enters a context: it hands a synchronous function over, which enters and queries by itself.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

Args = ParamSpec("Args")
Result = TypeVar("Result")

# So many connections to PostgreSQL has a process with an event loop.
THREADS = 4

_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="blocking")


async def in_thread(
    function: Callable[Args, Result], /, *args: Args.args, **kwargs: Args.kwargs
) -> Result:
    """Run it on one of a few threads, in an empty context: no tenant is inherited."""

    def work() -> Result:
        close_old_connections()
        try:
            return Context().run(function, *args, **kwargs)
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_pool, work)
