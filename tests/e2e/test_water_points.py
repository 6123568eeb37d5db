"""Water over the running platform, by the published interface alone: staff, kiosk, customer."""

import json
import secrets
import time
from typing import Any

import pytest

from tests.e2e.conftest import Stack, eventually
from tests.e2e.kiosk import Device

PRICE = 25_000  # micro a litre: KES 0.50 for 20 litres
KES = 1_000_000
ACME = "acme.localhost"


class Point:
    """A water point of acme's: its kiosk, a customer with money, and the customer's tag."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        name = secrets.token_hex(4)
        site = self.made("/sites/", {"name": f"Point {name}", "zone": "Africa/Nairobi"})
        self.tariff = self.made(
            "/tariffs/",
            {
                "name": f"Water {name}",
                "currency": "KES",
                "valid_from": "2026-01-01T00:00:00Z",
                "price_micro_per_litre": PRICE,
            },
        )
        kiosk = self.made(
            "/kiosks/",
            {
                "name": f"Kiosk {name}",
                "site": site["id"],
                "tariff": self.tariff["id"],
                "pulses_per_litre": 450,
            },
        )
        version = self.tariff["versions"][0]["v"]
        ids = kiosk["public_id"], kiosk["key_id"], kiosk["key"]
        self.device = Device(stack, stack.tenant("acme")["host"], *ids, version)
        phone = f"+2547{secrets.randbelow(10**8):08}"
        self.wallet = self.made("/wallets/", {"name": f"Asha {name}", "phone": phone})["id"]
        self.uid = f"04:{name}"
        self.tag = self.made("/tags/", {"uid": self.uid, "wallet": self.wallet})

    def made(self, path: str, body: Any, status: int = 201) -> dict[str, Any]:
        found, answer = self.api(path, "POST", body)
        assert found == status, answer
        row: dict[str, Any] = answer
        return row

    def api(self, path: str, method: str = "GET", body: Any = None) -> tuple[int, Any]:
        return self.stack.api("acme", f"/api/v1{path}", method, body, key=secrets.token_hex(8))

    def top_up(self, kes: int) -> dict[str, Any]:
        self.api("/tills/shifts/", "POST", {"float_micro": 0, "currency": "KES"})
        body = {"amount_micro": kes * KES, "currency": "KES", "channel": "cash"}
        return self.made(f"/wallets/{self.wallet}/topups/", body)

    def balance(self) -> dict[str, Any]:
        status, row = self.api(f"/wallets/{self.wallet}/")
        assert status == 200
        assert row["available_micro"] == row["posted_micro"] - row["held_micro"]
        found: dict[str, Any] = row
        return found

    def sale(self, result: dict[str, Any]) -> dict[str, Any]:
        status, row = self.api(f"/water/transactions/{result['id']}/")
        assert status == 200, row
        found: dict[str, Any] = row
        return found


@pytest.fixture
def point(stack: Stack) -> Point:
    return Point(stack)


@pytest.fixture(scope="module")
def busy(stack: Stack) -> Point:
    """One whose customer has money, for many records that change none of it."""
    point = Point(stack)
    point.top_up(100)
    return point


def test_a_customer_buys_twenty_litres(point: Point) -> None:
    point.top_up(100)
    hold = point.device.authorise(point.uid, 20_000)
    assert hold["status"] == "authorised"
    assert (hold["allowed_ml"], hold["amount_micro"]) == (20_000, 500_000)
    assert point.balance()["held_micro"] == 500_000
    answer = point.device.send(
        point.device.record(18_000, hold=hold["hold"], tag=point.uid, stop="user")
    )
    (result,) = answer["results"]
    assert (result["status"], result["balance_micro"]) == ("completed", 100 * KES - 450_000)
    assert answer["ack_through"] == {"1": 1}
    row = point.sale(result)
    assert (row["ml"], row["cost_micro"], row["captured_micro"]) == (18_000, 450_000, 450_000)
    assert (row["receivable_micro"], row["overrun_micro"], row["flags"]) == (0, 0, [])
    assert point.balance()["held_micro"] == 0
    status, listed = point.api(f"/water/transactions/?kiosk={point.device.public_id}")
    assert (status, [one["id"] for one in listed["results"]]) == (200, [result["id"]])


def test_the_same_record_is_answered_the_same_and_another_one_conflicts(point: Point) -> None:
    device = point.device
    point.top_up(10)
    hold = device.authorise(point.uid, 10_000)["hold"]
    record = device.record(10_000, hold=hold, tag=point.uid)
    first = device.send(record)["results"]
    again = dict(reversed(record.items()))
    assert device.send(again, record)["results"] == first * 2
    other = device.send({**record, "ml": 9_999})["results"][0]
    assert (other["status"], other["seq"]) == ("conflict", 1)
    assert point.balance()["posted_micro"] == 10 * KES - 250_000


def test_a_hold_is_what_the_wallet_can_pay_in_whole_millilitres(point: Point) -> None:
    assert point.device.authorise(point.uid, 20_000)["status"] == "declined"
    point.top_up(1)
    hold = point.device.authorise(point.uid, 50_000)
    assert (hold["allowed_ml"], hold["amount_micro"]) == (40_000, KES)
    more = point.device.authorise(point.uid, 1_000)
    assert (more["status"], more["hold"], more["allowed_ml"]) == ("declined", None, 0)
    unknown = point.device.authorise("04:ffff", 1_000)
    assert (unknown["status"], unknown["allowed_ml"]) == ("declined", 0)


def test_authorise_answers_a_key_once(point: Point) -> None:
    point.top_up(10)
    body = {"idempotency_key": "press-1", "tag": point.uid, "max_ml": 1_000}
    assert point.device.post("/authorise", body)[0] == 200
    first = point.device.raw
    assert point.device.post("/authorise", body)[0] == 200
    assert point.device.raw == first
    assert point.device.post("/authorise", {**body, "max_ml": 2_000})[0] == 409
    assert point.balance()["held_micro"] == 25_000


def test_an_unused_hold_is_let_go(point: Point) -> None:
    point.top_up(10)
    hold = point.device.authorise(point.uid, 1_000, ttl_s=1)
    eventually(lambda: point.balance()["held_micro"] == 0)
    late = point.device.send(point.device.record(1_000, hold=hold["hold"], tag=point.uid))
    row = point.sale(late["results"][0])
    assert (row["captured_micro"], row["receivable_micro"]) == (0, 25_000)
    assert point.top_up(1)["receivable_paid_micro"] == 25_000


def test_a_lease_is_spent_offline_and_what_is_above_it_is_owed(point: Point) -> None:
    point.top_up(2)
    lease = point.made(
        f"/wallets/{point.wallet}/leases/",
        {
            "kiosk": point.device.public_id,
            "amount_micro": KES,
            "currency": "KES",
            "ttl_s": 3600,
        },
    )
    assert (lease["state"], lease["captured_micro"]) == ("open", 0)
    assert lease["id"] in json.dumps(point.device.send()["cmds"])
    offline = [
        point.device.record(30_000, mode="lease", lease=lease["id"], tag=point.uid)
        for _ in range(2)
    ]
    rows = [point.sale(result) for result in point.device.send(*offline)["results"]]
    assert [row["captured_micro"] for row in rows] == [750_000, 250_000]
    assert [row["receivable_micro"] for row in rows] == [0, 500_000]
    wallet = point.balance()
    assert (wallet["posted_micro"], wallet["receivable_micro"]) == (KES, 500_000)
    status, ended = point.api(f"/wallets/{point.wallet}/leases/{lease['id']}/end/", "POST", {})
    assert (status, ended["state"]) == (200, "ended")
    body = {"kiosk": point.device.public_id, "currency": "KES", "ttl_s": 60}
    path = f"/wallets/{point.wallet}/leases/"
    assert point.api(path, "POST", {**body, "amount_micro": 2 * KES})[0] == 422


def test_what_is_missing_is_known_exactly(point: Point) -> None:
    device = point.device
    records = [device.record(0, hold=None, stop="user") for _ in range(9)]
    answer = device.send(*[records[index] for index in (0, 3, 4, 8)])
    assert {result["status"] for result in answer["results"]} == {"quarantined"}
    assert answer["ack_through"] == {"1": 1}
    _, row = point.api(f"/kiosks/{device.public_id}/")
    assert row["missing"] == [
        {"epoch": 1, "from": 2, "to": 3},
        {"epoch": 1, "from": 6, "to": 8},
    ]
    device.send(*[records[index] for index in (7, 6, 5, 2, 1)])
    _, row = point.api(f"/kiosks/{device.public_id}/")
    assert (row["missing"], row["ack_through"]) == ([], {"1": 9})


IMPOSSIBLE = [
    {"ml": 10**15},
    {"ml": -1},
    {"ml": "20"},
    {"ml": None},
    {"ml": True},
    {"ml": 1.5},
    {"mode": "gift"},
    {"hold": "nobody"},
    {"hold": 7},
    {"tariff_v": 99, "clk": "unset", "t": None},
    {"stop": "tired"},
    {"clk": "sundial"},
    {"t": "yesterday"},
    {"up_ms": -5},
    {"type": "refund"},
    {"tag": {"uid": 1}},
    {"pulses": 2**70},
    {"totalizer_ml": []},
]


@pytest.mark.parametrize("fault", IMPOSSIBLE, ids=str)
def test_an_impossible_record_is_kept_and_not_booked(busy: Point, fault: Any) -> None:
    before = busy.balance()["posted_micro"]
    hold = busy.device.authorise(busy.uid, 1_000)["hold"]
    record = {**busy.device.record(1_000, hold=hold, tag=busy.uid), **fault}
    answer = busy.device.send(record)
    assert answer["results"][0]["status"] == "quarantined"
    assert answer["ack_through"] == {"1": record["seq"]}
    assert busy.sale(answer["results"][0])["state"] == "quarantined"
    assert busy.balance()["posted_micro"] == before


@pytest.mark.parametrize(
    "record",
    [None, 7, "x", [], {}, {"epoch": 1}, {"epoch": 0, "seq": 1}, {"epoch": 1, "seq": 0},
     {"epoch": "1", "seq": 1}, {"epoch": 1, "seq": 2**63}, {"epoch": True, "seq": 1}],
    ids=str,
)  # fmt: skip
def test_a_record_that_cannot_be_named_is_invalid(busy: Point, record: Any) -> None:
    good = busy.device.record(0, hold=None)
    results = busy.device.send(record, good)["results"]
    assert [result["status"] for result in results] == ["invalid", "quarantined"]


def test_bodies_that_are_refused_book_nothing(point: Point) -> None:
    device = point.device
    many = [device.record(0) for _ in range(101)]
    assert device.post("/records", {"records": many})[0] == 400
    assert device.call("POST", "/records", b"{")[0] == 400
    assert device.call("POST", "/records", b"\xff\xfe")[0] == 400
    assert device.post("/records", {"records": {}})[0] == 400
    assert device.post("/records", [])[0] == 400
    assert device.call("POST", "/records", b" " * (256 * 1024) + b"{}")[0] == 413
    assert device.post("/authorise", {"tag": point.uid})[0] == 400
    _, row = point.api(f"/kiosks/{device.public_id}/")
    assert (row["missing"], row["ack_through"]) == ([], {})


def test_no_fault_of_a_signature_opens_a_thing(point: Point) -> None:
    device = point.device
    now = int(time.time())
    faults: list[dict[str, str]] = [
        {"x_kiosk": "nobody"},
        {"x_key_id": "k-0"},
        {"x_signature": "0" * 64},
        {"x_nonce": "another-nonce"},
        {"x_ts": str(now + 1)},
        {"x_ts": "now"},
        *({header: ""} for header in ("x_kiosk", "x_key_id", "x_ts", "x_nonce", "x_signature")),
    ]
    for fault in faults:
        assert device.post("/records", {"records": []}, **fault)[0] == 401, fault
    for ts in (now - 302, now + 302):
        headers = device.signed("POST", "/api/v1/kiosk/records", b"{}", str(ts))
        assert device.call("POST", "/records", b"{}", **_as_faults(headers))[0] == 401
    old = device.signed("GET", "/api/v1/kiosk/time", b"", "12")
    status, answer = device.call("GET", "/time", **_as_faults(old))
    assert (status, abs(answer["unix"] - now) < 60) == (200, True)


def test_a_nonce_is_good_once_and_only_a_good_signature_spends_it(point: Point) -> None:
    body = json.dumps({"records": []}).encode()
    headers = point.device.signed("POST", "/api/v1/kiosk/records", body)
    wrong = _as_faults({**headers, "X-Signature": "0" * 64})
    assert point.device.call("POST", "/records", body, **wrong)[0] == 401
    assert point.device.call("POST", "/records", body, **_as_faults(headers))[0] == 200
    assert point.device.call("POST", "/records", body, **_as_faults(headers))[0] == 401
    short = point.device.signed("POST", "/api/v1/kiosk/records", body, nonce="seven77")
    assert point.device.call("POST", "/records", body, **_as_faults(short))[0] == 401


def _as_faults(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("-", "_").lower(): value for name, value in headers.items()}


def test_two_keys_live_and_a_dead_one_opens_nothing(point: Point) -> None:
    device = point.device
    path = f"/kiosks/{device.public_id}/keys/"
    new = point.made(path, {})
    assert point.api(path, "POST", {})[0] == 409
    assert point.stack.api("acme", f"/api/v1{path}{device.key_id}/", "DELETE")[0] == 204
    assert device.post("/records", {"records": []})[0] == 401
    device.key_id, device.key = new["key_id"], new["key"]
    assert device.post("/records", {"records": []})[0] == 200


def test_a_kiosk_is_nobody_at_another_tenant(point: Point) -> None:
    point.device.host = point.stack.tenant("blue")["host"]
    assert point.device.post("/records", {"records": []})[0] == 401
    for path in (f"/kiosks/{point.device.public_id}/", f"/wallets/{point.wallet}/"):
        assert point.stack.api("blue", f"/api/v1{path}")[0] == 404


def test_the_price_is_that_of_the_moment_of_dispensing(point: Point) -> None:
    point.top_up(100)
    path = f"/tariffs/{point.tariff['id']}/versions/"
    ago = time.time() - 3600
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ago))
    version = point.made(path, {"valid_from": at, "price_micro_per_litre": 2 * PRICE})
    assert version["v"] == point.tariff["versions"][0]["v"] + 1
    before = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ago - 60))
    costs = []
    for more in (
        {"t": before},
        {},
        {"t": None, "clk": "unset"},
        {"t": before, "clk": "holdover", "tariff_v": version["v"]},
    ):
        hold = point.device.authorise(point.uid, 1_000)["hold"]
        record = point.device.record(1_000, hold=hold, tag=point.uid, **more)
        costs.append(point.sale(point.device.send(record)["results"][0])["cost_micro"])
    assert costs == [PRICE, 2 * PRICE, PRICE, 2 * PRICE]


def test_money_comes_back_only_as_far_as_it_was_taken(point: Point) -> None:
    point.top_up(100)
    hold = point.device.authorise(point.uid, 80_000)["hold"]
    result = point.device.send(point.device.record(80_000, hold=hold, tag=point.uid))["results"][0]
    path = f"/water/transactions/{result['id']}/refunds/"
    body = {"amount_micro": KES, "currency": "KES", "reason": "dirty"}
    first = point.made(path, body)
    assert (first["amount_micro"], first["refunded_micro"]) == (KES, KES)
    assert first["balance_micro"] == 99 * KES
    assert point.made(path, body)["refunded_micro"] == 2 * KES
    assert point.api(path, "POST", body)[0] == 422
    assert point.sale(result)["refunded_micro"] == 2 * KES


@pytest.mark.parametrize(
    ("stop", "ml", "state"),
    [("power", 5_000, "partial"), ("no_flow", 5_000, "partial"), ("fault", 0, "aborted"),
     ("limit", 5_000, "completed")],
)  # fmt: skip
def test_how_it_stopped_says_what_it_was(point: Point, stop: str, ml: int, state: str) -> None:
    point.top_up(10)
    hold = point.device.authorise(point.uid, 20_000)["hold"]
    record = point.device.record(ml, hold=hold, tag=point.uid, stop=stop)
    result = point.device.send(record)["results"][0]
    assert result["status"] == state
    wallet = point.balance()
    assert (wallet["held_micro"], wallet["posted_micro"]) == (0, 10 * KES - ml * PRICE // 1000)
