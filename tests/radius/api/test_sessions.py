"""Sessions and logins over HTTP: within a time range, newest first, own rows only."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from tests.conftest import Person, World
from wificore.kernel.db.context import tenant_context

SESSIONS = "/api/v1/radius/sessions/"
LOGINS = "/api/v1/radius/logins/"
NOW = datetime.now(UTC).replace(microsecond=0)


def insert(tenant: Any, table: str, **row: Any) -> None:
    """What the ingester would have written."""
    names = ", ".join(row)
    marks = ", ".join(["%s"] * len(row))
    with tenant_context(tenant), connections["owner"].cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))


def started(tenant: Any, number: int, at: datetime, username: str = "amina") -> None:
    insert(
        tenant,
        "radacct_open",
        radacctid=number,
        acctsessionid=f"s{number}",
        acctuniqueid=f"{number:032}",
        username=username,
        nasipaddress="127.9.0.1",
        acctstarttime=at,
        acctupdatetime=at,
    )


def ended(tenant: Any, number: int, start: datetime, stop: datetime) -> None:
    insert(
        tenant,
        "radacct",
        radacctid=number,
        acctsessionid=f"s{number}",
        acctuniqueid=f"{number:032}",
        username="amina",
        nasipaddress="127.9.0.1",
        acctstarttime=start,
        acctupdatetime=stop,
        acctstoptime=stop,
    )


def attempt(tenant: Any, number: int, at: datetime, reply: str = "Access-Accept") -> None:
    insert(tenant, "radpostauth", id=number, username="amina", reply=reply, authdate=at)


@pytest.fixture
def partitions(world: World) -> None:
    """Days around now, as the ingester makes them on demand."""
    for tenant in (world.alpha, world.beta):
        with tenant_context(tenant), connections["owner"].cursor() as cursor:
            cursor.execute(
                "SELECT wc_partitions_ahead_v1(%s, 6)", [(NOW - timedelta(days=4)).date()]
            )


def ids(answer: Any) -> list[str]:
    return [row["session_id"] for row in answer.json()["results"]]


@pytest.mark.usefixtures("partitions")
def test_open_and_ended_sessions_are_one_list_newest_start_first(
    owner: Person, world: World
) -> None:
    started(world.alpha, 1, NOW - timedelta(minutes=5))
    ended(world.alpha, 2, NOW - timedelta(minutes=10), NOW - timedelta(minutes=1))
    started(world.alpha, 3, NOW - timedelta(minutes=1))
    assert ids(owner.client().get(SESSIONS)) == ["s3", "s1", "s2"]
    assert ids(owner.client().get(SESSIONS, {"online": "true"})) == ["s3", "s1"]
    assert ids(owner.client().get(SESSIONS, {"online": "false"})) == ["s2"]


@pytest.mark.usefixtures("partitions")
def test_the_default_range_is_the_last_24_hours_and_any_open_session(
    owner: Person, world: World
) -> None:
    started(world.alpha, 1, NOW - timedelta(days=60))
    ended(world.alpha, 2, NOW - timedelta(days=3), NOW - timedelta(days=2))
    assert ids(owner.client().get(SESSIONS)) == ["s1"]
    since = (NOW - timedelta(days=3)).isoformat()
    assert ids(owner.client().get(SESSIONS, {"since": since})) == ["s2", "s1"]


@pytest.mark.usefixtures("partitions")
def test_a_session_that_only_overlaps_the_range_is_in_it(owner: Person, world: World) -> None:
    ended(world.alpha, 1, NOW - timedelta(hours=5), NOW - timedelta(hours=3))
    window = {
        "since": (NOW - timedelta(hours=4)).isoformat(),
        "until": (NOW - timedelta(hours=3, minutes=30)).isoformat(),
    }
    assert ids(owner.client().get(SESSIONS, window)) == ["s1"]


def test_pages_of_sessions_that_started_together_lose_and_double_none(
    owner: Person, world: World
) -> None:
    for number in range(7):
        started(world.alpha, number, NOW)
    client, seen, url = owner.client(), [], f"{SESSIONS}?page_size=3"
    while url:
        answer = client.get(url)
        seen += ids(answer)
        url = answer.json()["next"]
    assert seen == [f"s{number}" for number in (6, 5, 4, 3, 2, 1, 0)]


@pytest.mark.usefixtures("partitions")
def test_details_keep_their_address_and_are_404_for_the_stranger(
    owner: Person, stranger: Person, world: World
) -> None:
    started(world.alpha, 1, NOW - timedelta(minutes=5))
    ended(world.alpha, 2, NOW - timedelta(minutes=9), NOW - timedelta(minutes=1))
    for row in owner.client().get(SESSIONS).json()["results"]:
        url = f"{SESSIONS}{row['id']}/"
        assert owner.client().get(url).json() == row
        assert stranger.client().get(url).status_code == 404
    assert stranger.client().get(SESSIONS).json()["results"] == []


@pytest.mark.parametrize(
    "public_id",
    ["1", "20261121", "x.1", "20261121.x", "20261121.-1", "20261121." + "9" * 30, "%00.1"],
)
def test_whatever_cannot_be_an_id_is_404(owner: Person, public_id: str) -> None:
    for url in (SESSIONS, LOGINS):
        assert owner.client().get(f"{url}{public_id}/").status_code == 404


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"since": "yesterday"}, "since"),
        ({"since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, "since"),
        ({"username": "a\0"}, "username"),
        ({"online": "maybe"}, "online"),
    ],
)
def test_a_bad_filter_is_400_and_named(owner: Person, query: dict[str, str], field: str) -> None:
    answer = owner.client().get(SESSIONS, query)
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, [field])


def test_logins_are_listed_newest_first_within_their_range(owner: Person, world: World) -> None:
    attempt(world.alpha, 1, NOW - timedelta(minutes=2))
    attempt(world.alpha, 2, NOW - timedelta(minutes=1), "Access-Reject")
    rows = owner.client().get(LOGINS).json()["results"]
    assert [row["accepted"] for row in rows] == [False, True]
    later = {"since": (NOW - timedelta(seconds=90)).isoformat()}
    assert len(owner.client().get(LOGINS, later).json()["results"]) == 1


def test_a_login_is_404_for_the_stranger(owner: Person, stranger: Person, world: World) -> None:
    attempt(world.alpha, 1, NOW - timedelta(minutes=2))
    row = owner.client().get(LOGINS).json()["results"][0]
    assert owner.client().get(f"{LOGINS}{row['id']}/").json() == row
    assert stranger.client().get(f"{LOGINS}{row['id']}/").status_code == 404
    assert stranger.client().get(LOGINS).json()["results"] == []


def test_a_list_of_logins_touches_the_partitions_of_its_range_only(
    owner: Person, world: World
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        owner.client().get(LOGINS)
    sql = next(q["sql"] for q in queries if "radpostauth" in q["sql"])
    with tenant_context(world.alpha), connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sql)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    tomorrow = NOW + timedelta(days=3)
    assert f"radpostauth_p{NOW:%Y%m%d}" in plan
    assert f"radpostauth_p{tomorrow:%Y%m%d}" not in plan


def test_sessions_and_logins_are_read_only(owner: Person) -> None:
    for url in (SESSIONS, LOGINS):
        assert owner.client().post(url, {}, content_type="application/json").status_code == 405


def test_a_clerk_may_see_them(clerk: Person) -> None:
    assert clerk.client().get(SESSIONS).status_code == 200
    assert clerk.client().get(LOGINS).status_code == 200
