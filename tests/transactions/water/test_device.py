"""/api/v1/kiosk/ over HTTP: who is let in, and what it is answered."""

import json
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.transactions.invariants import assert_books
from tests.transactions.water.conftest import UID, UNIT, Borehole, record
from transactions.ledger.models import Hold
from transactions.water.housekeeping import devices_forget
from transactions.water.models import (
    Authorisation,
    DispenseClaim,
    Kiosk,
    KioskNonce,
    WaterTransaction,
)
from transactions.water.services import key_add, key_revoke, kiosk_change, tag_change
from wificore.kernel.db.context import tenant_context


def test_a_device_without_a_clock_asks_for_the_time(borehole: Borehole) -> None:
    for stamp in ("0", "now", "99999999999999999999"):
        answer = borehole.device.get(ts=stamp)
        assert answer.status_code == 200, answer.content
    told = answer.json()
    assert abs(told["unix"] - time.time()) < 60
    assert datetime.fromisoformat(told["time"]).timestamp() == told["unix"]


FAULTS: dict[str, dict[str, str]] = {
    "no kiosk": {"x-kiosk": "0123456789abcdef"},
    "not an id": {"x-kiosk": "é\x00"},
    "no such key": {"x-key-id": "00000000"},
    "a wrong signature": {"x-signature": "0" * 64},
    "no signature": {"x-signature": ""},
    "a signature that is none": {"x-signature": "é"},
    "no time": {"ts": "soon"},
    "a negative time": {"ts": "-1"},
    "a short nonce": {"nonce": "1234567"},
    "a long nonce": {"nonce": "1" * 65},
    "a nonce with spaces": {"nonce": "1234 5678"},
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_any_fault_is_401_and_changes_nothing(borehole: Borehole, fault: dict[str, str]) -> None:
    assert_refused(borehole, fault)


@pytest.mark.parametrize("seconds", [-310, 310])
def test_a_clock_that_is_minutes_off_is_401(borehole: Borehole, seconds: int) -> None:
    assert_refused(borehole, {"ts": str(int(time.time()) + seconds)})


def assert_refused(borehole: Borehole, fault: dict[str, str]) -> None:
    answer = borehole.device.post("records", {"records": [record()]}, **fault)
    assert answer.status_code == 401, answer.content
    assert answer.json()["error"]["code"] == "not_authenticated"
    with tenant_context(borehole.tenant):
        assert not KioskNonce.objects.exists()
        assert not DispenseClaim.objects.exists()
        assert Kiosk.objects.get().last_seen_at is None


def test_the_signature_covers_method_path_and_body(borehole: Borehole) -> None:
    device, path = borehole.device, "/api/v1/kiosk/records"
    body = json.dumps({"records": []}).encode()
    for signed in (("GET", path, body), ("POST", "/x", body), ("POST", path, body + b" ")):
        headers = device.headers(*signed)
        answer = device.client.post(path, body, "application/json", headers=headers)
        assert answer.status_code == 401
    headers = device.headers("POST", path, body)
    asked = f"{path}?a=b"  # PATH has no query string
    answer = device.client.post(asked, body, "application/json", headers=headers)
    assert answer.status_code == 200


def test_a_nonce_is_spent_by_a_good_signature_only_and_once(borehole: Borehole) -> None:
    nonce = {"nonce": "a-nonce-of-mine"}
    bad = borehole.device.post("records", {"records": []}, **nonce, **{"x-signature": "0" * 64})
    good = borehole.device.post("records", {"records": []}, **nonce)
    again = borehole.device.post("authorise", {}, **nonce)
    assert (bad.status_code, good.status_code, again.status_code) == (401, 200, 401)


def test_two_keys_work_until_one_is_deleted(borehole: Borehole) -> None:
    with tenant_context(borehole.tenant):
        second = key_add(kiosk=borehole.kiosk)
    old = borehole.device.key_id
    assert borehole.device.get().status_code == 200
    with tenant_context(borehole.tenant):
        key_revoke(kiosk=borehole.kiosk, key_id=old)
    assert borehole.device.get().status_code == 401
    borehole.device.key_id, borehole.device.key = second.key_id, second.key
    assert borehole.device.get().status_code == 200


@pytest.mark.parametrize("state", ["blocked", "retired"])
def test_a_kiosk_that_does_not_sell_is_nobody(borehole: Borehole, state: str) -> None:
    with tenant_context(borehole.tenant):
        kiosk_change(kiosk=borehole.kiosk, state=state)
    assert borehole.device.get().status_code == 401


BODIES: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 400),
    "no JSON": (b"{", 400),
    "no UTF-8": (b'{"records": ["\xff"]}', 400),
    "UTF-16": ('{"records": []}'.encode("utf-16"), 400),
    "a list": (b"[]", 400),
    "a number": (b"5", 400),
    "NaN": (b'{"records": [NaN]}', 400),
    "deep": (b'{"records": ' + b"[" * 5000 + b"]" * 5000 + b"}", 400),
    "rather deep": (b'{"records": ' + b"[" * 40 + b"]" * 40 + b"}", 400),
    "a long number": (b'{"records": [{"epoch": 1' + b"0" * 5000 + b"}]}", 400),
    "no records": (b"{}", 400),
    "records of another kind": (b'{"records": {"epoch": 1}}', 400),
    "101": (json.dumps({"records": [record(seq=n + 1) for n in range(101)]}).encode(), 400),
    "large": (b'{"records": []}' + b" " * 256 * 1024, 413),
    "very large": (b'{"records": []}' + b" " * 3_000_000, 413),
}


