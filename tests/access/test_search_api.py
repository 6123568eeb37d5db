"""/api/v1/search/: one box for everything that one may see, and for nothing else."""

from typing import Any

import pytest
from django.db import connection

from radius import searches
from radius.models import Subscriber
from radius.services import nas_create, plan_create, subscriber_create
from tests.access.people import get, narrowed, person_of, site
from tests.access.signin.people import Browser
from tests.conftest import Person, World
from wificore.kernel import search
from wificore.kernel.db.context import tenant_context
from wificore.kernel.search import Words, ranked

URL = "/api/v1/search/"


def look(person: Person, text: str, **more: Any) -> dict[str, list[str]]:
    """Titles by kind, in the answer's order."""
    answer = get(person, URL, q=text, **more)
    assert answer.status_code == 200, answer.content
    return {
        group["kind"]: [hit["title"] for hit in group["results"]]
        for group in answer.json()["results"]
    }


@pytest.fixture
def town(world: World) -> None:
    """Both tenants know an Amina; her number is written as people do."""
    for tenant, word in ((world.alpha, "Njoroge"), (world.beta, "Wekesa")):
        with tenant_context(tenant):
            plan = plan_create(name=f"Family {word}")
            people = (
                ("amina.1", f"Amina {word}", "+254712345678"),
                ("brian", "Brian Otieno", "0733 111 222"),
                ("+254799000111", "", ""),
            )
            for username, name, phone in people:
                subscriber_create(
                    username=username, password="secret1", plan=plan, name=name, phone=phone
                )
            nas_create(
                address="127.9.1.1" if word == "Wekesa" else "127.9.1.2",
                secret="a-long-secret",
                name=f"tower {word}",
            )


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("amina", "Amina Njoroge"),
        ("AMI", "Amina Njoroge"),
        ("am", "Amina Njoroge"),
        ("njoro ami", "Amina Njoroge"),
        ("mina", "Amina Njoroge"),
        ("njorogge", "Amina Njoroge"),
        ("0712345678", "Amina Njoroge"),
        ("0712 345", "Amina Njoroge"),
        ("+254712345678", "Amina Njoroge"),
        ("254712345678", "Amina Njoroge"),
        ("00254 712 345 678", "Amina Njoroge"),
        ("5678", "Amina Njoroge"),
        ("+254733111222", "Brian Otieno"),
        ("0799000111", "+254799000111"),
    ],
)
def test_a_customer_is_found_however_it_is_written(
    town: None, owner: Person, typed: str, title: str
) -> None:
    assert look(owner, typed)["customer"][0] == title


def test_nothing_of_another_tenant_is_found(town: None, owner: Person, stranger: Person) -> None:
    assert look(owner, "wekesa") == {}
    assert set(look(stranger, "wekesa")) == {"customer", "plan", "router"}
    assert look(owner, "127.9.1.1") == {"router": ["tower Njoroge"]}, "alike, and alpha's own"
    assert look(owner, "stranger@beta.test") == {}


def test_every_kind_asks_for_its_own_right(town: None, world: World, clerk: Person) -> None:
    manager = person_of(world, "njoroge", "manager")
    assert set(look(manager, "njoroge")) == {"customer", "plan", "router", "staff"}
    assert set(look(clerk, "njoroge")) == {"customer", "plan"}
    program = narrowed(world, manager, "radius.plan.view")
    assert set(look(program, "njoroge")) == {"plan"}


def test_routers_of_other_sites_are_not_found(world: World, owner: Person) -> None:
    hill, lake = site(world, "Hill"), site(world, "Lake")
    with tenant_context(world.alpha):
        for number, where in ((1, hill), (2, lake), (3, None)):
            nas_create(
                address=f"127.9.2.{number}",
                secret="a-long-secret",
                name=f"mast-{number}",
                site_id=where,
            )
    fitter = person_of(world, "fitter", "technician", extra_sites=[hill])
    assert sorted(look(fitter, "mast")["router"]) == ["mast-1", "mast-3"]
    assert len(look(owner, "mast")["router"]) == 3


def test_strangers_without_a_sign_in_find_nothing(world: World, owner: Person) -> None:
    assert owner.client(authorization="").get(URL, {"q": "amina"}).status_code == 401


def test_whoever_owes_a_second_factor_finds_nothing(
    world: World, owner: Person, clerk: Person
) -> None:
    body = {"mfa_roles": ["cashier"]}
    owner.client().put("/api/v1/access/policy/", body, "application/json")
    browser = Browser(clerk.host)
    browser.sign_in(clerk.email)
    refused = browser.get(URL, {"q": "amina"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "mfa_required")


@pytest.mark.parametrize("typed", ["'", "%%%", "':* | !!", "\\", "__", "( & )", "O'Neil"])
def test_signs_of_any_query_language_are_only_text(world: World, owner: Person, typed: str) -> None:
    assert get(owner, URL, q=typed * 2).status_code == 200


def test_signs_find_no_more_than_they_say(town: None, owner: Person) -> None:
    assert look(owner, "%%%") == look(owner, "___") == {}


@pytest.mark.parametrize(
    "query", [{}, {"q": "a"}, {"q": "a" * 101}, {"q": "am\0ina"}, {"q": "amina", "limit": 51}]
)
def test_what_cannot_be_looked_for_is_refused(
    world: World, owner: Person, query: dict[str, Any]
) -> None:
    answer = get(owner, URL, **query)
    assert answer.status_code == 400
    assert answer.json()["error"]["fields"]


def test_the_likeliest_come_first_and_the_rest_is_announced(world: World, owner: Person) -> None:
    with tenant_context(world.alpha):
        plan = plan_create(name="Gold")
        for number in range(7):
            subscriber_create(username=f"x{number}-juma", password="secret1", plan=plan)
        subscriber_create(username="juma", password="secret1", plan=plan)
    (group,) = get(owner, URL, q="juma").json()["results"]
    assert (len(group["results"]), group["more"]) == (5, True)
    assert group["results"][0]["title"] == "juma"
    assert len(look(owner, "juma", kind="customer", limit=50)["customer"]) == 8
    assert look(owner, "juma", kind="plan") == {}


def test_customers_are_found_by_the_indexes(world: World) -> None:
    """The document is written down twice, in the query and in the indexes: it must be the same."""
    with tenant_context(world.alpha), connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        try:
            rows = ranked(Subscriber.objects.all(), searches.CUSTOMER, Words.of("0712345"))
            plan = rows.explain()
        finally:
            cursor.execute("RESET enable_seqscan")
    assert "radius_subscriber_words" in plan
    assert "radius_subscriber_parts" in plan


def test_two_apps_cannot_have_the_same_kind() -> None:
    known = search.kinds()[0]
    search.searchable(known.kind, known.code, known.find)
    with pytest.raises(ValueError, match=known.kind):
        search.searchable(known.kind, "another.code.view", known.find)
