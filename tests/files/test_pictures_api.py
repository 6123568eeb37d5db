"""The organisation's logo and one's own picture: where they are shown, and whose they are."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.access.people import get, patch, person_of
from tests.conftest import Person, World
from tests.files.pictures import SVG, fetch, picture, read, send
from tests.web_client.test_page import boot_of
from wificore.access.models import Settings, User
from wificore.access.services import user_delete
from wificore.files.models import StoredFile
from wificore.kernel.db.context import tenant_context

pytestmark = pytest.mark.usefixtures("uploads")
LOGO, AVATAR = "/api/v1/settings/logo/", "/api/v1/me/avatar/"
SETTINGS, ME, USERS = "/api/v1/settings/", "/api/v1/me/", "/api/v1/access/users/"


@pytest.fixture(autouse=True)
def _no_colour_stays(world: World) -> Any:
    yield
    with tenant_context(world.alpha):
        Settings.objects.update(colour="")


def page(host: str = "alpha.localhost") -> dict[str, Any]:
    return boot_of(Client(headers={"host": host}).get("/").content.decode())


def test_strangers_see_the_logo_at_its_own_host_only(
    world: World, owner: Person, uploads: Path
) -> None:
    assert page()["logo"] is None
    assert send(owner, "put", LOGO, picture("JPEG", (2000, 1000))).status_code == 200
    address = page()["logo"]
    answer = fetch(address)
    assert answer.headers["Content-Type"] == "image/png"
    assert "attachment" not in answer.headers["Content-Disposition"]
    assert read(answer.content).size == (512, 256)
    assert get(owner, SETTINGS).json()["logo"] == address
    assert page("beta.localhost")["logo"] is None
    assert fetch(address, "beta.localhost").status == 404


def test_a_new_one_takes_the_place_of_the_old(world: World, owner: Person, uploads: Path) -> None:
    send(owner, "put", LOGO, picture())
    old = page()["logo"]
    send(owner, "put", LOGO, picture(colour="red"))
    assert fetch(old).status == 404
    assert fetch(page()["logo"]).status == 200
    assert len(list((uploads / "ts_alpha").iterdir())) == 1
    assert owner.client().delete(LOGO).status_code == 204
    assert page()["logo"] is None
    assert list((uploads / "ts_alpha").iterdir()) == []


def test_a_logo_that_is_refused_leaves_the_old_one(world: World, owner: Person) -> None:
    send(owner, "put", LOGO, picture())
    assert send(owner, "put", LOGO, SVG, "logo.svg").status_code == 400
    assert fetch(page()["logo"]).status == 200


def test_the_logo_and_the_colour_are_the_owners_to_change(
    world: World, owner: Person, clerk: Person
) -> None:
    assert send(clerk, "put", LOGO, picture()).status_code == 403
    assert patch(clerk, SETTINGS, colour="#aa3300").status_code == 403
    assert patch(owner, SETTINGS, colour="#aa3300").json()["colour"] == "#aa3300"
    assert (page()["colour"], page("beta.localhost")["colour"]) == ("#aa3300", "")
    for wrong in ("red", "#AA3300", "#aa33", "url(x)"):
        answer = patch(owner, SETTINGS, colour=wrong)
        assert list(answer.json()["error"]["fields"]) == ["colour"]
    assert patch(owner, SETTINGS, colour="").json()["zone"] == "UTC"


def test_everybody_has_a_picture_of_ones_own(world: World, clerk: Person, owner: Person) -> None:
    assert get(clerk, ME).json()["avatar"] is None
    assert send(clerk, "put", AVATAR, picture("WEBP", (900, 300))).status_code == 200
    address = get(clerk, ME).json()["avatar"]
    assert read(fetch(address).content).size == (256, 256)
    assert get(owner, ME).json()["avatar"] is None
    rows = get(owner, USERS).json()["results"]
    assert {row["email"]: row["avatar"] for row in rows} == {
        owner.email: None,
        clerk.email: address,
    }
    assert "/files/" not in get(owner, USERS, export="csv").content.decode()


def test_a_picture_is_nobodys_at_another_host(
    world: World, clerk: Person, stranger: Person
) -> None:
    """Users of both tenants have the same ids."""
    send(clerk, "put", AVATAR, picture())
    assert get(stranger, ME).json()["avatar"] is None
    assert [row["avatar"] for row in get(stranger, USERS).json()["results"]] == [None]
    address = get(clerk, ME).json()["avatar"]
    assert fetch(address, "beta.localhost").status == 404


def test_whoever_is_removed_takes_the_picture_along(world: World, uploads: Path) -> None:
    temp = person_of(world, "temp", "viewer")
    send(temp, "put", AVATAR, picture())
    with tenant_context(world.alpha):
        user_delete(user=User.objects.get(email=temp.email))
        assert not StoredFile.objects.exists()
    assert list((uploads / "ts_alpha").iterdir()) == []
