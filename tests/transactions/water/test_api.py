"""What staff do over HTTP, as API-CONTRACT 2 has it (rows 1 to 6 and 9 to 11)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from tests.access.people import person_of
from tests.conftest import Person, World
from tests.transactions.invariants import assert_books
from tests.transactions.tills.conftest import keyed
from tests.transactions.water.conftest import (
    UID,
    UNIT,
    Borehole,
    Device,
    pay_in,
)
from transactions.wallets.selectors import by_id
from transactions.water.models import (
    DispenseClaim,
    KioskKey,
    Tag,
    TariffVersion,
    WaterTransaction,
)
from wificore.kernel.db.context import tenant_context

JSON = "application/json"
API = "/api/v1"
PRICED = {"valid_from": "2026-01-01T00:00:00Z", "price_micro_per_litre": 25_000}
KES = {"currency": "KES"}


def post(person: Person, path: str, body: Any, key: str = "") -> Any:
    options = keyed(key) if key else {}
    return person.client().post(f"{API}/{path}", body, JSON, **options)


def get(person: Person, path: str) -> Any:
    return person.client().get(f"{API}/{path}")


def made(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 201, answer.content
    body: dict[str, Any] = answer.json()
    return body


def test_the_whole_way_over_http(world: World, owner: Person) -> None:
    """A site, a tariff, a kiosk, a wallet, a tag; water; its money; and back again."""
    place = made(post(owner, "sites/", {"name": "Kibera", "zone": "Africa/Nairobi"}))
    assert (place["name"], place["zone"]) == ("Kibera", "Africa/Nairobi")
    tariff = made(post(owner, "tariffs/", {"name": "Water", **KES, **PRICED}))
    assert tariff["versions"] == [{"v": 1, **PRICED}]
    second = {**PRICED, "price_micro_per_litre": 30_000, "valid_from": "2099-01-01T00:00:00Z"}
    assert made(post(owner, f"tariffs/{tariff['id']}/versions/", second)) == {"v": 2, **second}
    body = {
        "name": "K1",
        "site": place["id"],
        "tariff": tariff["id"],
        "pulses_per_litre": 450,
    }
    kiosk = made(post(owner, "kiosks/", body))
    device = Device(owner.host, kiosk["public_id"], kiosk["key_id"], kiosk["key"])
    wallet = made(post(owner, "wallets/", {"name": "Amina", "phone": "0712345678"}))
    with tenant_context(world.alpha):
        found = by_id(wallet["id"])
        assert found is not None
        pay_in(found, 10)
    tag = made(post(owner, "tags/", {"uid": UID, "wallet": wallet["id"]}))
    assert (tag["wallet"], tag["state"]) == (wallet["id"], "active")
    hold = device.authorise(20_000).json()["hold"]
    sold = device.records(device.record(mode="hold", hold=hold, ml=20_000)).json()
    (item,) = sold["results"]
    assert item == {
        "epoch": 1,
        "seq": 1,
        "status": "completed",
        "id": item["id"],
        "balance_micro": 10 * UNIT - 500_000,
    }
    shown = get(owner, f"kiosks/{kiosk['public_id']}/").json()
    assert (shown["state"], shown["ack_through"], shown["missing"]) == ("active", {"1": 1}, [])
    (listed,) = get(owner, f"water/transactions/?kiosk={kiosk['public_id']}").json()["results"]
    one = get(owner, f"water/transactions/{item['id']}/").json()
    assert listed == one
    assert (one["cost_micro"], one["captured_micro"], one["refunded_micro"]) == (
        500_000,
        500_000,
        0,
    )
    assert (one["receivable_micro"], one["overrun_micro"], one["currency"]) == (0, 0, "KES")
    assert (one["tariff_v"], one["flags"], one["received_on"]) == (1, [], one["received_at"][:10])
    assert_books(world.alpha)


def test_keys_are_shown_once_and_two_at_most(borehole: Borehole, owner: Person) -> None:
    path = f"kiosks/{borehole.device.public_id}/"
    second = made(post(owner, f"{path}keys/", {}))
    assert second.keys() == {"key_id", "key"}
    assert post(owner, f"{path}keys/", {}).status_code == 409
    shown = get(owner, path).content + get(owner, f"{path}keys/").content
    assert second["key"].encode() not in shown
    assert b"sealed" not in shown
    first = f"{API}/{path}keys/{borehole.device.key_id}/"
    assert owner.client().delete(first).status_code == 204
    assert owner.client().delete(first).status_code == 404
    assert borehole.device.get().status_code == 401
    borehole.device.key_id, borehole.device.key = second["key_id"], second["key"]
    assert borehole.device.get().status_code == 200
    with tenant_context(borehole.tenant):
        stored = " ".join(KioskKey.objects.values_list("sealed", flat=True))
    assert second["key"] not in stored


def test_two_keys_are_two_also_when_asked_for_at_once(borehole: Borehole, owner: Person) -> None:
    path = f"kiosks/{borehole.device.public_id}/keys/"

    def ask(_number: int) -> int:
        try:
            return int(post(owner, path, {}).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(ask, range(4))) == [201, 409, 409, 409]


def test_a_version_is_never_changed_nor_a_record(borehole: Borehole) -> None:
    borehole.device.records(borehole.device.record())
    with tenant_context(borehole.tenant):
        for model in (TariffVersion, WaterTransaction, DispenseClaim):
            table = model._meta.db_table
            for statement in (f"UPDATE {table} SET kiosk_id = 1", f"DELETE FROM {table}"):
                wanted = statement.replace("kiosk_id", "v" if "tariff" in table else "kiosk_id")
                with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                    with connection.cursor() as cursor:
                        cursor.execute(wanted)


def test_a_lease_is_granted_once_for_a_key_and_ended(borehole: Borehole, owner: Person) -> None:
    leases = f"wallets/{borehole.wallet.public_id}/leases/"
    body = {"kiosk": borehole.device.public_id, "amount_micro": 5 * UNIT, **KES, "ttl_s": 3600}
    assert post(owner, leases, body).status_code == 400
    lease = made(post(owner, leases, body, "lease-1"))
    assert post(owner, leases, body, "lease-1").json() == lease
    assert post(owner, leases, {**body, "ttl_s": 60}, "lease-1").status_code == 409
    assert (lease["state"], lease["captured_micro"]) == ("open", 0)
    assert (lease["kiosk"], lease["amount_micro"]) == (body["kiosk"], 5 * UNIT)
    assert post(owner, leases, {**body, "amount_micro": 96 * UNIT}, "lease-2").status_code == 422
    assert post(owner, leases, {**body, "amount_micro": 0}, "lease-3").status_code == 400
    assert post(owner, leases, {**body, "kiosk": "0" * 16}, "lease-4").status_code == 404
    sent = borehole.device.record(mode="lease", lease=lease["id"], ml=40_000)
    borehole.device.records(sent)
    ended = post(owner, f"{leases}{lease['id']}/end/", {}, "end-1")
    assert ended.status_code == 200
    assert (ended.json()["state"], ended.json()["captured_micro"]) == ("ended", UNIT)
    wallet = get(owner, f"wallets/{borehole.wallet.public_id}/").json()
    assert (wallet["held_micro"], wallet["available_micro"]) == (0, 99 * UNIT)
    assert_books(borehole.tenant)


def test_refunds_are_new_rows_and_at_most_what_was_taken(borehole: Borehole, owner: Person) -> None:
    hold = borehole.device.authorise(20_000).json()["hold"]
    sent = borehole.device.record(mode="hold", hold=hold)
    number = borehole.device.records(sent).json()["results"][0]["id"]
    path = f"water/transactions/{number}/refunds/"
    body = {"amount_micro": 300_000, **KES, "reason": "dirty"}
    assert post(owner, path, body).status_code == 400
    first = made(post(owner, path, body, "r-1"))
    assert (first["amount_micro"], first["refunded_micro"]) == (300_000, 300_000)
    assert first["balance_micro"] == 100 * UNIT - 200_000
    assert post(owner, path, body, "r-1").json() == first
    assert post(owner, path, body, "r-2").status_code == 422
    assert get(owner, f"water/transactions/{number}/").json()["state"] == "completed"
    rest = made(post(owner, path, {**body, "amount_micro": 200_000}, "r-3"))
    assert rest["refunded_micro"] == 500_000
    shown = get(owner, f"water/transactions/{number}/").json()
    assert (shown["state"], shown["refunded_micro"]) == ("refunded", 500_000)
    assert len(get(owner, path).json()["results"]) == 2
    for wrong in ({"amount_micro": 0}, {"amount_micro": -1}, {"reason": " "}, {"currency": "USD"}):
        assert post(owner, path, {**body, **wrong}, "r-4").status_code == 400
    assert_books(borehole.tenant)


def test_what_was_not_paid_is_not_refunded(borehole: Borehole, owner: Person) -> None:
    number = borehole.device.records(borehole.device.record()).json()["results"][0]["id"]
    body = {"amount_micro": 1, **KES, "reason": "why"}
    answer = post(owner, f"water/transactions/{number}/refunds/", body, "r-1")
    assert answer.status_code == 422
    assert post(owner, "water/transactions/20261121.1/refunds/", body, "r-2").status_code == 404


def test_refunds_at_once_never_pass_what_was_taken(borehole: Borehole, owner: Person) -> None:
    hold = borehole.device.authorise(20_000).json()["hold"]
    sent = borehole.device.record(mode="hold", hold=hold)
    number = borehole.device.records(sent).json()["results"][0]["id"]
    body = {"amount_micro": 200_000, **KES, "reason": "dirty"}

    def ask(key: int) -> int:
        try:
            path = f"water/transactions/{number}/refunds/"
            return int(post(owner, path, body, f"r-{key}").status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(ask, range(6))) == [201, 201, 422, 422, 422, 422]
    assert_books(borehole.tenant)


def test_a_tags_number_is_kept_nowhere_and_bound_once(borehole: Borehole, owner: Person) -> None:
    body = {"uid": UID, "wallet": borehole.wallet.public_id}
    assert post(owner, "tags/", body).status_code == 409
    tag = made(post(owner, "tags/", {**body, "uid": "other", "label": "Amina's fob"}))
    assert "other" not in str(get(owner, f"tags/{tag['id']}/").json())
    path = f"{API}/tags/{tag['id']}/"
    lost = owner.client().patch(path, {"state": "lost"}, JSON)
    assert (lost.status_code, lost.json()["state"]) == (200, "lost")
    assert borehole.device.authorise(tag="other").json()["reason"] == "blocked_tag"
    with tenant_context(borehole.tenant):
        assert all(len(bytes(row.uid_hash)) == 32 for row in Tag.objects.all())
    found = get(owner, "search/?q=amina fob&kind=tag").json()["results"]
    assert [hit["title"] for group in found for hit in group["results"]] == ["Amina's fob"]
    place = get(owner, "search/?q=kiosk&kind=kiosk").json()["results"]
    assert [hit["title"] for group in place for hit in group["results"]] == ["Kiosk 1"]


def test_transactions_are_listed_newest_first_by_what_is_asked(
    borehole: Borehole, owner: Person
) -> None:
    for _ in range(3):
        borehole.device.records(borehole.device.record(), borehole.device.record(ml=0))
    page = get(owner, "water/transactions/?page_size=4").json()
    assert [row["seq"] for row in page["results"]] == [6, 5, 4, 3]
    following = owner.client().get(page["next"]).json()
    assert [row["seq"] for row in following["results"]] == [2, 1]
    assert following["next"] is None
    wanted = get(owner, "water/transactions/?state=aborted").json()["results"]
    assert [row["seq"] for row in wanted] == [6, 4, 2]
    soon = (datetime.now(UTC) + timedelta(minutes=5)).isoformat().replace("+00:00", "Z")
    assert get(owner, f"water/transactions/?since={soon}").json()["results"] == []
    for wrong in ("since=never", "state=sold", "site=x"):
        assert get(owner, f"water/transactions/?{wrong}").status_code == 400


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("tariffs/", {"name": "T", **KES, **PRICED, "price_micro_per_litre": 0}),
        ("tariffs/", {"name": "T", "currency": "USD", **PRICED}),
        ("tariffs/", {"name": "", **KES, **PRICED}),
        ("tariffs/", {"name": "T", **KES, "price_micro_per_litre": 1}),
        ("kiosks/", {"name": "K", "pulses_per_litre": 0}),
        ("tags/", {"uid": "", "wallet": "x"}),
        ("tags/", {"uid": "u" * 65, "wallet": "x"}),
    ],
)
def test_what_cannot_be_made_is_400(world: World, owner: Person, path: str, body: Any) -> None:
    answer = post(owner, path, body)
    assert answer.status_code == 400, answer.content
    assert answer.json()["error"]["fields"]


def test_what_is_not_there_is_404(borehole: Borehole, owner: Person) -> None:
    with tenant_context(borehole.tenant):
        kiosk = borehole.kiosk
    body = {
        "name": "K",
        "site": kiosk.site_id,
        "tariff": kiosk.tariff.public_id,
        "pulses_per_litre": 450,
    }
    for wrong in ({"site": 2**40}, {"tariff": "0" * 16}, {"tariff": "x"}):
        assert post(owner, "kiosks/", {**body, **wrong}).status_code == 404
    assert post(owner, "kiosks/", {**body, "name": kiosk.name}).status_code == 409
    assert post(owner, "tags/", {"uid": "u", "wallet": "0" * 16}).status_code == 404
    assert post(owner, "tariffs/x/versions/", PRICED).status_code == 404
    for path in ("kiosks/1/", "kiosks/%00/", "water/transactions/x/", "tags/é/"):
        assert get(owner, path).status_code == 404


def test_who_is_not_at_the_site_sees_no_kiosk_and_no_sale_of_it(
    borehole: Borehole, owner: Person, world: World
) -> None:
    number = borehole.device.records(borehole.device.record()).json()["results"][0]["id"]
    here = person_of(world, "manager", "manager")
    for path in ("kiosks/", "water/transactions/"):
        assert get(here, path).json()["results"] == []
    for path in (f"kiosks/{borehole.device.public_id}/", f"water/transactions/{number}/"):
        assert get(here, path).status_code == 404
        assert get(owner, path).status_code == 200


def test_devices_routes_ask_for_no_sign_in_in_the_schema(world: World, owner: Person) -> None:
    schema = owner.client(accept="application/json").get("/api/schema/").json()
    paths = {path: methods for path, methods in schema["paths"].items() if "/kiosk/" in path}
    assert sorted(paths) == [f"{API}/kiosk/{name}" for name in ("authorise", "records", "time")]
    for methods in paths.values():
        for operation in methods.values():
            assert operation["security"] == [{}]
            assert "x-permission" not in operation
