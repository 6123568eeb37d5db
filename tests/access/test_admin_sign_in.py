"""Both admins: operators sign in at the platform, staff at their own tenant, nobody elsewhere."""

import pytest
from django.test import Client

from tests.conftest import PASSWORD, Person, World

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
    form = {"email": "x@alpha.test", "roles": 999, "password1": PASSWORD}
    answer = owner.post("/admin/access/user/add/", {**form, "password2": PASSWORD})
    assert answer.status_code == 200
    assert b"Select a valid choice" in answer.content


def test_signing_in_without_a_destination_leads_to_the_admin(world: World) -> None:
    client = Client(headers={"host": "alpha.localhost"})
    answer = client.post(LOGIN, {"username": "owner@alpha.test", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


PAGES = [
    "radius/session", "radius/login", "radius/plan", "radius/plan/add", "radius/subscriber",
    "radius/subscriber/add", "radius_registry/nas", "radius_registry/nas/add", "access/user",
    "access/apitoken",
]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_an_owner_opens_every_page(world: World, page: str) -> None:
    owner = sign_in("alpha.localhost", "owner@alpha.test")
    assert owner.get(f"/admin/{page}/").status_code == 200


def test_an_address_of_another_tenant_is_refused_with_a_message(
    world: World, stranger: Person
) -> None:
    body = {"address": "127.9.0.1", "secret": "a-long-secret"}
    stranger.client().post("/api/v1/radius/nas/", body, content_type="application/json")
    owner = sign_in("alpha.localhost", "owner@alpha.test")
    form = {"address": "127.9.0.1", "secret": "a-long-secret", "coa_port": 3799}
    page = owner.post("/admin/radius_registry/nas/add/", form, follow=True)
    assert b"is registered already" in page.content


def test_a_subscriber_is_made_changed_and_removed_in_the_admin(world: World) -> None:
    from radius.models import Plan, RadCheck
    from radius.services import plan_create
    from wificore.kernel.db.context import tenant_context

    owner = sign_in("alpha.localhost", "owner@alpha.test")
    with tenant_context(world.alpha):
        plan: Plan = plan_create(name="Daily")
    form = {"username": "amina", "password": "pw", "plan": plan.pk, "status": "active"}
    assert owner.post("/admin/radius/subscriber/add/", form).status_code == 302

    def passwords() -> list[tuple[str, str]]:
        with tenant_context(world.alpha):
            return list(RadCheck.objects.values_list("username", "value"))

    assert passwords() == [("amina", "pw")]
    from radius.models import Subscriber

    with tenant_context(world.alpha):
        url = f"/admin/radius/subscriber/{Subscriber.objects.get().pk}/"
    owner.post(f"{url}change/", {**form, "username": "brian", "password": ""})
    assert passwords() == [("brian", "pw")]
    owner.post(f"{url}delete/", {"post": "yes"})
    assert passwords() == []


def test_an_operator_suspends_and_resumes_a_tenant(world: World) -> None:
    operator = sign_in("platform.localhost", "operator@platform.test")
    pages = {}
    for action in ("suspend", "resume"):
        form = {"action": action, "_selected_action": [world.beta.pk]}
        operator.post("/admin/tenants/tenant/", form)
        answer = Client().get("/api/v1/me/", headers={"host": "beta.localhost"})
        pages[action] = answer.status_code
    assert pages == {"suspend": 403, "resume": 401}
