"""Reports of water: from what was counted of days, of kiosks at one's own sites."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.access.people import department, person_of
from tests.conftest import Person, World
from tests.transactions.water.played import PRICE, L, Played, a_kiosk, a_site, a_tag
from transactions.reports import water
from transactions.wallets.services import wallet_open
from transactions.water.models import Kiosk, RecordConflict, Tag
from transactions.water.selectors import kiosks
from transactions.water.signals.watch import kiosks_watch
from wificore.audit.models import AuditEntry
from wificore.kernel.db.context import tenant_context

DAY = timedelta(days=1)
URL = "/api/v1/reports/water/"


def today() -> date:
    return datetime.now(UTC).date()


@pytest.fixture
def sold(world: World) -> World:
    """Two kiosks at two sites, two days; one tag draws, one sleeps."""
    yesterday = today() - DAY
    with tenant_context(world.alpha):
        wallet = wallet_open(name="Dalila", phone="0712345678")
        drawn, asleep = a_tag(wallet), a_tag(wallet)
        Tag.objects.filter(pk=asleep.pk).update(created_at=datetime.now(UTC) - 90 * DAY)
        at = datetime.now(UTC).replace(hour=9, minute=0) - DAY
        here = Played(a_kiosk("Mlango", a_site("Kibera", "UTC")), at, day=yesterday)
        there = Played(a_kiosk("Bondeni", a_site("Mathare", "UTC")), at, day=yesterday)
        here.pour(20 * L, tag=drawn)
        here.pour(5 * L, mode="staff")
        here.pour(10 * L, leak=3 * L, state="partial", tag=drawn)
        here.day = today()
        here.at += timedelta(hours=2)
        here.pour(20 * L)
        here.lose(20 * L)
        here.pour(0)
        there.pour(40 * L, tag=drawn)
        RecordConflict.objects.create(kiosk=there.kiosk, epoch=1, seq=1, body_sha256=b"", body="")
        kiosks_watch()
    return world


def rows(person: Person, name: str, key: str, **query: Any) -> list[dict[str, Any]]:
    days = {"since": str(today() - DAY), "until": str(today())}
    answer = person.client().get(f"{URL}{name}/", {**days, **query})
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()[key]
    return found


def test_litres_and_income_per_kiosk_and_day_and_hour(sold: World, owner: Person) -> None:
    days = rows(owner, "sales", "sales")
    assert [(r["day"], r["name"], r["sold_ml"], r["income_micro"], r["number"]) for r in days] == [
        (str(today() - DAY), "Bondeni", 40 * L, 40 * PRICE, 1),
        (str(today() - DAY), "Mlango", 30 * L, 30 * PRICE, 2),
        (str(today()), "Mlango", 20 * L, 20 * PRICE, 1),
    ]
    hours = rows(owner, "sales", "sales", by="hour")
    assert [(r["hour"], r["name"], r["sold_ml"]) for r in hours] == [
        (9, "Bondeni", 40 * L),
        (9, "Mlango", 30 * L),
        (11, "Mlango", 20 * L),
    ]
    mine = days[0]["kiosk"]
    assert {r["name"] for r in rows(owner, "sales", "sales", kiosk=mine)} == {"Bondeni"}


def test_what_was_sold_beside_what_the_meter_counted(sold: World, owner: Person) -> None:
    found = rows(owner, "totalizers", "days")
    assert [(r["name"], r["day"], r["change_ml"], r["unexplained_ml"]) for r in found] == [
        ("Mlango", str(today()), 40 * L, 20 * L),
        ("Bondeni", str(today() - DAY), 40 * L, 0),
        ("Mlango", str(today() - DAY), 38 * L, 3 * L),
    ]
    assert (found[0]["missing"], found[0]["in_doubt"], found[2]["test_ml"]) == (1, False, 5 * L)


def test_the_tags_that_drew_the_most_and_those_that_sleep(sold: World, owner: Person) -> None:
    [top] = rows(owner, "tags", "top")
    assert (top["customer"], top["ml"], top["number"]) == ("Dalila", 70 * L, 3)
    [asleep] = rows(owner, "tags", "dormant")
    assert (asleep["customer"], asleep["last_day"]) == ("Dalila", None)
    later = {"until": str(today() + 60 * DAY)}
    both = rows(owner, "tags", "dormant", **later)
    assert [row["last_day"] for row in both] == [str(today() - DAY), None]


def test_what_went_wrong_and_what_was_given_back(sold: World, owner: Person) -> None:
    found = {row["name"]: row for row in rows(owner, "failures", "kiosks")}
    here, there = found["Mlango"], found["Bondeni"]
    assert (here["completed"], here["partial"], here["aborted"]) == (3, 1, 1)
    assert (there["completed"], there["conflicts"], there["refunds"]) == (1, 1, 0)


def test_what_has_not_come_exactly(sold: World, owner: Person) -> None:
    [gap] = rows(owner, "missing", "missing")
    assert (gap["name"], gap["epoch"], gap["from"], gap["to"], gap["records"]) == (
        "Mlango",
        1,
        5,
        5,
        1,
    )


@pytest.mark.parametrize("name", ["sales", "totalizers", "tags", "failures", "missing"])
def test_each_is_had_as_a_file_and_that_is_in_the_trail(
    sold: World, owner: Person, name: str
) -> None:
    answer = owner.client().get(f"{URL}{name}/", {"since": str(today() - DAY), "export": "csv"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert f"water-{name}-" in answer["Content-Disposition"]
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert lines
    with tenant_context(sold.alpha):
        line = AuditEntry.objects.get(action="report.exported")
        assert line.new["rows"] == len(lines)


def test_days_that_cannot_be_are_refused(sold: World, owner: Person) -> None:
    for days in ({"since": "2026-03-02", "until": "2026-03-01"}, {"since": "2020-01-01"}):
        answer = owner.client().get(f"{URL}sales/", days)
        assert answer.status_code == 400
        assert list(answer.json()["error"]["fields"]) == ["since"]


@pytest.mark.parametrize(
    ("name", "key"),
    [("sales", "sales"), ("totalizers", "days"), ("failures", "kiosks"), ("missing", "missing")],
)
def test_a_manager_of_one_site_the_clerk_and_the_stranger(
    sold: World, clerk: Person, stranger: Person, name: str, key: str
) -> None:
    with tenant_context(sold.alpha):
        here = Kiosk.objects.get(name="Mlango").site_id
    own = department(sold, "Here", here)
    manager = person_of(sold, "meja", "manager", primary_department=own)
    assert {row["name"] for row in rows(manager, name, key)} == {"Mlango"}
    assert rows(stranger, name, key) == []
    assert clerk.client().get(f"{URL}{name}/").status_code == 403


def test_no_report_looks_at_the_records_themselves(sold: World) -> None:
    span = (today() - 365 * DAY, today())
    with tenant_context(sold.alpha):
        mine = kiosks()
        with CaptureQueriesContext(connection) as queries:
            water.sales(mine, *span, by="hour")
            water.totalizers(mine, *span)
            water.tags_top(mine, *span)
            water.tags_dormant(mine, today(), days=30)
            water.failures(mine, *span, "UTC")
            water.gaps(mine)
    assert not [query for query in queries if "water_transactions" in query["sql"]]
