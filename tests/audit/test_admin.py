"""The audit trail in the admin: one's own, read only."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.audit.conftest import Trail
from tests.conftest import PASSWORD, Person
from wificore.kernel.actor import Actor, acting_as
from wificore.kernel.audit import record
from wificore.kernel.db.context import platform_context, tenant_context

URL = "/admin/audit/auditentry/"


def browser(person: Person) -> Client:
    client = Client(headers={"host": person.host})
    client.post("/admin/login/", {"username": person.email, "password": PASSWORD})
    return client


@pytest.fixture(autouse=True)
def lines(alpha: Any) -> None:
    amina = Actor("user", "7", "amina@alpha.test")
    with tenant_context(alpha), acting_as(amina), transaction.atomic():
        record("plan.updated", "plan", 1, {"name": "Old one"}, {"name": "<b>New one"})
    with platform_context(), transaction.atomic():
        record("tenant.suspended", "tenant", "alpha", None, {"state": "suspended"})


def test_an_owner_reads_the_tenants_trail(owner: Person) -> None:
    page = browser(owner).get(URL).content.decode()
    assert "plan.updated" in page
    assert "Old one" in page
    assert "&lt;b&gt;New one" in page
    assert "tenant.suspended" not in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, True),
        ({"range": "365d"}, True),
        ({"actor": "amina@alpha.test"}, True),
        ({"actor": "brian@alpha.test"}, False),
        ({"action": "plan."}, True),
        ({"action": "nas."}, False),
        ({"object_type": "plan", "object_id": "1"}, True),
        ({"object_type": "nas"}, False),
        ({"object_id": "2"}, False),
        ({"actor_kind": "user"}, True),
        ({"actor_kind": "system"}, False),
    ],
)
def test_the_page_has_filters(owner: Person, query: dict[str, str], shown: bool) -> None:
    page = browser(owner).get(URL, query)
    assert page.status_code == 200
    assert (b"Old one" in page.content) == shown


def test_no_query_of_the_page_looks_beyond_the_range(owner: Person) -> None:
    client = browser(owner)
    with CaptureQueriesContext(connection) as queries:
        client.get(URL, {"action": "plan."})
    looks = [query["sql"] for query in queries if "audit_entry" in query["sql"]]
    assert looks
    assert all('"audit_entry"."at" >=' in sql for sql in looks), looks


def test_the_page_says_how_far_the_trail_is_sealed(owner: Person, trail: Trail) -> None:
    client = browser(owner)
    assert "Nothing is sealed yet" in client.get(URL).content.decode()
    trail.write(1)
    trail.seal()
    assert "Sealed up to" in client.get(URL).content.decode()
    assert "(seal 1, " in client.get(URL).content.decode()


def test_an_operator_reads_the_platforms_trail(operator: Person) -> None:
    page = browser(operator).get(URL).content.decode()
    assert "tenant.suspended" in page
    assert "plan.updated" not in page


def test_the_stranger_sees_nothing_of_it(stranger: Person) -> None:
    page = browser(stranger).get(URL)
    assert page.status_code == 200
    assert b"plan.updated" not in page.content


def test_a_clerk_may_not_read_it(clerk: Person) -> None:
    assert browser(clerk).get(URL).status_code == 403


@pytest.mark.parametrize("path", ["add/", "1/change/", "1/delete/"])
def test_nobody_writes_it_here(owner: Person, path: str) -> None:
    client = browser(owner)
    for answer in (client.get(URL + path), client.post(URL + path, {"action": "x"})):
        assert answer.status_code in (302, 403)
        assert not answer.get("Location", "").endswith("/change/")
