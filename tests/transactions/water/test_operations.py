"""What operators and technicians do each day over HTTP, each at their own sites."""

from typing import Any

import pytest

from tests.access.people import department, person_of
from tests.conftest import Person, World
from tests.transactions.water.conftest import JSON, Borehole
from transactions.water.models import Calibration
from transactions.water.signals.watch import kiosks_watch
from wificore.access.models import Site
from wificore.audit.models import AuditEntry
from wificore.kernel.db.context import tenant_context

L = 1000
MEASURED = {"measured_ml": 20_000, "pulses": 9_400}


def site_of(borehole: Borehole) -> int:
    with tenant_context(borehole.tenant):
        return int(borehole.kiosk.site_id)


@pytest.fixture
def technician(world: World, borehole: Borehole) -> Person:
    """Who works where the kiosk stands."""
    here = department(world, "Water", site_of(borehole))
    return person_of(world, "amina", "technician", primary_department=here)


@pytest.fixture
def elsewhere(world: World) -> Person:
    """Who works at another site."""
    with tenant_context(world.alpha):
        there = Site.objects.create(name="Mathare").pk
    far = department(world, "Far", there)
    return person_of(world, "brian", "technician", primary_department=far)


def url(borehole: Borehole, what: str = "") -> str:
    return f"/api/v1/kiosks/{borehole.device.public_id}/{what}"


def poured(borehole: Borehole, *meters: int, **fields: Any) -> None:
    """20 litres of staff at each reading of the meter."""
    device = borehole.device
    sent = [device.record(totalizer_ml=meter * L, **fields) for meter in meters]
    assert device.records(*sent).status_code == 200
    with tenant_context(borehole.tenant):
        kiosks_watch()


def rows(person: Person, path: str) -> list[dict[str, Any]]:
    answer = person.client().get(path)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def test_a_technician_measures_looks_and_confirms(
    world: World, borehole: Borehole, technician: Person
) -> None:
    client, path = technician.client(), url(borehole, "calibrations/")
    seen = client.post(path, MEASURED, JSON)
    assert seen.status_code == 200
    assert seen.json() == {
        "old_pulses_per_litre": 450,
        "new_pulses_per_litre": 470,
        "change_percent": 4.4,
    }
    assert rows(technician, path) == []
    other = client.post(path, {**MEASURED, "confirm": 471}, JSON)
    assert other.status_code == 409
    done = client.post(path, {**MEASURED, "confirm": 470}, JSON)
    assert done.status_code == 201, done.content
    kiosk = client.get(url(borehole)).json()
    assert (kiosk["pulses_per_litre"], kiosk["config_version"]) == (470, 2)
    [row] = rows(technician, path)
    assert (row["by"], row["old_pulses_per_litre"]) == ("amina@alpha.test", 450)
    with tenant_context(world.alpha):
        assert AuditEntry.objects.filter(action="kiosk.calibrated").count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"measured_ml": 900}, "measured_ml"),
        ({"pulses": 10**8}, "pulses"),
        ({"pulses": 1, "measured_ml": 10**6}, "pulses"),
        ({"pulses": 0}, "pulses"),
    ],
)
def test_a_measurement_that_cannot_be_is_refused(
    borehole: Borehole, technician: Person, wrong: dict[str, int], field: str
) -> None:
    answer = technician.client().post(
        url(borehole, "calibrations/"), {**MEASURED, "confirm": 470, **wrong}, JSON
    )
    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == [field]


def test_test_dispenses_are_listed_and_in_the_days_totals(
    borehole: Borehole, technician: Person
) -> None:
    poured(borehole, 1_000, 1_020, 1_100)
    tests = rows(technician, url(borehole, "tests/"))
    assert [test["ml"] for test in tests] == [20 * L] * 3
    [day] = rows(technician, url(borehole, "days/"))
    figures = {"change_ml": 120 * L, "sold_ml": 0, "test_ml": 60 * L, "free_ml": 0}
    assert {name: day[name] for name in figures} == figures
    assert (day["unexplained_ml"], day["in_doubt"], day["gaps"]) == (60 * L, True, [])


def test_signals_are_listed_of_one_kiosk_and_of_all(
    borehole: Borehole, technician: Person, elsewhere: Person, owner: Person, stranger: Person
) -> None:
    poured(borehole, 1_000, 1_030)
    everywhere = "/api/v1/water/signals/"
    for path in (url(borehole, "signals/"), everywhere):
        [signal] = rows(technician, path)
        assert (signal["signal"], signal["open"], signal["litres"]) == ("leak", True, 10)
    poured(borehole, 1_050)
    assert rows(owner, f"{everywhere}?open=true") == []
    assert len(rows(owner, f"{everywhere}?signal=leak")) == 1
    assert rows(elsewhere, everywhere) == rows(stranger, everywhere) == []


def test_another_sites_technician_a_clerk_and_a_stranger(
    borehole: Borehole, elsewhere: Person, clerk: Person, stranger: Person
) -> None:
    poured(borehole, 1_000)
    for what in ("days/", "signals/", "tests/", "calibrations/"):
        for person in (elsewhere, stranger):
            assert person.client().get(url(borehole, what)).status_code == 404, what
    body = {**MEASURED, "confirm": 470}
    for person, status in ((elsewhere, 404), (stranger, 404), (clerk, 403)):
        answer = person.client().post(url(borehole, "calibrations/"), body, JSON)
        assert answer.status_code == status
    assert clerk.client().get(url(borehole, "tests/")).status_code == 403
    with tenant_context(borehole.tenant):
        assert not Calibration.objects.exists()


def test_a_manager_reviews_gaps_and_closes_the_day(borehole: Borehole, owner: Person) -> None:
    device = borehole.device
    poured(borehole, 1_000)
    device.seq += 2
    poured(borehole, 1_020)
    site = site_of(borehole)
    [day] = rows(owner, url(borehole, "days/"))
    assert day["gaps"] == [{"epoch": 1, "from": 2, "to": 3}]
    look = f"/api/v1/tills/days/preview/?site={site}&day={day['day']}"
    seen = owner.client().get(look).json()
    assert "lacks 2 records" in seen["doubts"][0]
    assert seen["totals"]["parts"]["water"]["missing"] == 2
    body = {"site": site, "day": day["day"]}
    refused = owner.client().post("/api/v1/tills/days/", body, JSON)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "reason_required")
    closed = owner.client().post("/api/v1/tills/days/", {**body, "note": "no battery"}, JSON)
    assert closed.status_code == 201, closed.content
    water = closed.json()["totals"]["parts"]["water"]
    assert (water["test_ml"], water["kiosks"][0]["gaps"][0]["from"]) == (40 * L, 2)
