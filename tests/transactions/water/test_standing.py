"""What kiosks are told until they say that they know it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.conftest import Person, World
from tests.transactions.water.conftest import JSON, PRICE, UID, Borehole
from transactions.water.models import KioskSignal
from transactions.water.services import calibrate, tag_change, version_add
from wificore.kernel.db.context import tenant_context

STANDING = ("config", "tariff", "block")


def told(borehole: Borehole, **health: Any) -> dict[str, dict[str, Any]]:
    answer = borehole.device.records(health=health)
    assert answer.status_code == 200, answer.content
    return {one["type"]: one for one in answer.json()["cmds"] if one["type"] in STANDING}


def version(borehole: Borehole) -> str:
    return str(told(borehole)["config"]["version"])


def test_a_kiosk_is_told_until_it_says_that_it_knows(borehole: Borehole) -> None:
    first = told(borehole, fw="1.0")
    assert sorted(first) == sorted(STANDING)
    assert first["config"]["pulses_per_litre"] == 450
    assert [v["price_micro_per_litre"] for v in first["tariff"]["versions"]] == [PRICE]
    assert first["block"]["tags"] == []
    assert len({one["version"] for one in first.values()}) == 1
    assert told(borehole, cfg=1) == first  # again, and the same
    assert told(borehole, cfg=first["config"]["version"]) == {}


def test_a_new_price_is_told_before_it_is_in_force(world: World, borehole: Borehole) -> None:
    known = version(borehole)
    with tenant_context(world.alpha):
        tariff = borehole.kiosk.tariff
        later = datetime.now(UTC) + timedelta(days=3)
        version_add(tariff=tariff, valid_from=later, price_micro_per_litre=2 * PRICE)
    versions = told(borehole, cfg=known)["tariff"]["versions"]
    assert [(one["v"], one["price_micro_per_litre"]) for one in versions] == [
        (1, PRICE),
        (2, 2 * PRICE),
    ]


def test_a_blocked_tag_is_told_by_the_id_that_the_kiosk_knows(
    world: World, borehole: Borehole
) -> None:
    known = version(borehole)
    name = borehole.device.authorise(tag=UID).json()["tag_id"]
    with tenant_context(world.alpha):
        tag_change(tag=borehole.tag, state="lost")
    assert told(borehole, cfg=known)["block"]["tags"] == [name]
    with tenant_context(world.alpha):
        tag_change(tag=borehole.tag, state="active")
    assert told(borehole, cfg=known) == {}


def test_a_calibration_reaches_the_kiosk(world: World, borehole: Borehole) -> None:
    known = version(borehole)
    with tenant_context(world.alpha):
        calibrate(kiosk=borehole.kiosk, measured_ml=20_000, pulses=9_400, confirm=470)
    assert told(borehole, cfg=known)["config"]["pulses_per_litre"] == 470


def test_another_tenants_blocked_tags_are_told_to_nobody_here(
    world: World, borehole: Borehole, stranger: Person
) -> None:
    wallet = stranger.client().post(
        "/api/v1/wallets/", {"name": "Bea", "phone": "0712345678"}, JSON
    )
    tag = {"uid": UID, "wallet": wallet.json()["id"]}
    made = stranger.client().post("/api/v1/tags/", tag, JSON).json()
    stranger.client().patch(f"/api/v1/tags/{made['id']}/", {"state": "blocked"}, JSON)
    assert told(borehole)["block"]["tags"] == []


def test_an_open_door_is_told_at_once_and_shown_with_the_kiosk(
    world: World, borehole: Borehole, owner: Person
) -> None:
    for door in ("open", "open", "closed"):
        told(borehole, door=door)
    with tenant_context(world.alpha):
        assert KioskSignal.objects.get().signal == "tamper"
    name = borehole.device.public_id
    assert owner.client().get(f"/api/v1/kiosks/{name}/").json()["signals"] == ["tamper"]
    [listed] = owner.client().get("/api/v1/kiosks/").json()["results"]
    assert listed["signals"] == ["tamper"]