@pytest.mark.parametrize(("body", "status"), BODIES.values(), ids=BODIES.keys())
def test_a_body_that_cannot_be_is_refused_whole(
    borehole: Borehole, body: bytes, status: int
) -> None:
    answer = borehole.device.post("records", body)
    assert answer.status_code == status, answer.content[:300]
    assert "error" in answer.json()
    with tenant_context(borehole.tenant):
        assert not DispenseClaim.objects.exists()


def test_the_largest_body_and_the_most_records_are_taken(borehole: Borehole) -> None:
    records = [borehole.device.record() for _ in range(100)]
    body = json.dumps({"records": records}).encode()
    answer = borehole.device.post("records", body + b" " * (256 * 1024 - len(body)))
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert [item["status"] for item in told["results"]] == ["completed"] * 100
    assert told["ack_through"] == {"1": 100}


def test_health_is_kept_as_far_as_it_is_plain(borehole: Borehole) -> None:
    health = {"fw": "1.2.3", "bat_mv": 3700, "door": False, "rssi": {}, "x": 1, "queue": "\ud800"}
    told = borehole.device.records(health=health).json()
    assert told.keys() == {"results", "ack_through", "cmds"}
    assert (told["results"], told["ack_through"]) == ([], {})
    for strange in ([], "well", None, 5):
        assert borehole.device.records(health=strange).status_code == 200
    with tenant_context(borehole.tenant):
        kiosk = borehole.kiosk
    assert kiosk.health == {"fw": "1.2.3", "bat_mv": 3700, "door": False}
    assert kiosk.firmware == "1.2.3"
    assert kiosk.last_seen_at is not None


def test_authorised_water_is_held_and_paid_for(borehole: Borehole) -> None:
    told = borehole.device.authorise(20_000).json()
    assert told["status"] == "authorised"
    assert (told["allowed_ml"], told["amount_micro"]) == (20_000, 500_000)
    assert (told["currency"], told["tariff_v"]) == ("KES", 1)
    assert told["balance_micro"] == 100 * UNIT
    sent = borehole.device.record(mode="hold", hold=told["hold"], ml=15_000)
    answer = borehole.device.records(sent).json()
    (item,) = answer["results"]
    assert (item["status"], item["balance_micro"]) == ("completed", 100 * UNIT - 375_000)
    with tenant_context(borehole.tenant):
        row = WaterTransaction.objects.get()
        borehole.wallet.account.refresh_from_db()
        assert (row.cost_micro, row.captured_micro, row.overrun_micro) == (375_000, 375_000, 0)
        assert borehole.wallet.account.held == 0
    assert_books(borehole.tenant)


