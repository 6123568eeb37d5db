"""/api/v1/radius/plans/."""

from typing import Any

import pytest

from tests.conftest import Person

URL = "/api/v1/radius/plans/"


def post(person: Person, url: str = URL, **body: Any) -> Any:
    return person.client().post(url, body, content_type="application/json")


def test_an_owner_makes_a_plan_and_reads_it_back(owner: Person) -> None:
    made = post(owner, name="Daily", price_micro=50_000_000, download_kbps=5000, upload_kbps=1000)
    assert made.status_code == 201
    found = owner.client().get(f"{URL}{made.json()['id']}/").json()
    assert found == made.json()
    assert found["currency"] == "KES"


def test_collections_answer_without_their_trailing_slash_too(owner: Person) -> None:
    assert post(owner, url=URL.rstrip("/"), name="Daily").status_code == 201
    assert owner.client().get(URL.rstrip("/")).status_code == 200


def test_a_clerk_sees_plans_but_may_not_make_one(owner: Person, clerk: Person) -> None:
    post(owner, name="Daily")
    assert len(clerk.client().get(URL).json()["results"]) == 1
    assert post(clerk, name="Mine").status_code == 403


def test_the_stranger_neither_sees_nor_changes_it(owner: Person, stranger: Person) -> None:
    plan = post(owner, name="Daily").json()["id"]
    client = stranger.client()
    assert client.get(URL).json()["results"] == []
    for answer in (
        client.get(f"{URL}{plan}/"),
        client.patch(f"{URL}{plan}/", {"name": "x"}, content_type="application/json"),
        client.delete(f"{URL}{plan}/"),
    ):
        assert answer.status_code == 404
    assert owner.client().get(f"{URL}{plan}/").json()["name"] == "Daily"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "a\nb"),
        ("price_micro", -1),
        ("currency", "kes"),
        ("download_kbps", "fast"),
        ("download_kbps", 10**12),
        ("devices", -1),
        ("devices", 70_000),
        ("session_timeout_s", 1.5),
    ],
)
def test_a_bad_value_is_400_and_its_field_is_named(owner: Person, field: str, value: Any) -> None:
    answer = post(owner, **{"name": "Daily", field: value})
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["code"], list(error["fields"])) == ("validation_error", [field])


def test_a_name_is_used_once(owner: Person) -> None:
    post(owner, name="Daily")
    assert list(post(owner, name="Daily").json()["error"]["fields"]) == ["name"]


def test_a_plan_with_subscribers_is_not_deleted(owner: Person) -> None:
    plan = post(owner, name="Daily").json()["id"]
    post(owner, url="/api/v1/radius/subscribers/", username="amina", password="pw", plan=plan)
    answer = owner.client().delete(f"{URL}{plan}/")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "plan_in_use")


@pytest.mark.parametrize("pk", ["0", "x", "-1", "9" * 30, "%00", "1.5", "\u0661"])
def test_whatever_cannot_be_an_id_is_404(owner: Person, pk: str) -> None:
    assert owner.client().get(f"{URL}{pk}/").status_code == 404


def test_unreadable_json_and_another_media_type_are_refused_in_the_one_shape(owner: Person) -> None:
    broken = owner.client().post(URL, "{", content_type="application/json")
    xml = owner.client().post(URL, "<x/>", content_type="application/xml")
    method = owner.client().put(URL, {}, content_type="application/json")
    assert [broken.status_code, xml.status_code, method.status_code] == [400, 415, 405]
    for answer in (broken, xml, method):
        assert set(answer.json()["error"]) == {"code", "message", "fields", "request_id"}


def test_strangers_to_the_system_get_401(owner: Person) -> None:
    nobody = Person("", "", "0" * 64, owner.host)
    assert nobody.client().get(URL).status_code == 401
    assert post(nobody, name="x").status_code == 401


def test_pages_follow_each_other_both_ways_and_lose_nothing(owner: Person) -> None:
    made = [post(owner, name=f"Plan {n}").json()["id"] for n in range(5)]
    client = owner.client()
    first = client.get(f"{URL}?page_size=2").json()
    second = client.get(first["next"]).json()
    third = client.get(second["next"]).json()
    seen = [row["id"] for page in (first, second, third) for row in page["results"]]
    assert seen == made[::-1]
    assert (first["previous"], third["next"]) == (None, None)
    assert client.get(third["previous"]).json()["results"] == second["results"]
    assert client.get(second["previous"]).json()["results"] == first["results"]


@pytest.mark.parametrize(
    "query", ["cursor=x", "cursor=W10=", "cursor=WzEsMl0=", "page_size=0", "page_size=x"]
)
def test_a_bad_cursor_or_page_size_is_400(owner: Person, query: str) -> None:
    assert owner.client().get(f"{URL}?{query}").status_code == 400
