"""django-tenants' backend, made strict: schema, role and tenant always follow the context.

When wanted and applied state differ, one statement sets search_path, role and app.tenant and
checks that the schema exists. Any failure raises: the stock class swallows it and the query runs
on the previous tenant (TENANCY 1, L3). Measured there: 189 us a trivial query when nothing
changes, 291 us when the tenant changes before each one, 306 us for the stock SET per cursor.

A database alias with `"ACT_AS": "<role>"` keeps that role in every context (the owner's
connection); all others act as the context's role, or as nobody. `"URL_SETTING"` is the variable
that holds its address, for messages.
"""

from typing import Any, Never

from django.db import DatabaseError, InterfaceError
from django_tenants.postgresql_backend import base as stock
from psycopg2.extensions import TRANSACTION_STATUS_INERROR as INERROR

from .. import pooling
from ..context import PUBLIC, Scope, peek
from ..roles import EXTENSION_SCHEMA

APPLY = """
SELECT set_config('search_path', %s, false), set_config('role', %s, false),
       set_config('app.tenant', %s, false), to_regnamespace(%s) IS NOT NULL
"""
NOBODY = "none"

State = tuple[str, str, str]


class TenantSchemaMissing(RuntimeError):
    """The active tenant's schema does not exist; names would fall through to `public`."""


class ContextOnly(RuntimeError):
    """django-tenants' own switches are closed: they leak between threads (TENANCY 1, L1-L7)."""


class DatabaseWrapper(stock.DatabaseWrapper):  # type: ignore[misc]  # django-tenants has no types
    """One connection that is always in the state the context asks for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._applied: State | None = None
        super().__init__(*args, **kwargs)

    # The stock class keeps these as attributes and assigns them while it is built.
    @property
    def schema_name(self) -> str:
        scope = peek()
        return scope.schema if scope else PUBLIC

    @schema_name.setter
    def schema_name(self, _value: object) -> None: ...

    @property
    def tenant(self) -> Scope | None:
        return peek()

    @tenant.setter
    def tenant(self, _value: object) -> None: ...

    def set_schema_to_public(self) -> None:
        """Called by the stock constructor; nothing to do, because the context decides."""

    def set_tenant(self, *_args: object, **_kwargs: object) -> Never:
        raise ContextOnly("use kernel.db.context.tenant_context(tenant)")

    set_schema = set_tenant

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        pooling.require_session_mode(conn_params, self._url_setting)
        return super().get_new_connection(conn_params)

    def require_session_mode(self) -> None:
        """The same without connecting: how a process begins.

        Raises:
            PoolModeRefused: a pool in transaction or statement mode.
            OperationalError: nobody is there, or it cannot be told.
        """
        with self.wrap_database_errors:
            pooling.require_session_mode(self.get_connection_params(), self._url_setting)

    @property
    def _url_setting(self) -> str:
        return str(self.settings_dict.get("URL_SETTING", f"DATABASES[{self.alias!r}]"))

    def connect(self) -> None:
        self._applied = None
        super().connect()

    def close(self) -> None:
        self._applied = None
        super().close()

    def _commit(self) -> None:
        # Of an aborted transaction, whose error somebody caught, it is a rollback (see there).
        if self.connection is not None and self.connection.info.transaction_status == INERROR:
            self._applied = None
        super()._commit()

    def _rollback(self) -> None:
        # set_config is transactional: a rollback takes it back, so it must be sent again.
        self._applied = None
        super()._rollback()

    def _savepoint_rollback(self, sid: str) -> None:
        try:
            super()._savepoint_rollback(sid)
        finally:
            self._applied = None

    def _cursor(self, name: str | None = None) -> Any:
        # Past the stock class, which would send its own SET search_path.
        cursor = super(stock.DatabaseWrapper, self)._cursor(name)
        self._apply()
        return cursor

    def close_if_health_check_failed(self) -> None:
        """Where the tenant changes, the switch is the request's health check: no SELECT 1 first.

        A connection that died is closed, so that the caller makes a new one; every other failure
        of the switch is raised, as it would be a moment later.
        """
        if not self._check_is_due() or self._wanted() == self._applied:
            super().close_if_health_check_failed()
            return
        try:
            self._apply()
        except (DatabaseError, InterfaceError):
            if self.is_usable():
                raise
            self.close()
        self.health_check_done = True

    def _check_is_due(self) -> bool:
        return (
            self.connection is not None
            and self.health_check_enabled
            and not self.health_check_done
            and not self.in_atomic_block
        )

    def _apply(self) -> None:
        wanted = self._wanted()
        if wanted == self._applied:
            return
        self._applied = None
        scope = peek()
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute(APPLY, [*wanted, scope.schema if scope else PUBLIC])
            if not cursor.fetchone()[3]:
                raise TenantSchemaMissing(f"schema {wanted[2]} does not exist")
        self._applied = wanted

    def _wanted(self) -> State:
        scope = peek()
        act_as = self.settings_dict.get("ACT_AS")
        if scope is None:
            return f"{PUBLIC}, {EXTENSION_SCHEMA}", act_as or NOBODY, ""
        if scope.is_platform:
            return f"{PUBLIC}, {EXTENSION_SCHEMA}", act_as or scope.role, ""
        path = f"{scope.schema}, {PUBLIC}, {EXTENSION_SCHEMA}"
        return path, act_as or scope.role, scope.schema
