"""Background tasks: the only way to define Celery tasks, and how a tenant travels with each.

    @tenant_task()                        runs as the tenant that sent it, or not at all
    def remind(subscriber: int) -> None: ...

    remind.enqueue(7)                     leaves when the open transaction commits

A message carries its schema in a header. The worker enters that schema's context before any of
the task's code runs; a message without the header is refused, and never means `public`
(TENANCY 1, L11). A signature is stamped when it is made, so that chains and chords, whose later
parts are sent by workers outside any context, keep their tenant.

A message whose worker dies under it comes again; one that kills its worker each time is dropped
after `MAX_DELIVERIES`. (What must not be lost is a job, whose row counts its attempts itself.)

Tasks live in an app's `tasks.py`, which every process imports while Django starts.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from celery import Celery, Task
from celery.exceptions import Ignore
from django.db import connections, transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError
from structlog.contextvars import bound_contextvars

from . import logging
from .db.context import PUBLIC, ContextRequired, peek, platform_context, tenant_context
from .events import TryLater
from .queues import DEFAULT_QUEUE, LONGEST_DELAY, VISIBILITY_TIMEOUT

HEADER = "wificore_schema"
CHUNK = 50
MAX_DELIVERIES = 5

log = logging.get(__name__)

app = Celery("wificore")
app.config_from_object("django.conf:settings", namespace="CELERY")


class SchemaMissing(RuntimeError):
    """A message says nothing about whose work it is: it was not sent through this module."""


class WrongSchema(RuntimeError):
    """A task of one schema was to be sent from the context of another."""


class BrokerAway(TryLater):
    """Redis does not take messages at the moment."""


@dataclass(frozen=True, slots=True)
class Tenants:
    """What tasks must know about tenants; `tenants` says it while Django starts."""

    is_active: Callable[[str], bool]
    active: Callable[[], list[str]]


_tenants: Tenants | None = None


def install(tenants: Tenants) -> None:
    """Fill the port."""
    global _tenants  # the one place where the port is filled
    _tenants = tenants


def tenants() -> Tenants:
    assert _tenants is not None, "the tenants app is not installed"
    return _tenants


class SchemaTask(Task):  # type: ignore[misc]  # celery has no types
    """A task in the schema it was sent from: a tenant's or the platform's."""

    abstract = True
    home_queue = DEFAULT_QUEUE

    def enqueue(self, *args: Any, **kwargs: Any) -> None:
        """Send it when the open transaction commits, or at once if there is none."""
        self.send(args, kwargs)

    def send(
        self, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None, **options: Any
    ) -> None:
        """`enqueue` with Celery's options, for example `countdown=30` or `queue="ddl"`.

        After a commit a broker that is away is logged, not raised: what must not be lost is a job
        or an event, which are sent again.

        Raises:
            BrokerAway: without a transaction, Redis did not take the message.
            ContextRequired: it is not said whose work this is.
        """
        headers = {HEADER: self.destination()}

        def leave() -> None:
            self.apply_async(list(args), dict(kwargs or {}), headers=headers, **options)

        if (alias := _open_transaction()) is not None:
            transaction.on_commit(leave, using=alias, robust=True)
            return
        try:
            leave()
        except OperationalError as error:
            raise BrokerAway(str(error)) from error

    def destination(self, offered: str | None = None) -> str:
        """The schema this task will run in, if it is sent from here.

        Args:
            offered: what a signature or a retried message already carries.
        """
        scope = peek()
        if scope is None and offered is None:
            raise ContextRequired(f"{self.name}: enter the tenant before sending its task")
        if scope is not None and offered not in (None, scope.schema):
            raise WrongSchema(f"{self.name} of {offered} sent from {scope.schema}")
        return offered or (scope.schema if scope else "")

    def apply_async(
        self, args: Any = None, kwargs: Any = None, *rest: Any, headers: Any = None, **options: Any
    ) -> Any:
        _refuse_long_delay(options)
        if "routing_key" not in options:  # which a retried message brings along
            options.setdefault("queue", self.home_queue)
        schema = self.destination((headers or {}).get(HEADER))
        headers = {**(headers or {}), HEADER: schema}
        return super().apply_async(args, kwargs, *rest, headers=headers, **options)

    def signature(self, args: Any = None, *rest: Any, **options: Any) -> Any:
        signed = super().signature(args, *rest, **options)
        headers = signed.options.get("headers") or {}
        schema = self.destination(headers.get(HEADER))
        signed.options["headers"] = {**headers, HEADER: schema}
        return signed

    subtask = signature

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.request.called_directly:
            self.destination()  # there is one, or this raises
            return super().__call__(*args, **kwargs)
        schema = (self.request.headers or {}).get(HEADER)
        if not schema:
            raise SchemaMissing(f"{self.name} came without the header {HEADER}")
        with bound_contextvars(task=self.name, task_id=self.request.id):
            self._refuse_what_kills(schema)
            with self.entered(schema):
                return self.run(*args, **kwargs)

    def _refuse_what_kills(self, schema: str) -> None:
        """Drop a message that has come back too often. Redis marks it, and we count."""
        if not (self.request.delivery_info or {}).get("redelivered"):
            return
        key = f"wificore:deliveries:{self.request.id}:{self.request.retries}"
        client = app.backend.client
        try:
            deliveries = 1 + client.incr(key)
            client.expire(key, MAX_DELIVERIES * VISIBILITY_TIMEOUT)
        except RedisError:
            return  # not counted this time; better done once more than lost
        if deliveries > MAX_DELIVERIES:
            log.error("task dropped: its worker died each time", tenant=schema)
            raise Ignore

    def entered(self, schema: str) -> AbstractContextManager[None]:
        return entered(schema)


class TenantTask(SchemaTask):
    """Runs as the tenant that sent it; refused for the platform."""

    abstract = True

    def destination(self, offered: str | None = None) -> str:
        schema = super().destination(offered)
        if schema == PUBLIC:
            raise ContextRequired(f"{self.name} is a tenant's task: enter the tenant first")
        return schema

    def entered(self, schema: str) -> AbstractContextManager[None]:
        if schema == PUBLIC:
            raise SchemaMissing(f"{self.name} is a tenant's task, and came from the platform")
        return super().entered(schema)


class PlatformTask(SchemaTask):
    """Runs as the platform, wherever it was sent from."""

    abstract = True

    def destination(self, offered: str | None = None) -> str:
        return PUBLIC


Define = Callable[[Callable[..., Any]], SchemaTask]


def tenant_task(*, queue: str = DEFAULT_QUEUE, **options: Any) -> Define:
    """Define a task of a tenant. Celery's own options are passed on (`bind`, `max_retries`..)."""
    return _define(TenantTask, queue, options)


