"""The migration that lets support sessions into the trail reaches partitions that exist already."""

from pathlib import Path

import pytest
from django.db import IntegrityError, connections, transaction

import wificore.audit
from tests.conftest import World
from wificore.kernel import sql
from wificore.kernel.db.context import platform_context

FILE = Path(wificore.audit.__file__).parent / "sql" / "support_actor.sql"
CHECK = "audit_entry_actor_kind_check"
# As partitions were made before: each has the check as its own.
BEFORE = """
DO $do$
DECLARE relation regclass;
BEGIN
    ALTER TABLE ts_alpha.audit_entry DROP CONSTRAINT {check};
    FOR relation IN
        SELECT inhrelid::regclass FROM pg_inherits
        WHERE inhparent = 'ts_alpha.audit_entry'::regclass
        UNION ALL SELECT 'ts_alpha.audit_entry'::regclass
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS {check}', relation);
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT {check} CHECK (actor_kind IN '
            '(''user'', ''anonymous'', ''system''))', relation);
    END LOOP;
END
$do$
"""
INSERT = (
    "INSERT INTO ts_alpha.audit_entry (actor_kind, action, object_type, object_id)"
    " VALUES (%s, 'a.b', 'a', '1')"
)


def test_old_partitions_take_support_sessions_after_it_and_nothing_else(world: World) -> None:
    with platform_context(), transaction.atomic(using="owner"):
        cursor = connections["owner"].cursor()
        cursor.execute(BEFORE.replace("{check}", CHECK))
        with pytest.raises(IntegrityError), transaction.atomic(using="owner"):
            cursor.execute(INSERT, ["support"])
        for statement in sql.statements(FILE, "ts_alpha"):
            cursor.execute(statement)
        cursor.execute(INSERT, ["support"])
        with pytest.raises(IntegrityError), transaction.atomic(using="owner"):
            cursor.execute(INSERT, ["somebody"])
        transaction.set_rollback(True, using="owner")
