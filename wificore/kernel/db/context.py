"""Which tenant this code works for: one ContextVar, and the only two ways to set it.

    with tenant_context(tenant):   search_path ts_acme, role ts_acme, app.tenant ts_acme
    with platform_context():       search_path public,  role wc_platform

The backend (`kernel.db.backend`) brings each connection to this state before its next statement.
Without a context the connection is bare `wc_app`, which may read nothing but the table of hosts,
so that forgetting the context is an error and never another tenant's data (TENANCY 1 and 2).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from django.db import connections

from .roles import PLATFORM

PUBLIC = "public"


class HasSchema(Protocol):
    """A tenant, as far as the floor needs to know one."""

    @property
    def schema_name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Scope:
    """What the database must be set to: the schema to look in and the role to act as."""

    schema: str
    role: str

    @property
    def is_platform(self) -> bool:
        return self.schema == PUBLIC


PLATFORM_SCOPE = Scope(PUBLIC, PLATFORM)

_scope: ContextVar[Scope | None] = ContextVar("wificore_scope", default=None)


class ContextRequired(RuntimeError):
    """Code that belongs to a tenant or to the platform ran without saying which."""


class ContextSwitchInTransaction(RuntimeError):
    """The tenant may not change while a transaction is open: half would be another tenant's."""


def peek() -> Scope | None:
    """The active scope, or None."""
    return _scope.get()


def current() -> Scope:
    """The active scope.

    Raises:
        ContextRequired: outside `tenant_context` and `platform_context`.
    """
    scope = _scope.get()
    if scope is None:
        raise ContextRequired("no tenant is active: use tenant_context(..) or platform_context()")
    return scope


@contextmanager
def tenant_context(tenant: HasSchema) -> Iterator[None]:
    """Work as this tenant. Its schema name is its role's name as well."""
    with _activated(Scope(tenant.schema_name, tenant.schema_name)):
        yield


@contextmanager
def platform_context() -> Iterator[None]:
    """Work as the platform in `public`; no tenant's table can be read from here."""
    with _activated(PLATFORM_SCOPE):
        yield


@contextmanager
def no_context() -> Iterator[None]:
    """Forget any scope: how a request begins and ends."""
    with _activated(None):
        yield


@contextmanager
def _activated(scope: Scope | None) -> Iterator[None]:
    _refuse_in_transaction(scope)
    token = _scope.set(scope)
    try:
        yield
    finally:
        _scope.reset(token)


def _refuse_in_transaction(scope: Scope | None) -> None:
    if scope == _scope.get():
        return
    for connection in connections.all(initialized_only=True):
        if connection.in_atomic_block:
            raise ContextSwitchInTransaction(
                f"finish the transaction on {connection.alias!r} before the tenant changes"
            )
