"""Routers stand at sites: staff list, open and change those of their own sites only."""

from collections.abc import Iterator

import pytest

from tests.access.people import delete, error, get, patch, person_of, post, site
from tests.access.test_admin_sign_in import sign_in
from tests.conftest import PASSWORD, Person, World
from wificore.access.models import User
from wificore.access.services import user_password_set
from wificore.kernel.db.context import tenant_context

URL = "/api/v1/radius/nas/"
ADMIN = "/admin/radius_registry/nas/"


@pytest.fixture
def hill(world: World) -> int:
    return site(world, "Hill")


@pytest.fixture
def lake(world: World) -> int:
    return site(world, "Lake")


@pytest.fixture
def fitter(world: World, hill: int) -> Iterator[Person]:
    """A technician who works on the hill."""
    person = person_of(world, "fitter", "technician", extra_sites=[hill])
    with tenant_context(world.alpha):
        user_password_set(user=User.objects.get(email=person.email), password=PASSWORD)
    return person


def router(owner: Person, number: int, site: int | None) -> int:
    body = {"address": f"127.9.0.{number}", "secret": "a-long-secret", "site": site}
    answer = post(owner, URL, **body)
    assert answer.status_code == 201, answer.content
    assert answer.json()["site"] == site
    return int(answer.json()["id"])


def ids(person: Person) -> set[int]:
    return {row["id"] for row in get(person, URL).json()["results"]}


def test_a_list_hides_routers_of_other_sites_and_their_urls_are_404(
    owner: Person, fitter: Person, hill: int, lake: int
) -> None:
    here, there, nowhere = router(owner, 1, hill), router(owner, 2, lake), router(owner, 3, None)
    assert ids(owner) == {here, there, nowhere}
    assert ids(fitter) == {here, nowhere}
    url = f"{URL}{there}/"
    for answer in (get(fitter, url), patch(fitter, url, name="mine"), delete(fitter, url)):
        assert answer.status_code == 404
    assert get(owner, url).json()["name"] == ""


def test_no_scope_at_all_shows_what_has_no_site(world: World, owner: Person, hill: int) -> None:
    here, nowhere = router(owner, 1, hill), router(owner, 2, None)
    assert ids(person_of(world, "new", "technician")) == {nowhere}
    assert here not in ids(person_of(world, "boss", "manager"))


def test_nothing_is_written_to_a_site_out_of_scope(
    owner: Person, fitter: Person, hill: int, lake: int
) -> None:
    body = {"address": "127.9.0.9", "secret": "a-long-secret"}
    assert error(post(fitter, URL, **body, site=lake)) == (403, "permission_denied", ["site"])
    assert post(fitter, URL, **body, site=hill).status_code == 201
    url = f"{URL}{router(owner, 1, hill)}/"
    assert error(patch(fitter, url, site=lake)) == (403, "permission_denied", ["site"])
    assert patch(fitter, url, site=None).json()["site"] is None
    assert patch(owner, url, site=lake).json()["site"] == lake
    assert get(fitter, url).status_code == 404


def test_a_site_that_is_not_there_is_400_also_another_tenants(
    owner: Person, stranger: Person
) -> None:
    theirs = post(stranger, "/api/v1/sites/", name="Theirs", zone="UTC").json()["id"]
    body = {"address": "127.9.0.1", "secret": "a-long-secret"}
    for number in (theirs + 10_000, 2**63 - 1):
        answer = post(owner, URL, **body, site=number)
        assert error(answer) == (400, "validation_error", ["site"])
    assert error(post(owner, URL, **body, site="hill"))[2] == ["site"]


def test_the_admin_hides_the_same_routers_and_offers_the_same_sites(
    owner: Person, fitter: Person, hill: int, lake: int
) -> None:
    here, there = router(owner, 1, hill), router(owner, 2, lake)
    client = sign_in(fitter.host, fitter.email)
    page = client.get(ADMIN).content.decode()
    assert "127.9.0.1" in page
    assert "127.9.0.2" not in page
    form = client.get(f"{ADMIN}{here}/change/").content.decode()
    assert "Hill" in form
    assert "Lake" not in form
    assert client.get(f"{ADMIN}{there}/change/").status_code == 302
    change = {"address": "127.9.0.1", "coa_port": 3799, "enabled": "on", "secret": ""}
    refused = client.post(f"{ADMIN}{here}/change/", {**change, "site": lake})
    assert b"Select a valid choice" in refused.content
    boss = sign_in(owner.host, owner.email)
    assert boss.post(f"{ADMIN}{here}/change/", {**change, "site": lake}).status_code == 302
    assert get(owner, f"{URL}{here}/").json()["site"] == lake
    assert client.post(f"{ADMIN}{there}/delete/", {"post": "yes"}).status_code == 302
    assert there in ids(owner)
