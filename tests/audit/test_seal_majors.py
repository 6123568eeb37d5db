"""The same trail has the same hashes in every PostgreSQL, whatever a session has set."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core.files.storage import FileSystemStorage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2.extras import Json

from tests.kernel.db.partitions.conftest import Database, known, server  # noqa: F401
from wificore.audit import canonical, sealing, store, verify
from wificore.audit.verify import Report, Retention
from wificore.kernel.db import roles
from wificore.kernel.db.context import tenant_context
from wificore.kernel.db.partitions import archive, ddl
from wificore.kernel.db.partitions.actions import Create, Detach, Retire
from wificore.kernel.db.partitions.calendar import Span
from wificore.kernel.sql import load, render

SQL = Path(sealing.__file__).with_name("sql")
EXAMPLES = 60
HASH = "bcf2eb4d4ac19fc47a4da052c3b36051b059fa0287f4756c42970d74045702e3"
MONTH = Span(datetime(2026, 8, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC))
NOW = Span(datetime(2026, 9, 1, tzinfo=UTC), datetime(2126, 9, 1, tzinfo=UTC))
SETTINGS = (
    "SET timezone = 'Asia/Kathmandu'; SET datestyle = 'SQL, DMY'; SET intervalstyle = 'iso_8601';"
    "SET extra_float_digits = -15; SET bytea_output = 'escape'; SET client_encoding = 'LATIN1';"
    "SET xmlbinary = 'hex'; SET lc_numeric = 'C'"
)
INSERT = """
INSERT INTO ts_one.audit_entry (at, actor_kind, actor_id, actor_name, address, action, object_type,
    object_id, old, new, reason)
VALUES (%s, 'user', %s, %s, %s::inet, 'plan.updated', 'plan', '1', %s, %s, %s)
"""


class Tenant:
    schema_name = "ts_one"


@pytest.fixture
def database(
    server: tuple[int, str],  # noqa: F811
    django_db_blocker: Any,
) -> Iterator[Database]:
    """A schema with a trail in two partitions."""
    major, dsn = server
    here = Database(f"trail{major}", dsn, major)
    with django_db_blocker.unblock():
        here.sql(f"CREATE SCHEMA ts_one AUTHORIZATION {roles.OWNER}")
        for file, schema in (
            ("tables.sql", "ts_one"),
            ("seal_tables.sql", "ts_one"),
            ("head_table.sql", "public"),
        ):
            for statement in load(SQL / file).values():
                here.sql(f"SET ROLE {roles.OWNER}; {render(statement, schema)}")
        with known(here):
            for span in (MONTH, NOW):
                with tenant_context(Tenant()):
                    ddl.create(here.using, [Create("ts_one", "audit_entry", "at", span)])
            yield here
        here.sql("DROP SCHEMA ts_one CASCADE")
        here.sql("DROP TABLE public.audit_head")


def check(here: Database, retention: Retention) -> Report:
    report = Report("ts_one")
    with tenant_context(Tenant()):
        list(verify.plan(retention, using=here.using).run(report))
    return report


def retention(*there: Span, archived: tuple[Span, ...] = ()) -> Retention:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    return Retention(there, timedelta(days=3650), lambda: archived, now)


def write(here: Database, day: date, rows: int) -> None:
    at = datetime(day.year, day.month, day.day, 23, 59, 59, 999_999, tzinfo=UTC)
    for number in range(rows):
        old = {"b": 1.50, "aa": [None, True, "\u2028\x7f"], "Z": {"y": '\t"\\/', "x": 1e300}}
        values = ["7", 'Zoë "z"\n\x01', "2001:db8::/64", Json(old), Json(number), "it's"]
        here.sql(INSERT, at, *values)


def test_a_clean_trail_verifies(database: Database) -> None:
    write(database, date(2026, 8, 3), 3)
    write(database, date(2026, 9, 3), 3)
    with tenant_context(Tenant()):
        assert sealing.trail_seal(database.using) == {"seals": 2, "rows": 6}
    report = check(database, retention(MONTH, NOW))
    assert (report.findings, report.rows) == ([], 6)


def test_an_archived_partition_leaves_a_chain_that_verifies(
    database: Database, tmp_path: Path
) -> None:
    write(database, date(2026, 8, 3), 3)
    write(database, date(2026, 8, 31), 2)
    write(database, date(2026, 9, 1), 4)
    with tenant_context(Tenant()):
        sealing.trail_seal(database.using)
        files = FileSystemStorage(location=tmp_path)
        name = Create("ts_one", "audit_entry", "at", MONTH).name
        ddl.detach(database.using, Detach("ts_one", "audit_entry", name, MONTH))
        retire = Retire("ts_one", "audit_entry", name, "at", MONTH)
        rows = archive.write(database.using, retire, files).rows
        ddl.drop(database.using, "ts_one", name, rows=rows)
    report = check(database, retention(NOW, archived=(MONTH,)))
    assert (report.findings, report.rows) == ([], 4)
    assert (report.archived, report.archived_days) == (5, 2)
    told = [finding.message for finding in check(database, retention(NOW)).findings]
    assert told == [
        f"{rows} rows of 2026-08-{day} are missing: their partition is gone, and not archived"
        for rows, day in ((3, "03"), (2, "31"))
    ]


def test_what_is_older_than_retention_may_be_gone_without_a_look_at_the_archive() -> None:
    kept = retention(NOW)
    assert not kept.explains(date(2026, 8, 3))
    assert kept.explains(date(2016, 8, 3))
    assert not Retention((), None, tuple, kept.now).explains(date(1990, 1, 1))


def test_a_rows_hash_is_the_same_in_every_version_and_session(database: Database) -> None:
    """The literal is what the first release wrote: a change of it breaks every chain there is."""
    write(database, date(2026, 9, 3), 1)
    row = store.SQL["row"]
    statement = (
        f"SELECT encode(sha256(convert_to(jsonb_build_array({row})::text, 'UTF8')), 'hex')"
        " FROM ts_one.audit_entry"
    )
    assert database.sql(statement) == [(HASH,)]
    assert database.sql(f"{SETTINGS}; {statement}") == [(HASH,)]
    (found,) = database.sql(f"SELECT {row} FROM ts_one.audit_entry")
    assert canonical.row_hash(found).hex() == HASH


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    at=st.timedeltas(timedelta(0), timedelta(days=30_000)).map(lambda more: NOW.lower + more),
    name=TEXT,
    address=st.none() | st.ip_addresses().map(str),
    old=st.none() | VALUES,
    new=VALUES,
    reason=TEXT,
)
def test_the_database_and_this_program_write_the_same_text(
    database: Database, at: datetime, name: str, address: str, old: Any, new: Any, reason: str
) -> None:
    raw = psycopg2.connect(database.dsn)
    with raw.cursor() as cursor:
        values = [at, "7", name, address, None if old is None else Json(old), Json(new), reason]
        cursor.execute(INSERT, values)
        cursor.execute(
            f"SELECT jsonb_build_array({store.SQL['row']})::text FROM ts_one.audit_entry"
        )
        (theirs,) = cursor.fetchone()
        cursor.execute(f"SELECT {store.SQL['row']} FROM ts_one.audit_entry")
        assert canonical.text(cursor.fetchone()) == theirs
    raw.rollback()
    raw.close()
