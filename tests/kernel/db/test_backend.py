"""The connection is always where the context says, or the statement fails."""

from contextlib import nullcontext
from typing import Any
from unittest.mock import patch

import psycopg2
import pytest
from django.db import (
    DatabaseError,
    ProgrammingError,
    close_old_connections,
    connection,
    connections,
    transaction,
)
from django.db.utils import InternalError, OperationalError

from tests.conftest import World
from wificore.kernel.db.backend.base import ContextOnly, TenantSchemaMissing
from wificore.kernel.db.context import (
    PLATFORM_SCOPE,
    ContextSwitchInTransaction,
    current,
    platform_context,
    tenant_context,
)


class Gone:
    """A tenant whose schema nobody made; its role neither."""

    schema_name = "ts_gone"


def state(alias: str = "default") -> tuple[str, str, str]:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_schema(), current_user, current_setting('app.tenant')")
        row: tuple[str, str, str] = cursor.fetchone()
    return row


def test_a_tenant_context_sets_schema_role_and_tenant(world: World) -> None:
    with tenant_context(world.alpha):
        assert state() == ("ts_alpha", "ts_alpha", "ts_alpha")


def test_the_platform_context_works_in_public_as_its_role(world: World) -> None:
    with platform_context():
        assert state() == ("public", "wc_platform", "")


def test_without_a_context_the_connection_is_the_bare_login(world: World) -> None:
    assert state() == ("public", "wc_app", "")


def test_the_owners_connection_stays_the_owner_in_every_context(world: World) -> None:
    with tenant_context(world.alpha):
        assert state("owner") == ("ts_alpha", "wc_owner", "ts_alpha")
    with platform_context():
        assert state("owner") == ("public", "wc_owner", "")


def test_leaving_a_context_returns_to_the_outer_one(world: World) -> None:
    with tenant_context(world.alpha):
        with tenant_context(world.beta):
            assert state()[0] == "ts_beta"
        assert state()[0] == "ts_alpha"


def test_an_exception_leaves_the_context_too(world: World) -> None:
    with pytest.raises(ZeroDivisionError), tenant_context(world.alpha):
        raise ZeroDivisionError
    assert state()[1] == "wc_app"


def test_without_a_context_a_tenant_query_raises(world: World) -> None:
    from radius.models import Plan

    with pytest.raises(ProgrammingError):
        Plan.objects.count()


def test_without_a_context_no_user_is_readable(world: World) -> None:
    from wificore.access.models import User

    with pytest.raises(ProgrammingError, match="permission denied"):
        User.objects.count()


def test_the_platform_cannot_read_a_tenants_table(world: World) -> None:
    with platform_context(), connection.cursor() as cursor:
        with pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute("SELECT 1 FROM ts_alpha.radius_plan")


def test_a_missing_schema_raises_and_never_falls_through_to_public(world: World) -> None:
    with tenant_context(Gone()), pytest.raises(DatabaseError, match="ts_gone"):
        state()
    with tenant_context(Gone()), pytest.raises(TenantSchemaMissing, match="ts_gone"):
        state("owner")
    assert state()[1] == "wc_app"


def test_a_failed_switch_raises_instead_of_running_on_the_former_tenant(world: World) -> None:
    with tenant_context(world.alpha):
        state()
    broken = patch("wificore.kernel.db.backend.base.APPLY", "SELECT no_such_function(%s,%s,%s,%s)")
    with broken, tenant_context(world.beta), pytest.raises(ProgrammingError):
        state()
    with tenant_context(world.beta):
        assert state()[0] == "ts_beta"


def test_nothing_is_sent_while_the_tenant_stays_the_same(world: World) -> None:
    with tenant_context(world.alpha):
        state()
        with patch("wificore.kernel.db.backend.base.APPLY", "SELECT 1/0"):
            assert state()[0] == "ts_alpha"


def test_a_rollback_does_not_leave_the_connection_behind(world: World) -> None:
    with tenant_context(world.alpha):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            state()
            raise ZeroDivisionError
        assert state()[0] == "ts_alpha"


def test_a_rollback_of_the_first_statement_does_not_either(world: World) -> None:
    connection.close()
    with tenant_context(world.beta):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")
        assert state()[0] == "ts_beta"


def test_a_savepoint_rollback_does_not_either(world: World) -> None:
    with tenant_context(world.alpha), transaction.atomic():
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")
        assert state()[0] == "ts_alpha"


