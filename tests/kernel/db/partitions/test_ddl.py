"""Partitions come and go while others write, on every PostgreSQL."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connections, transaction
from psycopg2 import errors

from tests.kernel.db.partitions.conftest import AT_ONCE, NOW, Database, Fill
from wificore.kernel.db.partitions import ddl, engine
from wificore.kernel.db.partitions.actions import Create, Detach
from wificore.kernel.db.partitions.calendar import period

INSERT = "INSERT INTO ts_one.visits (at, name) VALUES (%s, 'x')"
DAY = timedelta(days=1)
OLD = "visits_p20260801"


def old_partition(database: Database) -> Detach:
    found = [a for a in database.plan() if isinstance(a, Detach)]
    return found[0]


def creation(days: int = 0) -> Create:
    return Create("ts_one", "visits", "at", period("day", NOW + days * DAY))


@contextmanager
def open_transaction(database: Database) -> Iterator[Any]:
    """Somebody who has written into the table and not committed yet."""
    connection = database.connect()
    connection.autocommit = False
    try:
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [NOW])
            yield connection
    finally:
        connection.close()


def test_rows_are_refused_before_and_welcome_after(database: Database) -> None:
    with pytest.raises(errors.CheckViolation):
        database.sql(INSERT, NOW)
    assert all(not outcome.error for outcome in database.apply(database.plan()))
    database.sql(INSERT, NOW)
    database.sql("INSERT INTO ts_two.days VALUES (%s)", NOW.date())
    assert len(database.rows()) == 1


def test_partitions_are_whole_and_carry_nothing_superfluous(database: Database) -> None:
    database.apply(database.plan())
    found = database.sql(
        "SELECT c.relname, c.relacl, pg_get_userbyid(c.relowner), (SELECT count(*) FROM pg_index i"
        " WHERE i.indrelid = c.oid AND i.indexrelid IN (SELECT inhrelid FROM pg_inherits)),"
        " (SELECT count(*) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c')"
        " FROM pg_class c WHERE c.relispartition AND c.relkind = 'r' AND c.relname LIKE 'visits%%'"
    )
    assert len(found) == 16
    assert {row[1:] for row in found} == {(None, "wc_owner", 2, 0)}


def test_a_partition_of_a_guarded_table_is_guarded_too(database: Database) -> None:
    database.sql("ALTER TABLE ts_one.visits ENABLE ROW LEVEL SECURITY")
    database.apply(database.plan())
    assert database.sql(
        "SELECT bool_and(relrowsecurity) FROM pg_class"
        " WHERE relispartition AND relkind = 'r' AND relname LIKE 'visits%%'"
        " AND relnamespace = 'ts_one'::regnamespace"
    ) == [(True,)]


def test_an_open_transaction_of_a_writer_does_not_hold_up_a_new_partition(
    database: Database,
) -> None:
    ddl.create(database.using, [creation()], AT_ONCE)
    with open_transaction(database):
        ddl.create(database.using, [creation(1)], AT_ONCE)
    assert database.names() == ["visits_p20261121", "visits_p20261122"]


def test_a_writer_goes_on_while_a_partition_is_being_attached(database: Database) -> None:
    ddl.create(database.using, [creation()], AT_ONCE)
    writer = database.connect()
    with transaction.atomic(using=database.using):
        with connections[database.using].cursor() as cursor:
            cursor.execute(ddl._creation([creation(1)], guarded=False))
        with writer.cursor() as cursor:
            cursor.execute("SET lock_timeout = '300ms'")
            cursor.execute(INSERT, [NOW])
    writer.close()
    assert len(database.rows()) == 1


def test_making_what_is_there_changes_nothing(database: Database) -> None:
    for _ in range(2):
        ddl.create(database.using, [creation(), creation(1)], AT_ONCE)
    assert len(database.names()) == 2


def test_a_lock_that_is_held_is_tried_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = database.connect()
    other.autocommit = False
    with other.cursor() as cursor:
        cursor.execute("LOCK TABLE ts_one.visits IN SHARE UPDATE EXCLUSIVE MODE")
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        other.rollback()

    # Not `time` itself: other threads sleep too.
    monkeypatch.setattr(ddl, "time", SimpleNamespace(sleep=pause))
    ddl.create(database.using, [creation()], ddl.Patience(lock_ms=200, attempts=3, pause_s=0.5))
    other.close()
    assert pauses == [0.5]
    assert database.names() == ["visits_p20261121"]


def test_a_lock_that_is_never_free_is_given_up_and_leaves_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ddl, "time", SimpleNamespace(sleep=lambda _seconds: None))
    other = database.connect()
    other.autocommit = False
    with other.cursor() as cursor:
        cursor.execute("LOCK TABLE ts_one.visits IN SHARE UPDATE EXCLUSIVE MODE")
    with pytest.raises(OperationalError):
        ddl.create(database.using, [creation()], ddl.Patience(lock_ms=100, attempts=2))
    other.close()
    assert not database.relation("visits_p20261121")


def test_a_detach_leaves_a_table_that_knows_what_it_was(database: Database, fill: Fill) -> None:
    fill("2026-08-01")
    ddl.detach(database.using, old_partition(database), AT_ONCE)
    assert database.names() == []
    assert len(database.rows(name=OLD)) == 3
    assert [str(a) for a in database.plan() if a.name == OLD] == [
        f"retire ts_one.{OLD} of 2026-08-01..2026-08-02: archive and drop"
    ]


def test_an_interrupted_detach_blocks_no_writer_and_is_finished_later(
    database: Database, fill: Fill
) -> None:
    fill("2026-08-01")
    ddl.create(database.using, [creation()], AT_ONCE)
    action = old_partition(database)
    with open_transaction(database):
        with pytest.raises(OperationalError):
            ddl.detach(database.using, action, AT_ONCE)
        database.sql(f"SET lock_timeout = '300ms'; {INSERT}", NOW)
        resumed = old_partition(database)
        assert resumed.resumed
    ddl.detach(database.using, resumed, AT_ONCE)
    assert database.names() == ["visits_p20261121"]
    assert len(database.rows(name=OLD)) == 3


def test_detaching_twice_changes_nothing(database: Database, fill: Fill) -> None:
    fill("2026-08-01")
    action = old_partition(database)
    for _ in range(2):
        ddl.detach(database.using, action, AT_ONCE)
    assert database.relation(OLD)


def test_what_was_detached_can_be_attached_again(database: Database, fill: Fill) -> None:
    fill("2026-11-19")
    before = database.rows()
    detach = Detach("ts_one", "visits", "visits_p20261119", period("day", NOW - 2 * DAY))
    ddl.detach(database.using, detach, AT_ONCE)
    assert database.rows() == []
    assert all(not outcome.error for outcome in database.apply(database.plan()))
    assert database.rows() == before


def test_rows_outside_its_span_keep_a_table_from_being_attached(
    database: Database, fill: Fill
) -> None:
    fill("2026-11-19")
    detach = Detach("ts_one", "visits", "visits_p20261119", period("day", NOW - 2 * DAY))
    ddl.detach(database.using, detach, AT_ONCE)
    # PostgreSQL leaves a CHECK of its own behind.
    for (name,) in database.sql(
        "SELECT conname FROM pg_constraint WHERE contype = 'c'"
        " AND conrelid = 'ts_one.visits_p20261119'::regclass"
    ):
        database.sql(f'ALTER TABLE ts_one.visits_p20261119 DROP CONSTRAINT "{name}"')
    database.sql("UPDATE ts_one.visits_p20261119 SET at = at - interval '1 day'")
    attach = next(a for a in database.plan() if a.name == "visits_p20261119")
    with pytest.raises(IntegrityError):
        ddl.attach(database.using, attach, AT_ONCE)  # type: ignore[arg-type]


def test_a_partition_that_is_attached_is_never_dropped(database: Database, fill: Fill) -> None:
    fill("2026-08-01")
    with pytest.raises(ddl.Changed):
        ddl.drop(database.using, "ts_one", OLD, rows=3, patience=AT_ONCE)
    assert len(database.rows()) == 3


def test_a_partition_with_other_rows_than_its_archive_is_never_dropped(
    database: Database, fill: Fill
) -> None:
    fill("2026-08-01")
    ddl.detach(database.using, old_partition(database), AT_ONCE)
    with pytest.raises(ddl.Changed):
        ddl.drop(database.using, "ts_one", OLD, rows=2, patience=AT_ONCE)
    assert len(database.rows(name=OLD)) == 3


def test_inserts_go_on_while_everything_else_happens(
    database: Database, fill: Fill, store: Any
) -> None:
    for day in ("2026-07-30", "2026-08-01", "2026-08-03"):
        fill(day)
    ddl.create(database.using, [creation()], AT_ONCE)
    stop, written, failed = threading.Event(), [0, 0, 0], []

    def write(number: int) -> None:
        connection = database.connect()
        try:
            while not stop.is_set():
                with connection.cursor() as cursor:
                    cursor.execute(INSERT, [NOW])
                written[number] += 1
        except Exception as error:  # noqa: BLE001  # told by the test
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[number]) for number in range(3)]
    for thread in threads:
        thread.start()
    patient = ddl.Patience(lock_ms=5_000, attempts=5)
    outcomes = list(
        engine.apply(database.plan(), using=database.using, store=store, patience=patient)
    )
    stop.set()
    for thread in threads:
        thread.join()
    assert failed == []
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    assert min(written) > 0
    assert len(database.rows()) == sum(written)
    assert len(database.names()) == 8