def test_a_wallet_with_little_gets_whole_millilitres(borehole: Borehole) -> None:
    told = borehole.device.authorise(10**9).json()
    assert told["allowed_ml"] == 100 * UNIT // 25
    assert told["amount_micro"] == 100 * UNIT
    assert borehole.device.authorise(1000).json() == {
        "status": "declined",
        "reason": "no_funds",
        "hold": None,
        "allowed_ml": 0,
    }


def test_unknown_and_blocked_tags_are_declined(borehole: Borehole) -> None:
    reasons = [borehole.device.authorise(tag="ghost").json()["reason"]]
    for state in ("blocked", "lost"):
        with tenant_context(borehole.tenant):
            tag_change(tag=borehole.tag, state=state)
        reasons.append(borehole.device.authorise().json()["reason"])
    assert reasons == ["unknown_tag", "blocked_tag", "blocked_tag"]


def test_the_same_question_gets_the_same_bytes_and_another_409(borehole: Borehole) -> None:
    body = {"idempotency_key": "k-1", "tag": UID, "max_ml": 1000}
    first = borehole.device.post("authorise", body)
    again = borehole.device.post("authorise", dict(reversed(body.items())))
    other = borehole.device.post("authorise", {**body, "max_ml": 2000})
    declined = [borehole.device.post("authorise", {**body, "tag": "x", "idempotency_key": "k-2"})]
    declined.append(borehole.device.post("authorise", json.loads(declined[0].wsgi_request.body)))
    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert other.status_code == 409
    assert declined[0].content == declined[1].content
    with tenant_context(borehole.tenant):
        assert Hold.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"idempotency_key": ""}, "idempotency_key"),
        ({"idempotency_key": "k" * 101}, "idempotency_key"),
        ({"idempotency_key": 5}, "idempotency_key"),
        ({"idempotency_key": "\x00"}, "idempotency_key"),
        ({"tag": None}, "tag"),
        ({"tag": ""}, "tag"),
        ({"max_ml": 0}, "max_ml"),
        ({"max_ml": "20"}, "max_ml"),
        ({"max_ml": True}, "max_ml"),
        ({"max_ml": 1.5}, "max_ml"),
        ({"ttl_s": 0}, "ttl_s"),
        ({"ttl_s": 3601}, "ttl_s"),
        ({"ttl_s": None}, "ttl_s"),
    ],
)
def test_a_question_that_cannot_be_names_its_field(
    borehole: Borehole, fields: dict[str, Any], field: str
) -> None:
    body = {"idempotency_key": "k", "tag": UID, "max_ml": 1000, **fields}
    answer = borehole.device.post("authorise", body)
    assert answer.status_code == 400, answer.content
    assert list(answer.json()["error"]["fields"]) == [field]


def test_text_that_is_no_text_is_an_unknown_tag(borehole: Borehole) -> None:
    for tag in ("\ud800", "\x00", "🚰" * 20):
        assert borehole.device.authorise(tag=tag).json()["reason"] == "unknown_tag"


def test_devices_speak_json_whatever_they_accept(borehole: Borehole) -> None:
    answer = borehole.device.get(accept="text/html")
    assert answer["Content-Type"] == "application/json"
    for method in ("put", "delete", "patch", "options"):
        refused = getattr(borehole.device.client, method)(
            "/api/v1/kiosk/records", headers={"host": borehole.device.host}
        )
        assert refused.status_code == 405


def test_what_requests_leave_behind_is_deleted_when_it_can_matter_no_more(
    borehole: Borehole,
) -> None:
    borehole.device.authorise()
    with tenant_context(borehole.tenant):
        assert devices_forget() == {"nonces": 0, "answers": 0}
        now = timezone.now()
        KioskNonce.objects.update(seen_at=now - timedelta(minutes=21))
        Authorisation.objects.update(created_at=now - timedelta(days=31))
        assert devices_forget() == {"nonces": 1, "answers": 1}