def test_a_commit_that_an_error_made_a_rollback_does_not_lead_back_to_the_former_tenant(
    world: World,
) -> None:
    """Somebody caught the error and went on: PostgreSQL answers COMMIT with ROLLBACK."""
    with tenant_context(world.beta):
        assert state()[0] == "ts_beta"
    with tenant_context(world.alpha):
        with transaction.atomic(), connection.cursor() as cursor:
            with pytest.raises(ProgrammingError):
                cursor.execute("SELECT * FROM no_such_table")
        assert state() == ("ts_alpha", "ts_alpha", "ts_alpha")


def test_an_aborted_transaction_stays_aborted(world: World) -> None:
    with tenant_context(world.alpha), transaction.atomic():
        with pytest.raises(ProgrammingError), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")
        with pytest.raises(InternalError):
            state()
        transaction.set_rollback(True)


def test_the_tenant_cannot_change_inside_a_transaction(world: World) -> None:
    with tenant_context(world.alpha), transaction.atomic():
        with pytest.raises(ContextSwitchInTransaction), tenant_context(world.beta):
            pass
        with pytest.raises(ContextSwitchInTransaction), platform_context():
            pass
        with tenant_context(world.alpha):
            assert state()[0] == "ts_alpha"


def test_a_killed_backend_reconnects_to_the_right_tenant(world: World, superuser_dsn: str) -> None:
    with tenant_context(world.alpha):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        _terminate(superuser_dsn, pid)
        with pytest.raises(OperationalError):
            state()
        connection.close()
        assert state()[0] == "ts_alpha"


def test_where_the_tenant_changes_the_switch_is_the_health_check(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request has two round trips then, as one that goes on with its tenant."""
    with tenant_context(world.alpha):
        state()
    close_old_connections()  # a request begins
    with monkeypatch.context() as patched:
        backend = type(connections["default"])
        patched.setattr(backend, "is_usable", lambda _self: pytest.fail("asked twice"))
        with tenant_context(world.beta):
            assert state()[0] == "ts_beta"


@pytest.mark.parametrize("opening", [nullcontext, transaction.atomic])
@pytest.mark.parametrize("next_tenant", ["alpha", "beta"])
def test_a_backend_killed_between_two_requests_is_replaced_without_an_error(
    world: World, superuser_dsn: str, next_tenant: str, opening: Any
) -> None:
    with tenant_context(world.alpha), connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    _terminate(superuser_dsn, pid)
    close_old_connections()
    tenant = getattr(world, next_tenant)
    with tenant_context(tenant), opening():
        assert state() == (tenant.schema_name,) * 3


@pytest.mark.parametrize("opening", [nullcontext, transaction.atomic])
def test_a_switch_that_fails_as_the_health_check_raises_and_leaves_no_former_tenant(
    world: World, opening: Any
) -> None:
    with tenant_context(world.alpha):
        state()
    for _ in range(2):
        close_old_connections()
        with tenant_context(Gone()), pytest.raises(DatabaseError, match="ts_gone"), opening():
            state()
    with tenant_context(world.beta):
        assert state() == ("ts_beta",) * 3


def _terminate(dsn: str, pid: int) -> None:
    killer = psycopg2.connect(dsn)
    with killer.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])
        assert cursor.fetchone()[0], "the backend is still there"
    killer.close()


def test_a_server_side_cursor_reads_the_active_tenant(world: World) -> None:
    from wificore.access.models import User

    with tenant_context(world.beta):
        emails = [user.email for user in User.objects.iterator(chunk_size=1)]
    assert emails == ["stranger@beta.test"]


@pytest.mark.parametrize("call", ["set_tenant", "set_schema"])
def test_the_stock_switches_are_closed(world: World, call: str) -> None:
    with pytest.raises(ContextOnly):
        getattr(connection, call)(world.alpha)


def test_a_tenant_is_no_context_manager_of_its_own(world: World) -> None:
    with pytest.raises(ContextOnly), world.alpha:
        pass
    with pytest.raises(ContextOnly):
        world.alpha.activate()


def test_stock_helpers_that_name_public_do_not_leave_the_tenant(world: World) -> None:
    with tenant_context(world.alpha):
        connection.set_schema_to_public()
        assert state()[0] == "ts_alpha"


def test_the_backend_reports_the_contexts_schema(world: World) -> None:
    assert connection.schema_name == "public"
    with platform_context():
        assert connection.tenant == current() == PLATFORM_SCOPE
    with tenant_context(world.alpha):
        assert connection.schema_name == "ts_alpha"


def test_content_types_are_the_same_for_all_tenants(world: World) -> None:
    from django.contrib.contenttypes.models import ContentType

    from radius.models import Plan

    found: list[Any] = []
    for tenant in (world.alpha, world.beta):
        with tenant_context(tenant):
            ContentType.objects.clear_cache()
            found.append(ContentType.objects.get_for_model(Plan).pk)
    assert found[0] == found[1]
