"""The benchmark of holds runs; how fast is not this test's business."""

from django.db import connection

from benchmarks.ledger.table import measured
from tests.conftest import World
from tests.transactions.invariants import assert_books
from wificore.kernel.db.context import tenant_context


def test_it_prints_a_ratio_of_each_load_and_leaves_no_table_behind(world: World) -> None:
    table = measured(world.alpha, wallets=2, threads=2, rounds=1, seconds=0.2)
    head, *rows = table.splitlines()[2:]
    assert head.split("  ")[-1].strip() == "many wallets"
    assert [row.split()[0] for row in rows] == ["WifiCore", "select_for_update", "ratio"]
    assert all(float(ratio) > 0 for ratio in rows[-1].split()[1:])
    with tenant_context(world.alpha), connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('peer_hold'), to_regclass('peer_account')")
        assert cursor.fetchone() == (None, None)
    assert_books(world.alpha)
