"""POST /api/v1/radius/subscribers/import/: what is taken, what is refused, and who may."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from radius.imports import reading
from radius.imports.models import Import
from tests.conftest import Person, World
from tests.radius.imports.conftest import STAGED, counts, csv_file
from wificore.jobs import services as jobs
from wificore.kernel.db.context import tenant_context

URL = "/api/v1/radius/subscribers/import/"
GOOD = csv_file("amina,pw,Daily,,,,")


@pytest.fixture(autouse=True)
def _nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs stay as they are made."""
    monkeypatch.setattr(jobs, "_send", lambda *_a, **_k: None)


def send(person: Person, content: bytes = GOOD, query: str = "") -> Any:
    return person.client().post(URL + query, content, content_type="text/csv")


def refused(answer: Any) -> tuple[int, list[str]]:
    return answer.status_code, list(answer.json()["error"]["fields"])


def test_a_body_of_csv_becomes_a_job_with_a_place_to_look(world: World, owner: Person) -> None:
    answer = send(owner, query="?dry_run=true")
    assert answer.status_code == 202, answer.content
    found = owner.client().get(answer.json()["url"]).json()
    assert (found["id"], found["state"]) == (answer.json()["id"], "queued")
    assert found["kind"] == "radius.import_subscribers"
    assert found["params"]["dry_run"] is True
    assert answer["Location"] == answer.json()["url"]


def test_a_form_with_the_file_does_the_same(world: World, owner: Person) -> None:
    answer = owner.client().post(URL, {"file": SimpleUploadedFile("people.csv", GOOD)})
    assert answer.status_code == 202, answer.content
    assert counts(world.alpha, "radius_import") == [1]


def test_the_stranger_sees_neither_job_nor_staged_file(
    world: World, owner: Person, stranger: Person
) -> None:
    url = send(owner).json()["url"]
    assert stranger.client().get(url).status_code == 404
    assert stranger.client().get("/api/v1/jobs/").json()["results"] == []
    assert counts(world.beta, *STAGED) == [0, 0]
    with tenant_context(world.beta):
        assert not Import.objects.exists()


def test_the_strangers_role_cannot_read_staged_rows(owner: Person, as_role: Any) -> None:
    send(owner)
    for table in STAGED:
        with as_role("ts_beta").cursor() as cursor, pytest.raises(Exception, match="denied"):
            cursor.execute(f"SELECT * FROM ts_alpha.{table}")


def test_a_clerk_may_not_import(clerk: Person) -> None:
    assert send(clerk).status_code == 403


def test_without_credentials_it_is_401(owner: Person) -> None:
    client = owner.client(authorization="")
    assert client.post(URL, GOOD, content_type="text/csv").status_code == 401


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"username,password,plan\n",
        b"username,password\na,b\n",
        b"username,password,plan,colour\na,b,c,d\n",
        b"username,password,plan,plan\na,b,c,d\n",
        b"username,password,plan\n\xff\xfe,b,c\n",
        b"username,password,plan\na\0,b,c\n",
        b'username,password,plan\n"a"b,b,c\n',
    ],
    ids=["empty", "no rows", "no plan", "unknown", "twice", "latin-1", "nul", "quotes"],
)
def test_what_cannot_be_read_is_400_and_stores_nothing(
    world: World, owner: Person, content: bytes
) -> None:
    assert refused(send(owner, content)) == (400, ["file"])
    assert counts(world.alpha, *STAGED, "jobs_job") == [0, 0, 0]


def test_a_form_without_the_file_is_400(owner: Person) -> None:
    assert refused(owner.client().post(URL, {"other": "x"})) == (400, ["file"])
    assert refused(owner.client().post(URL, {"file": "text"})) == (400, ["file"])


def test_another_content_type_is_415(owner: Person) -> None:
    answer = owner.client().post(URL, {}, content_type="application/json")
    assert answer.status_code == 415


def test_a_bad_option_is_400_and_named(owner: Person) -> None:
    assert refused(send(owner, query="?dry_run=perhaps")) == (400, ["dry_run"])


def test_too_many_octets_are_413_by_either_way(owner: Person) -> None:
    large = b"x" * (reading.MAX_OCTETS + 1)
    assert send(owner, large).status_code == 413
    form = {"file": SimpleUploadedFile("people.csv", large)}
    answer = owner.client().post(URL, form)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


def test_too_many_rows_are_400(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_ROWS", 2)
    assert send(owner, csv_file("a,b,c", "d,e,f")).status_code == 202
    assert refused(send(owner, csv_file("a,b,c", "d,e,f", "g,h,i"))) == (400, ["file"])
