"""`Idempotency-Key`: sent again, also at the same time, a request does its work once."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from threading import Event
from typing import Any

import psycopg2
import pytest
from django.db import OperationalError, connection, connections, transaction

from radius import services
from radius.models import Plan, Subscriber
from tests.access.test_admin_sign_in import sign_in
from tests.conftest import Person, World
from tests.worker import until
from wificore.access.models import ApiToken
from wificore.access.services import token_create, token_revoke
from wificore.jobs import answers
from wificore.jobs.models import KeptAnswer
from wificore.kernel.db.context import platform_context, tenant_context

PLANS = "/api/v1/radius/plans/"
SUBSCRIBERS = "/api/v1/radius/subscribers/"
KEY = "sale 17/till-3"
AT_ONCE = 16


def send(person: Person, url: str = PLANS, *, key: str | None = KEY, **body: Any) -> Any:
    headers = {} if key is None else {"idempotency-key": key}
    return person.client().post(
        url, body or {"name": "Daily"}, content_type="application/json", headers=headers
    )


def names(tenant: Any) -> list[str]:
    with tenant_context(tenant):
        return list(Plan.objects.order_by("pk").values_list("name", flat=True))


def kept(tenant: Any) -> int:
    with tenant_context(tenant):
        return KeptAnswer.objects.count()


def in_a_thread(pool: ThreadPoolExecutor, work: Callable[[], Any]) -> "Future[Any]":
    def job() -> Any:
        try:
            return work()
        finally:
            connections.close_all()

    return pool.submit(job)


def waiting() -> int:
    """How many requests wait for another one's transaction to take its key."""
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"
        )
        return int(cursor.fetchone()[0])


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Making a plan waits, with its rows written, until the event is set."""
    go, make = Event(), services.plan_create

    def create(**fields: Any) -> Plan:
        made = make(**fields)
        assert go.wait(60)
        return made

    monkeypatch.setattr(services, "plan_create", create)
    return go


def test_the_same_request_again_gets_the_same_bytes_and_is_done_once(
    owner: Person, world: World
) -> None:
    first, again = send(owner), send(owner)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first["Content-Type"] == again["Content-Type"]
    assert (first.get("Idempotent-Replay"), again["Idempotent-Replay"]) == (None, "true")
    assert names(world.alpha) == ["Daily"]


def test_a_subscriber_is_registered_once(owner: Person, world: World) -> None:
    plan = send(owner, key="plan").json()["id"]
    account = {"username": "amina", "password": "pw", "plan": plan}
    first, again = send(owner, SUBSCRIBERS, **account), send(owner, SUBSCRIBERS, **account)
    assert (again.status_code, again.content) == (201, first.content)
    with tenant_context(world.alpha):
        assert Subscriber.objects.count() == 1


def test_the_path_without_its_slash_is_the_same_path(owner: Person) -> None:
    first, again = send(owner), send(owner, PLANS.rstrip("/"))
    assert (again.status_code, again.content) == (201, first.content)


def test_without_a_key_a_request_is_done_every_time(owner: Person, world: World) -> None:
    assert send(owner, key=None).status_code == 201
    assert send(owner, key=None).status_code == 400
    assert send(owner, key=None, name="Weekly").status_code == 201
    assert (names(world.alpha), kept(world.alpha)) == (["Daily", "Weekly"], 0)


def test_sixteen_at_once_make_one_row_and_get_one_answer(
    owner: Person, world: World, slow: Event
) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        sent = [in_a_thread(pool, lambda: send(owner)) for _ in range(AT_ONCE)]
        until(lambda: waiting() == AT_ONCE - 1)
        slow.set()
        found = [one.result() for one in sent]
    assert {(one.status_code, one.content) for one in found} == {(201, found[0].content)}
    assert sum("Idempotent-Replay" in one for one in found) == AT_ONCE - 1
    assert names(world.alpha) == ["Daily"]


def test_who_waits_does_the_work_if_the_first_one_fails(
    owner: Person, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, make, tries = Event(), services.plan_create, iter(range(AT_ONCE))

    def create(**fields: Any) -> Plan:
        made = make(**fields)
        if next(tries) == 0:
            assert go.wait(60)
            raise RuntimeError("power cut")
        return made

    monkeypatch.setattr(services, "plan_create", create)
    with ThreadPoolExecutor(3) as pool:
        sent = [in_a_thread(pool, lambda: send(owner)) for _ in range(3)]
        until(lambda: waiting() == 2)
        go.set()
        found = sorted(one.result().status_code for one in sent)
    assert found == [201, 201, 500]
    assert names(world.alpha) == ["Daily"]


def test_who_waits_too_long_is_told_to_come_again(
    owner: Person, world: World, slow: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "PATIENCE", timedelta(milliseconds=50))
    with ThreadPoolExecutor(1) as pool:
        first = in_a_thread(pool, lambda: send(owner))
        until(lambda: key_taken(world.alpha))
        busy = send(owner)
        slow.set()
        assert first.result().status_code == 201
    assert (busy.status_code, busy["Retry-After"]) == (409, "2")
    assert busy.json()["error"]["code"] == "idempotency_key_busy"
    assert send(owner).content == first.result().content


def key_taken(tenant: Any) -> bool:
    """Whether somebody at work holds the key: then nobody else's INSERT of it goes on."""
    with tenant_context(tenant):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '50ms'")
                cursor.execute("INSERT INTO job_answer (key, fingerprint) VALUES (%s, '')", [KEY])
                transaction.set_rollback(True)
        except OperationalError:
            return True
    return False


