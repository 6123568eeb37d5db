"""Both admins: operators sign in at the platform, staff at their own tenant, nobody elsewhere."""

import pytest
from django.test import Client

from tests.conftest import PASSWORD, World

LOGIN = "/admin/login/"


def sign_in(host: str, email: str, password: str = PASSWORD) -> Client:
    client = Client(headers={"host": host})
    client.post(LOGIN, {"username": email, "password": password})
    return client


def signed_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("host", "email"),
    [
        ("alpha.localhost", "owner@alpha.test"),
        ("alpha.localhost", "OWNER@Alpha.test"),
        ("beta.localhost", "stranger@beta.test"),
        ("platform.localhost", "operator@platform.test"),
    ],
)
def test_people_sign_in_at_home(world: World, host: str, email: str) -> None:
    assert signed_in(sign_in(host, email))


@pytest.mark.parametrize(
    ("host", "email"),
    [
        ("alpha.localhost", "stranger@beta.test"),
        ("beta.localhost", "owner@alpha.test"),
        ("platform.localhost", "owner@alpha.test"),
        ("alpha.localhost", "operator@platform.test"),
    ],
)
def test_nobody_signs_in_elsewhere(world: World, host: str, email: str) -> None:
    assert not signed_in(sign_in(host, email))


def test_a_wrong_password_does_not_sign_in(world: World) -> None:
    assert not signed_in(sign_in("alpha.localhost", "owner@alpha.test", "wrong"))


def test_a_cookie_copied_to_another_tenants_host_is_nobody(world: World) -> None:
    cookie = sign_in("alpha.localhost", "owner@alpha.test").cookies["wc_session"].value
    for host, name in (
        ("beta.localhost", "wc_session"),
        ("platform.localhost", "wc_platform_session"),
    ):
        thief = Client(headers={"host": host})
        thief.cookies[name] = cookie
        assert not signed_in(thief)


def test_operators_carry_another_cookie_than_staff(world: World) -> None:
    operator = sign_in("platform.localhost", "operator@platform.test")
    staff = sign_in("alpha.localhost", "owner@alpha.test")
    assert "wc_platform_session" in operator.cookies
    assert "wc_session" not in operator.cookies
    assert "wc_session" in staff.cookies


def test_a_clerk_sees_no_routers_and_no_staff_in_the_admin(world: World) -> None:
    clerk = sign_in("alpha.localhost", "clerk@alpha.test")
    assert clerk.get("/admin/radius/subscriber/").status_code == 200
    assert clerk.get("/admin/radius_registry/nas/").status_code == 403
    assert clerk.get("/admin/access/user/").status_code == 403


def test_the_tenants_admin_has_no_platform_pages(world: World) -> None:
    owner = sign_in("alpha.localhost", "owner@alpha.test")
    assert owner.get("/admin/tenants/tenant/").status_code == 404


def test_an_operator_sees_the_tenants(world: World) -> None:
    operator = sign_in("platform.localhost", "operator@platform.test")
    page = operator.get("/admin/tenants/tenant/")
    assert page.status_code == 200
    assert b"ts_alpha" in page.content


def test_a_new_colleague_is_made_in_the_admin_and_can_sign_in(world: World) -> None:
    from wificore.access.models import User
    from wificore.kernel.db.context import tenant_context

    owner = sign_in("alpha.localhost", "owner@alpha.test")
    form = {"email": "New@Alpha.test", "name": "New", "role": "clerk"}
    answer = owner.post(
        "/admin/access/user/add/", {**form, "password1": PASSWORD, "password2": PASSWORD}
    )
    assert answer.status_code == 302, answer.content
    try:
        assert signed_in(sign_in("alpha.localhost", "new@alpha.test"))
        assert not signed_in(sign_in("beta.localhost", "new@alpha.test"))
    finally:
        with tenant_context(world.alpha):
            User.objects.filter(email="new@alpha.test").delete()


def test_a_tenants_owner_cannot_make_a_platform_operator(world: World) -> None:
    owner = sign_in("alpha.localhost", "owner@alpha.test")
    form = {"email": "x@alpha.test", "role": "operator", "password1": PASSWORD}
    answer = owner.post("/admin/access/user/add/", {**form, "password2": PASSWORD})
    assert answer.status_code == 200
    assert b"Select a valid choice" in answer.content
