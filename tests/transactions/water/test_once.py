"""Each record is booked once: in any order, from many at once, over days, through deaths."""

import json
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2
import pytest
from django.db import DatabaseError, InterfaceError, connections
from django.utils import timezone
from psycopg2.extensions import make_dsn, parse_dsn

from tests.conftest import World
from tests.transactions.invariants import assert_books
from tests.transactions.test_killed import counted, dying, kill  # noqa: F401  # a fixture
from tests.transactions.threads import together
from tests.transactions.water.conftest import UID, UNIT, Borehole, make_kiosk, make_wallet, record
from transactions.ledger import holds
from transactions.ledger.models import Account, Hold, Transfer
from transactions.water.booking import book
from transactions.water.desk import Desk
from transactions.water.models import DispenseClaim, KioskEpoch, WaterTransaction
from transactions.water.selectors import acks, missing
from transactions.water.services import lease_grant
from wificore.kernel.db.context import tenant_context

DAY = timedelta(days=1)
DISPENSES, COPIES, WORKERS = 200, 8, 16


def leased(borehole: Borehole, units: int) -> str:
    lease = lease_grant(
        wallet=borehole.wallet, kiosk=borehole.kiosk, amount_micro=units * UNIT, ttl=DAY
    )
    return lease.public_id


def test_1600_messages_for_200_dispenses_from_16_workers(borehole: Borehole) -> None:
    with tenant_context(borehole.tenant):
        lease = leased(borehole, 90)
    bodies = [borehole.device.record(mode="lease", lease=lease, ml=10_000 + n) for n in range(200)]
    messages = bodies * COPIES
    random.Random(8).shuffle(messages)  # the same order each time
    share = len(messages) // WORKERS
    answers: dict[int, set[bytes]] = {}

    def work(number: int) -> list[tuple[int, bytes]]:
        try:
            mine = messages[number * share : (number + 1) * share]
            return [
                (item["seq"], json.dumps(item).encode())
                for start in range(0, share, 5)
                for item in _items(borehole, mine[start : start + 5])
            ]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        for told in pool.map(work, range(WORKERS)):
            for seq, item in told:
                answers.setdefault(seq, set()).add(item)
    assert sorted(answers) == list(range(1, DISPENSES + 1))
    assert {len(items) for items in answers.values()} == {1}
    with tenant_context(borehole.tenant):
        rows = WaterTransaction.objects.all()
        assert rows.count() == DISPENSES
        assert sum(row.captured_micro for row in rows) == sum(b["ml"] * 25 for b in bodies)
        assert acks(borehole.kiosk) == {"1": DISPENSES}
        assert missing(borehole.kiosk) == []
    assert_books(borehole.tenant)


def _items(borehole: Borehole, records: list[Any]) -> list[Any]:
    answer = borehole.device.records(*records)
    assert answer.status_code == 200, answer.content
    items: list[Any] = answer.json()["results"]
    return items


class NaiveClaims:
    """What one writes at first: the unique key on the partitioned table, so the day is in it."""

    def __init__(self, dsn: str) -> None:
        self._connection = psycopg2.connect(dsn)
        self._connection.autocommit = True
        self.run(
            "CREATE SCHEMA naive_water;"
            "CREATE TABLE naive_water.sold (kiosk bigint, epoch bigint, seq bigint,"
            " received_on date, ml bigint, UNIQUE (kiosk, epoch, seq, received_on))"
            " PARTITION BY RANGE (received_on);"
            "CREATE TABLE naive_water.sold_all PARTITION OF naive_water.sold"
            " FOR VALUES FROM (MINVALUE) TO (MAXVALUE)"
        )

    def run(self, statement: str, *values: Any) -> list[Any]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def book(self, kiosk: int, sent: dict[str, Any], now: datetime) -> None:
        self.run(
            "INSERT INTO naive_water.sold VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            *(kiosk, sent["epoch"], sent["seq"], now.date(), sent["ml"]),
        )

    def sold(self) -> int:
        return int(self.run("SELECT sum(ml) FROM naive_water.sold")[0][0])

    def close(self) -> None:
        self.run("DROP SCHEMA naive_water CASCADE")
        self._connection.close()


@pytest.fixture
def naive_claims(world: World, superuser_dsn: str, app_dsn: str) -> Any:
    claims = NaiveClaims(make_dsn(superuser_dsn, dbname=parse_dsn(app_dsn)["dbname"]))
    yield claims
    claims.close()


def sold_over_midnight(send: Callable[[dict[str, Any], datetime], object]) -> None:
    """A record comes, its answer is lost, and it comes again: two minutes later, tomorrow."""
    sent = record(ml=20_000)
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + DAY
    for moment in (midnight - timedelta(minutes=1), midnight + timedelta(minutes=1)):
        send(sent, moment)
        send(sent, moment)