def platform_task(*, queue: str = DEFAULT_QUEUE, **options: Any) -> Define:
    """Define a task of the platform."""
    return _define(PlatformTask, queue, options)


def schema_task(*, queue: str = DEFAULT_QUEUE, **options: Any) -> Define:
    """Define a task that tenants and the platform both have; each runs in its sender's schema."""
    return _define(SchemaTask, queue, options)


def _define(base: type[SchemaTask], queue: str, options: Mapping[str, Any]) -> Define:
    define: Define = app.task(base=base, home_queue=queue, **options)
    return define


def named(name: str) -> SchemaTask:
    """A task by its dotted name, for code below the floor on which it is defined."""
    task: SchemaTask = app.tasks[name]
    return task


@contextmanager
def entered(schema: str) -> Iterator[None]:
    """The context a message names. Work for a tenant that is gone or suspended is dropped."""
    if schema == PUBLIC:
        with platform_context():
            yield
        return
    if not tenants().is_active(schema):
        log.warning("task dropped: its tenant is not active", tenant=schema)
        raise Ignore
    with tenant_context(_Named(schema)):
        yield


@dataclass(frozen=True, slots=True)
class _Named:
    schema_name: str


def for_each_tenant(task: SchemaTask, *args: Any, chunk: int = CHUNK, **options: Any) -> int:
    """Send a platform task once for each chunk of active tenants: `task(schemas, *args)`.

    Args:
        options: Celery's, for example `queue="ddl"`.

    Returns:
        How many messages were sent.
    """
    schemas = tenants().active()
    starts = range(0, len(schemas), chunk)
    for start in starts:
        task.send([schemas[start : start + chunk], *args], **options)
    return len(starts)


def _open_transaction() -> str | None:
    """The alias whose transaction is open, if there is one."""
    open_ones = [c.alias for c in connections.all(initialized_only=True) if c.in_atomic_block]
    return open_ones[0] if open_ones else None


def _refuse_long_delay(options: Mapping[str, Any]) -> None:
    countdown, eta = options.get("countdown"), options.get("eta")
    delay = timedelta(seconds=countdown or 0)
    if isinstance(eta, datetime):
        delay = eta - datetime.now(UTC)
    if delay > LONGEST_DELAY:
        raise ValueError(f"a task may wait {LONGEST_DELAY} at most: leave longer waits to beat")