def test_a_failure_in_the_middle_leaves_nothing_and_the_key_is_free(
    owner: Person, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = services.plan_create

    def create(**fields: Any) -> Plan:
        make(**fields)
        raise RuntimeError("power cut")

    with monkeypatch.context() as broken:
        broken.setattr(services, "plan_create", create)
        assert send(owner).status_code == 500
    assert (names(world.alpha), kept(world.alpha)) == ([], 0)
    assert send(owner).status_code == 201


def test_a_connection_lost_in_the_middle_leaves_nothing_and_the_key_is_free(
    owner: Person, world: World, monkeypatch: pytest.MonkeyPatch, superuser_dsn: str
) -> None:
    make = services.plan_create

    def create(**fields: Any) -> Plan:
        made = make(**fields)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        with closing(psycopg2.connect(superuser_dsn)) as admin, admin.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        return made

    with monkeypatch.context() as broken:
        broken.setattr(services, "plan_create", create)
        assert send(owner).status_code == 503
    assert (names(world.alpha), kept(world.alpha)) == ([], 0)
    assert send(owner).status_code == 201


def test_another_body_path_or_query_with_the_same_key_is_409_and_changes_nothing(
    owner: Person, world: World
) -> None:
    send(owner)
    others = [
        send(owner, name="Weekly"),
        send(owner, SUBSCRIBERS),
        send(owner, f"{PLANS}?dry_run=1"),
        owner.client().post(  # another text, the same JSON
            PLANS, '{"name":  "Daily"}', "application/json", headers={"idempotency-key": KEY}
        ),
    ]
    for answer in others:
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (409, "idempotency_key_reused")
        assert list(error["fields"]) == ["Idempotency-Key"]
    assert names(world.alpha) == ["Daily"]


def test_another_user_with_the_same_key_never_reads_the_answer(
    owner: Person, clerk: Person, world: World
) -> None:
    plan = send(owner, key="plan").json()["id"]
    account = {"username": "amina", "password": "pw", "plan": plan, "phone": "+254700000001"}
    assert send(owner, SUBSCRIBERS, **account).status_code == 201
    answer = send(clerk, SUBSCRIBERS, **account)
    assert answer.status_code == 409
    assert b"amina" not in answer.content
    assert b"+254700000001" not in answer.content


def test_the_stranger_of_another_tenant_may_use_the_same_key(
    owner: Person, stranger: Person, world: World
) -> None:
    mine = send(owner)
    theirs = send(stranger)
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert "Idempotent-Replay" not in theirs
    assert send(stranger, name="Other").status_code == 409
    assert (names(world.alpha), names(world.beta)) == (["Daily"], ["Daily"])
    assert (kept(world.alpha), kept(world.beta)) == (1, 1)


def test_who_may_not_ask_any_more_gets_no_kept_answer(owner: Person, world: World) -> None:
    with tenant_context(world.alpha):
        user = ApiToken.objects.filter(user__email=owner.email)[0].user
        token, clear = token_create(user=user, name="till")
    till = Person(owner.email, owner.role, clear, owner.host)
    assert send(till).status_code == 201
    with tenant_context(world.alpha):
        token_revoke(token=token)
    assert send(till).status_code == 401
    assert send(owner).status_code == 201  # the same person, with another token


@pytest.mark.parametrize("key", ["", "x" * 101, "sale\t17", "sal\u00e9", "sale\x7f"])
def test_a_malformed_key_is_400_and_the_header_is_named(
    owner: Person, world: World, key: str
) -> None:
    answer = send(owner, key=key)
    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == ["Idempotency-Key"]
    assert names(world.alpha) == []


@pytest.mark.parametrize("key", ["1", "~" * 100, 'a "b" c'])
def test_any_printable_key_is_taken(owner: Person, key: str) -> None:
    assert send(owner, key=key).content == send(owner, key=key).content


def test_a_request_that_was_refused_as_malformed_may_be_mended(owner: Person) -> None:
    assert send(owner, name="").status_code == 400
    assert send(owner, name="Daily").status_code == 201


def test_a_form_that_a_browser_sent_is_415(owner: Person, world: World) -> None:
    browser = sign_in(owner.host, owner.email)
    answer = browser.post(PLANS, {"name": "Daily"}, headers={"idempotency-key": KEY})
    assert answer.status_code == 415
    assert names(world.alpha) == []


def test_a_body_too_large_to_be_compared_is_413(owner: Person) -> None:
    assert send(owner, name="x" * 3_000_000).status_code == 413


def test_openapi_tells_of_the_header_where_it_is_honoured(owner: Person) -> None:
    document = owner.client().get("/api/schema/", headers={"accept": "application/json"}).json()
    operations = document["paths"][PLANS]
    (header,) = [p for p in operations["post"]["parameters"] if p["in"] == "header"]
    assert header["name"] == "Idempotency-Key"
    assert header["schema"] == {"type": "string", "minLength": 1, "maxLength": 100}
    assert not header.get("required")
    assert [p for p in operations["get"]["parameters"] if p["in"] == "header"] == []