def test_a_record_that_comes_again_tomorrow_is_booked_once(
    borehole: Borehole, naive_claims: NaiveClaims
) -> None:
    with tenant_context(borehole.tenant):
        kiosk = borehole.kiosk
        sold_over_midnight(lambda sent, now: book(kiosk, [sent], now))
        assert sum(row.ml for row in WaterTransaction.objects.all()) == 20_000
    sold_over_midnight(lambda sent, now: naive_claims.book(kiosk.pk, sent, now))
    assert naive_claims.sold() == 40_000  # which is why ours is not like this


def state(borehole: Borehole) -> tuple[Any, ...]:
    """All that booking changes."""
    return (
        DispenseClaim.objects.count(),
        WaterTransaction.objects.count(),
        Transfer.objects.count(),
        list(KioskEpoch.objects.values_list("epoch", "ack_through", "max_seq")),
        list(Account.objects.order_by("pk").values_list("posted", "held")),
        list(Hold.objects.order_by("pk").values_list("state", "captured")),
    )


def test_claim_and_money_come_together_or_not_at_all(
    borehole: Borehole,
    kill: Callable[[int], None],  # noqa: F811  # the fixture
) -> None:
    hold = borehole.device.authorise(10_000).json()["hold"]
    with tenant_context(borehole.tenant):
        lease = leased(borehole, 1)
        device, kiosk = borehole.device, borehole.kiosk
        book(kiosk, [device.record(mode="lease", lease=lease, ml=1)])  # opens the accounts
        batch = [
            device.record(mode="hold", hold=hold, ml=12_000),  # takes, and overruns
            device.record(mode="lease", lease=lease, ml=90_000),  # takes, and is owed
            device.record(ml=-1),  # quarantined
        ]
        before = state(borehole)
        number = 0
        while True:
            try:
                with counted() as statements, dying(number, kill):
                    told = book(kiosk, batch)
                break
            except (DatabaseError, InterfaceError):
                connections["default"].close()
                assert state(borehole) == before, statements[-1]
                number += 1
        assert number > 20
        assert [result.status for result in told] == ["completed", "completed", "quarantined"]
        after = state(borehole)
        assert after != before
        assert book(kiosk, batch) == told
        assert state(borehole) == after
    assert_books(borehole.tenant)


def test_a_hold_that_ends_while_its_batch_is_booked_leaves_the_others_as_they_are(
    borehole: Borehole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch is captured in one statement; refused, it is done one by one."""
    name = borehole.device.authorise(10_000).json()["hold"]
    take = Desk.take

    def late(desk: Desk, sent: Any) -> Any:
        drafts = take(desk, sent)
        holds.release(Hold.objects.get(public_id=name).pk)
        return drafts

    with tenant_context(borehole.tenant):
        lease = leased(borehole, 1)
        batch = [
            borehole.device.record(mode="lease", lease=lease, ml=30_000),
            borehole.device.record(mode="hold", hold=name, ml=10_000),
            borehole.device.record(mode="lease", lease=lease, ml=30_000),
        ]
        monkeypatch.setattr(Desk, "take", late)
        book(borehole.kiosk, batch)
        rows = WaterTransaction.objects.order_by("seq")
        assert [(row.captured_micro, row.receivable_micro) for row in rows] == [
            (750_000, 0),
            (0, 250_000),
            (250_000, 500_000),
        ]
    assert_books(borehole.tenant)


def test_the_same_question_at_once_is_held_once(borehole: Borehole) -> None:
    body = {"idempotency_key": "k-1", "tag": UID, "max_ml": 1000}

    def ask(_number: int) -> bytes:
        try:
            return bytes(borehole.device.post("authorise", body).content)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1
    with tenant_context(borehole.tenant):
        assert Hold.objects.count() == 1


def test_two_kiosks_that_share_their_customers_do_not_stand_in_each_others_way(
    borehole: Borehole,
) -> None:
    batches: list[Callable[[], Any]] = []
    with tenant_context(borehole.tenant):
        wallets = [borehole.wallet, make_wallet(100, "0722000001", "Brian")]
        for name in ("Kiosk 2", "Kiosk 3"):
            wallets.reverse()
            device = make_kiosk(name, host=borehole.device.host)
            kiosk = type(borehole.kiosk).objects.get(public_id=device.public_id)
            granted = [
                lease_grant(wallet=wallet, kiosk=kiosk, amount_micro=9 * UNIT, ttl=DAY)
                for wallet in wallets
            ]
            sent = [
                device.record(mode="lease", lease=granted[n % 2].public_id, ml=1000)
                for n in range(40)
            ]
            batches.append(lambda kiosk=kiosk, sent=sent: book(kiosk, sent, timezone.now()))
    for results in together(borehole.tenant, batches):
        assert {result.status for result in results} == {"completed"}  # type: ignore[union-attr]
    with tenant_context(borehole.tenant):
        assert WaterTransaction.objects.count() == 80
    assert_books(borehole.tenant)
