"""The trail over HTTP: searched within a time range, by those who may, their own only."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.audit.conftest import Trail
from tests.conftest import Person
from wificore.kernel.actor import Actor, acting_as
from wificore.kernel.audit import record, record_read
from wificore.kernel.db.context import platform_context, tenant_context

TRAIL = "/api/v1/audit/"
PLATFORM_TRAIL = "/api/platform/audit/"


@pytest.fixture
def lines(alpha: Any) -> None:
    """Three people did three things; the last one first in every list."""
    did = (
        ("amina@alpha.test", "192.0.2.1", "plan.created", "plan", "1", {"name": "Gold_1"}),
        ("Brian@alpha.test", "2001:db8::1", "plan.updated", "plan", "2", {"name": "Silver"}),
        ("amina@alpha.test", "192.0.2.1", "nas.created", "nas", "1", {"name": "100%"}),
    )
    for number, (name, address, action, kind, key, new) in enumerate(did):
        actor = Actor("user", "7", name, "", address, "curl", f"request-{number}")
        with tenant_context(alpha), acting_as(actor), transaction.atomic():
            record(action, kind, key, None, new, "asked by phone" if number == 1 else "")


def found(person: Person, url: str = TRAIL, **query: Any) -> list[str]:
    answer = person.client().get(url, query)
    assert answer.status_code == 200, answer.content
    return [f"{row['action']} {row['object_id']}" for row in answer.json()["results"]]


@pytest.mark.usefixtures("lines")
def test_a_line_shows_who_what_when_and_from_where(owner: Person) -> None:
    row = owner.client().get(TRAIL).json()["results"][1]
    assert row["id"].startswith(f"{datetime.now(UTC):%Y}")
    assert (row["action"], row["object_type"], row["object_id"]) == ("plan.updated", "plan", "2")
    assert (row["actor_kind"], row["actor_name"]) == ("user", "Brian@alpha.test")
    assert (row["address"], row["request_id"]) == ("2001:db8::1", "request-1")
    assert (row["old"], row["new"], row["reason"]) == (None, {"name": "Silver"}, "asked by phone")
    assert owner.client().get(f"{TRAIL}{row['id']}/").json() == row


@pytest.mark.usefixtures("lines")
@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, [2, 1, 0]),
        ({"actor": "amina@alpha.test"}, [2, 0]),
        ({"actor": "brian@ALPHA.test"}, [1]),
        ({"actor": "amina"}, []),
        ({"action": "plan.created"}, [0]),
        ({"action": "plan."}, [1, 0]),
        ({"action": "plan"}, []),
        ({"object_type": "plan"}, [1, 0]),
        ({"object_id": "1"}, [2, 0]),
        ({"object_type": "plan", "object_id": "1"}, [0]),
        ({"request_id": "request-2"}, [2]),
        ({"address": "192.0.2.1"}, [2, 0]),
        ({"address": "2001:DB8:0::1"}, [1]),
        ({"q": "phone"}, [1]),
        ({"q": "silv"}, [1]),
        ({"q": "BRIAN"}, [1]),
        ({"q": "d_1"}, [0]),
        ({"q": "0%"}, [2]),
        ({"q": "%%"}, []),
        ({"actor": "amina@alpha.test", "action": "plan.", "q": "gold"}, [0]),
    ],
)
def test_the_search_has_filters(owner: Person, query: dict[str, str], numbers: list[int]) -> None:
    names = ["plan.created 1", "plan.updated 2", "nas.created 1"]
    assert found(owner, **query) == [names[number] for number in numbers]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"since": "yesterday"}, "since"),
        ({"action": "plan.*"}, "action"),
        ({"address": "everywhere"}, "address"),
        ({"q": "x"}, "q"),
        ({"q": "gold", "since": "2026-01-01T00:00:00Z"}, "q"),
        ({"actor": "a", "since": "2020-01-01T00:00:00Z"}, "since"),
        ({"since": "2026-02-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, "since"),
        ({"actor": "a\0b"}, "actor"),
        ({"request_id": "a b"}, "request_id"),
    ],
)
def test_a_bad_filter_is_400_and_named(owner: Person, query: dict[str, str], field: str) -> None:
    answer = owner.client().get(TRAIL, query)
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, [field])


@pytest.mark.usefixtures("lines")
def test_the_history_of_one_object_has_no_limit(owner: Person) -> None:
    query = {"object_type": "plan", "object_id": "1", "since": "2000-01-01T00:00:00Z"}
    assert found(owner, **query) == ["plan.created 1"]


def test_without_a_range_the_last_day_is_shown(owner: Person, trail: Trail) -> None:
    trail.write(1, age_s=3600)
    trail.write(1, age_s=30 * 3600)
    assert len(found(owner)) == 1
    since = datetime.now(UTC) - timedelta(days=3)
    assert len(found(owner, since=since.isoformat())) == 2


def test_pages_lose_and_double_none(owner: Person, trail: Trail) -> None:
    numbers = trail.write(7)  # all of the same microsecond
    client, seen, url = owner.client(), [], f"{TRAIL}?page_size=3"
    while url:
        page = client.get(url).json()
        seen += [int(row["id"].split(".")[1]) for row in page["results"]]
        url = page["next"]
    assert seen == numbers[::-1]


@pytest.mark.usefixtures("lines")
def test_the_stranger_and_the_operator_see_nothing_of_it(
    owner: Person, stranger: Person, operator: Person
) -> None:
    public_id = owner.client().get(TRAIL).json()["results"][0]["id"]
    assert found(stranger) == []
    assert stranger.client().get(f"{TRAIL}{public_id}/").status_code == 404
    assert found(operator, PLATFORM_TRAIL) == []
    assert operator.client().get(f"{PLATFORM_TRAIL}{public_id}/").status_code == 404
    assert owner.client().get(PLATFORM_TRAIL).status_code == 404
    assert operator.client().get(TRAIL).status_code == 404


def test_an_operator_reads_the_platforms_trail(operator: Person) -> None:
    with platform_context(), transaction.atomic():
        record("tenant.suspended", "tenant", "alpha", None, {"state": "suspended"})
    assert found(operator, PLATFORM_TRAIL) == ["tenant.suspended alpha"]


@pytest.mark.usefixtures("lines")
def test_a_clerk_may_not_read_it(clerk: Person) -> None:
    assert clerk.client().get(TRAIL).status_code == 403
    assert clerk.client().get(f"{TRAIL}seal/").status_code == 403


@pytest.mark.parametrize(
    "public_id", ["1", "20261121", "x.1", "99991231.1", "20261121." + "9" * 30]
)
def test_whatever_cannot_be_an_id_is_404(owner: Person, public_id: str) -> None:
    assert owner.client().get(f"{TRAIL}{public_id}/").status_code == 404


@pytest.mark.usefixtures("lines")
def test_nobody_writes_it_over_http(owner: Person) -> None:
    row = owner.client().get(TRAIL).json()["results"][0]
    for method in ("post", "put", "patch", "delete"):
        send = getattr(owner.client(), method)
        for url in (TRAIL, f"{TRAIL}{row['id']}/"):
            assert send(url, {}, content_type="application/json").status_code == 405


def test_how_far_it_is_sealed_is_shown(owner: Person, stranger: Person, trail: Trail) -> None:
    nothing = {"sealed_up_to": None, "seal": 0, "mac": ""}
    assert owner.client().get(f"{TRAIL}seal/").json() == nothing
    trail.write(1)
    trail.seal()
    state = owner.client().get(f"{TRAIL}seal/").json()
    mac = trail.sql("SELECT encode(mac, 'hex') FROM {}.audit_seal")[0][0]
    assert (state["seal"], state["mac"]) == (1, mac)
    assert trail.told(expected=(1, bytes.fromhex(mac))) == []
    assert stranger.client().get(f"{TRAIL}seal/").json() == nothing


@pytest.mark.usefixtures("lines")
def test_a_look_at_one_line_touches_its_own_partition_only(alpha: Any, owner: Person) -> None:
    public_id = owner.client().get(TRAIL).json()["results"][0]["id"]
    with CaptureQueriesContext(connection) as queries:
        owner.client().get(f"{TRAIL}{public_id}/")
    sql = next(query["sql"] for query in queries if "audit_entry" in query["sql"])
    with tenant_context(alpha), connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sql)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert plan.count("Scan") <= 2
    assert f"audit_entry_p{datetime.now(UTC):%Y%m}" in plan


def test_a_partition_has_two_indexes_at_most(trail: Trail) -> None:
    assert trail.sql(
        "SELECT count(*) FROM pg_index WHERE indrelid = '{}.audit_entry'::regclass"
    ) == [(2,)]


def test_reading_what_is_sensitive_leaves_a_line_at_once(alpha: Any, owner: Person) -> None:
    with tenant_context(alpha):
        record_read("statement.downloaded", "wallet", 7, {"month": "2026-11"}, "asked")
    assert found(owner, action="statement.downloaded") == ["statement.downloaded 7"]


def test_a_reading_inside_a_transaction_is_refused_because_it_could_be_taken_back(
    alpha: Any,
) -> None:
    with tenant_context(alpha), transaction.atomic():
        with pytest.raises(RuntimeError):
            record_read("statement.downloaded", "wallet", 7)
        transaction.set_rollback(True)
