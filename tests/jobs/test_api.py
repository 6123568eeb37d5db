"""Jobs over HTTP: newest first within a time range, a tenant's own only, the platform's apart."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.access.people import person_of
from tests.access.test_admin_sign_in import sign_in
from tests.conftest import Person, World
from tests.jobs.conftest import Start
from wificore.jobs.models import Job
from wificore.jobs.selectors import job_public_id
from wificore.jobs.services import job_start
from wificore.kernel.db.context import platform_context, tenant_context

JOBS = "/api/v1/jobs/"
PLATFORM_JOBS = "/api/platform/jobs/"


@pytest.fixture(autouse=True)
def _nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs stay as they are made."""
    monkeypatch.setattr("wificore.jobs.services._send", lambda *_a, **_k: None)


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_a_job_is_shown_with_its_progress_under_an_opaque_id(
    world: World, owner: Person, start: Start
) -> None:
    job = start(world.alpha, "tests.echo", text="x")
    with tenant_context(world.alpha):
        Job.objects.update(done=7, total=10, note="half-way")
    (row,) = owner.client().get(JOBS).json()["results"]
    assert row["id"] == f"{job.created_at:%Y%m%d}.{job.pk}"
    assert (row["kind"], row["state"]) == ("tests.echo", "queued")
    assert (row["done"], row["total"], row["note"]) == (7, 10, "half-way")
    assert row["params"] == {"text": "x"}
    assert row["result"] is None
    assert owner.client().get(f"{JOBS}{row['id']}/").json() == row


def test_the_stranger_and_the_operator_see_nothing_of_it(
    world: World, owner: Person, stranger: Person, operator: Person, start: Start
) -> None:
    public_id = job_public_id(start(world.alpha, "tests.echo"))
    assert ids(owner.client().get(JOBS)) == [public_id]
    assert ids(stranger.client().get(JOBS)) == []
    assert stranger.client().get(f"{JOBS}{public_id}/").status_code == 404
    assert ids(operator.client().get(PLATFORM_JOBS)) == []
    assert operator.client().get(f"{PLATFORM_JOBS}{public_id}/").status_code == 404


def test_the_platforms_jobs_are_on_the_platforms_host_only(
    world: World, owner: Person, operator: Person
) -> None:
    with platform_context():
        public_id = job_public_id(job_start(kind="tests.echo"))
    assert ids(operator.client().get(PLATFORM_JOBS)) == [public_id]
    assert operator.client().get(f"{PLATFORM_JOBS}{public_id}/").json()["id"] == public_id
    assert owner.client().get(PLATFORM_JOBS).status_code == 404
    assert operator.client().get(JOBS).status_code == 404
    assert ids(owner.client().get(JOBS)) == []


def test_a_clerk_may_not_see_jobs(clerk: Person) -> None:
    assert clerk.client().get(JOBS).status_code == 403


def test_what_a_job_did_is_shown_to_those_only_who_may_do_it(
    world: World, owner: Person, start: Start
) -> None:
    fitter = person_of(world, "fitter", "technician")
    with tenant_context(world.alpha):
        job_start(kind="radius.import_subscribers", params={"import": 7})
        Job.objects.update(result={"rows": 3}, error="line 3 is bad")
    start(world.alpha, "tests.echo", text="x")
    seen = {}
    for person in (owner, fitter):
        echo, imported = person.client().get(JOBS).json()["results"]
        seen[person.role] = (imported["params"], imported["result"], imported["error"])
        assert (imported["state"], imported["kind"]) == ("queued", "radius.import_subscribers")
        assert echo["params"] == {"text": "x"}
    assert seen["owner"] == ({"import": 7}, {"rows": 3}, "line 3 is bad")
    assert seen["fitter"] == ({}, None, "")


def test_a_job_names_the_person_who_started_it(world: World, owner: Person) -> None:
    file = b"username,password,plan\namina,secret1,Daily\n"
    made = owner.client().post("/api/v1/radius/subscribers/import/", file, "text/csv")
    assert made.status_code == 202, made.content
    (row,) = owner.client().get(JOBS).json()["results"]
    assert row["created_by"] == owner.email


def test_pages_lose_and_double_none(world: World, owner: Person, start: Start) -> None:
    made = [job_public_id(start(world.alpha, "tests.echo", number=n)) for n in range(5)]
    client, seen, url = owner.client(), [], f"{JOBS}?page_size=2"
    while url:
        answer = client.get(url)
        seen += ids(answer)
        url = answer.json()["next"]
    assert seen == made[::-1]


def test_the_list_has_filters_and_a_range(world: World, owner: Person, start: Start) -> None:
    echo = job_public_id(start(world.alpha, "tests.echo"))
    fail = job_public_id(start(world.alpha, "tests.fail"))
    client = owner.client()
    assert ids(client.get(JOBS, {"kind": "tests.fail"})) == [fail]
    assert ids(client.get(JOBS, {"state": "queued"})) == [fail, echo]
    assert ids(client.get(JOBS, {"state": "done"})) == []
    old = datetime.now(UTC) - timedelta(days=2)
    assert ids(client.get(JOBS, {"until": old.isoformat()})) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [({"since": "yesterday"}, "since"), ({"state": "lost"}, "state"), ({"kind": "A B"}, "kind")],
)
def test_a_bad_filter_is_400_and_named(owner: Person, query: dict[str, str], field: str) -> None:
    answer = owner.client().get(JOBS, query)
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, [field])


@pytest.mark.parametrize(
    "public_id", ["1", "20261121", "x.1", "99991231.1", "20261121." + "9" * 30]
)
def test_whatever_cannot_be_an_id_is_404(owner: Person, public_id: str) -> None:
    assert owner.client().get(f"{JOBS}{public_id}/").status_code == 404


def test_jobs_are_read_only(owner: Person) -> None:
    assert owner.client().post(JOBS, {}, content_type="application/json").status_code == 405


def test_a_look_at_one_job_touches_its_own_day_only(
    world: World, owner: Person, start: Start
) -> None:
    job = start(world.alpha, "tests.echo")
    with CaptureQueriesContext(connection) as queries:
        owner.client().get(f"{JOBS}{job_public_id(job)}/")
    sql = next(query["sql"] for query in queries if "jobs_job" in query["sql"])
    with tenant_context(world.alpha), connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sql)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert f"jobs_job_p{job.created_at:%Y%m%d}" in plan
    assert f"jobs_job_p{job.created_at + timedelta(days=1):%Y%m%d}" not in plan


def test_the_admin_lists_jobs_on_both_hosts(
    world: World, owner: Person, operator: Person, start: Start
) -> None:
    start(world.alpha, "tests.echo")
    page = sign_in(owner.host, owner.email).get("/admin/jobs/job/")
    assert (page.status_code, b"tests.echo" in page.content) == (200, True)
    page = sign_in(operator.host, operator.email).get("/admin/jobs/job/")
    assert (page.status_code, b"tests.echo" in page.content) == (200, False)
