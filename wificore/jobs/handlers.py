"""Which function does which kind of job.

    @job_handler("radius.import_subscribers", max_attempts=2)
    def import_subscribers(run: JobRun) -> dict[str, Any]:
        ...

A handler is called in the context of the job's schema, outside any transaction, and may be called
again after a worker died under it: it does its work in one transaction and ends that with
`run.complete(result)`, or is harmless to repeat. What it returns is the job's result.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wificore.kernel.queues import DEFAULT_QUEUE

if TYPE_CHECKING:
    from .running import JobRun

Function = Callable[["JobRun"], "dict[str, Any] | None"]
MAX_ATTEMPTS = 3


class UnknownKind(LookupError):
    """No handler is registered for this kind of job."""


@dataclass(frozen=True, slots=True)
class Handler:
    """One kind of job.

    Attributes:
        code: the permission that what it does needs; its parameters and its result are shown to
            those only who have it. Empty: to all who may see jobs.
    """

    kind: str
    function: Function
    queue: str
    max_attempts: int
    code: str = ""


_handlers: dict[str, Handler] = {}


def job_handler(
    kind: str, *, code: str = "", queue: str = DEFAULT_QUEUE, max_attempts: int = MAX_ATTEMPTS
) -> Callable[[Function], Function]:
    """Register the function; it belongs into its app's `tasks.py`.

    Args:
        code: the permission that its parameters and result are shown by; see `Handler`.
        queue: "default", or "ddl" for the worker with the owner's login.
        max_attempts: tries in all, those included during which the worker died.
    """

    def register(function: Function) -> Function:
        handler = Handler(kind, function, queue, max_attempts, code)
        known = _handlers.setdefault(kind, handler)
        if known.function.__qualname__ != function.__qualname__:
            raise ValueError(f"two handlers for jobs of kind {kind!r}")
        return function

    return register


def code_of(kind: str) -> str:
    """The permission that shows what a job of this kind did; empty: none, also of unknown ones."""
    return _handlers[kind].code if kind in _handlers else ""


def handler_of(kind: str) -> Handler:
    """The handler of a kind.

    Raises:
        UnknownKind: nobody registered one.
    """
    try:
        return _handlers[kind]
    except KeyError:
        raise UnknownKind(f"no handler for jobs of kind {kind!r}") from None
