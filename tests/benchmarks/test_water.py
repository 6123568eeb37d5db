"""The benchmark of kiosks runs; how fast is not this test's business."""

from django.db import connection, connections

from benchmarks.water import reports
from benchmarks.water.table import measured
from tests.conftest import World
from tests.transactions.invariants import assert_books
from wificore.kernel.db.context import tenant_context


def test_it_prints_ratios_and_leaves_no_table_behind(world: World) -> None:
    table = measured(world.alpha, kiosks=2, rounds=1, seconds=0.3)
    rows = [line for line in table.splitlines() if line.startswith(("records/s", "authorise"))]
    assert len(rows) == 4
    assert all(float(row.split()[-1]) > 0 for row in rows)
    with tenant_context(world.alpha), connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('peer_claim'), to_regclass('peer_wallet')")
        assert cursor.fetchone() == (None, None)
    assert_books(world.alpha)


PARTITIONS = """
SELECT inhrelid::regclass::text FROM pg_inherits
WHERE inhparent = 'ts_alpha.water_transactions'::regclass
"""


def test_reports_are_compared_with_reading_the_records(world: World) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(PARTITIONS)
        before = {name for (name,) in cursor.fetchall()}
    table = reports.measured(world.alpha, kiosks=2, days=2, a_day=10, rounds=1)
    assert "2 kiosks, 2 days, 40 records" in table
    assert "ratio" in table
    with connections["owner"].cursor() as cursor:
        cursor.execute(PARTITIONS)
        for made in {name for (name,) in cursor.fetchall()} - before:
            cursor.execute(f"DROP TABLE {made}")
