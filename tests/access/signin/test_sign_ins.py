"""The list of a person's sign-ins, and how each of them ends."""

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django_redis import get_redis_connection

from tests.access.signin.people import NEW_PASSWORD, Browser, told
from tests.conftest import PASSWORD, World
from wificore.access import services
from wificore.access.housekeeping import expired_forget
from wificore.access.models import User
from wificore.kernel.db.context import tenant_context

ALPHA, BETA = "alpha.localhost", "beta.localhost"


def signed_in(user: User, host: str = ALPHA, agent: str = "Firefox") -> Browser:
    browser = Browser(host, **{"user-agent": agent})
    assert browser.sign_in(user.email).status_code == 200
    return browser


def listed(browser: Browser) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = browser.send("get", "auth/sessions").json()["data"]
    return rows


def test_sign_ins_of_every_door_are_listed_with_address_and_browser(amina: User) -> None:
    laptop = signed_in(amina)
    admin = Browser(ALPHA, **{"user-agent": "Admin"})
    admin.admin_sign_in(amina.email)
    rows = listed(laptop)
    assert {row["user_agent"] for row in rows} == {"Firefox", "Admin"}
    assert {row["ip"] for row in rows} == {"127.0.0.1"}
    assert [row["user_agent"] for row in rows if row["is_current"]] == ["Firefox"]


def test_a_revoked_sign_in_is_nobody_at_the_next_request(world: World, amina: User) -> None:
    laptop, phone = signed_in(amina), signed_in(amina, agent="Phone")
    assert phone.is_signed_in()
    (row,) = [row for row in listed(laptop) if not row["is_current"]]
    answer = laptop.send("delete", "auth/sessions", {"sessions": [row["id"]]})
    assert answer.status_code == 200, answer.content
    assert not phone.is_signed_in()
    assert laptop.is_signed_in()
    revoked = [values for action, values in told(world.alpha) if action == "signin.revoked"]
    assert revoked == [{"account": amina.email, "address": "127.0.0.1", "user_agent": "Phone"}]


def test_nothing_of_a_revoked_sign_in_is_left_in_table_or_cache(world: World, amina: User) -> None:
    browser = signed_in(amina)
    key = browser.cookies["wc_session"].value
    browser.send("delete", "auth/sessions", {"sessions": [listed(browser)[0]["id"]]})
    with tenant_context(world.alpha):
        assert not Session.objects.filter(session_key=key).exists()
        assert not UserSession.objects.filter(session_key=key).exists()
    keys = get_redis_connection("sessions").keys("*")
    assert not [raw for raw in keys if key in raw.decode()]


def test_what_redis_missed_lives_on_for_minutes_only(world: World, amina: User) -> None:
    """The table's row was deleted while the cache was out of reach."""
    browser = signed_in(amina)
    assert browser.is_signed_in()
    with tenant_context(world.alpha):
        Session.objects.all().delete()
    client = get_redis_connection("sessions")
    ages = [client.ttl(raw) for raw in client.keys("*")]
    assert ages
    assert all(0 < age <= 300 for age in ages)
    client.flushdb()  # the minutes pass
    assert not browser.is_signed_in()


def test_other_peoples_sign_ins_are_neither_listed_nor_ended(
    world: World, twins: dict[str, User]
) -> None:
    """The stranger has the same address and id, and the rows' ids overlap."""
    mine, betas = signed_in(twins["alpha"]), signed_in(twins["beta"], BETA)
    with tenant_context(world.beta):
        number = UserSession.objects.get().pk
    with tenant_context(world.alpha):
        UserSession.objects.update(id=number + 1)
    for other in (number, number + 1):
        mine.send("delete", "auth/sessions", {"sessions": [other]})
    assert betas.is_signed_in()
    assert not mine.is_signed_in(), "one's own number"
    assert len(listed(betas)) == 1


def test_a_colleagues_sign_in_cannot_be_ended(world: World, amina: User) -> None:
    colleague = Browser(ALPHA)
    colleague.sign_in("clerk@alpha.test")
    mine = signed_in(amina)
    with tenant_context(world.alpha):
        number = UserSession.objects.exclude(user_id=amina.pk).get().pk
    assert mine.send("delete", "auth/sessions", {"sessions": [number]}).status_code == 400
    assert colleague.is_signed_in()


def test_a_new_password_ends_all_sign_ins_but_the_one_that_set_it(
    world: World, amina: User
) -> None:
    laptop, phone = signed_in(amina), signed_in(amina, agent="Phone")
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    answer = laptop.send("post", "account/password/change", body)
    assert answer.status_code == 200, answer.content
    assert laptop.is_signed_in()
    assert not phone.is_signed_in()
    assert [row["is_current"] for row in listed(laptop)] == [True]
    with tenant_context(world.alpha):
        assert Session.objects.count() == 1
    assert Browser(ALPHA).sign_in(amina.email).status_code == 400
    assert Browser(ALPHA).sign_in(amina.email, NEW_PASSWORD).status_code == 200
    changed = [values for action, values in told(world.alpha, "user.updated")]
    assert changed == [{"password_changed": True}]


def test_a_new_password_set_in_the_admin_keeps_that_sign_in_listed(amina: User) -> None:
    laptop, phone = signed_in(amina), signed_in(amina, agent="Phone")
    form = {
        "old_password": PASSWORD,
        "new_password1": NEW_PASSWORD,
        "new_password2": NEW_PASSWORD,
    }
    headers = {"X-CSRFToken": laptop.cookies["csrftoken"].value}
    answer = laptop.post("/admin/password_change/", form, headers=headers)
    assert answer.status_code == 302, answer.content
    assert laptop.is_signed_in()
    assert [row["is_current"] for row in listed(laptop)] == [True]
    assert not phone.is_signed_in()


@pytest.mark.parametrize("password", ["short", "password123", "12345678901"])
def test_a_weak_password_is_refused_with_a_reason(amina: User, password: str) -> None:
    browser = signed_in(amina)
    body = {"current_password": PASSWORD, "new_password": password}
    answer = browser.send("post", "account/password/change", body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["param"] == "new_password"


def test_a_deactivated_user_is_signed_out_everywhere_and_stays_so(
    world: World, twins: dict[str, User]
) -> None:
    browser, betas = signed_in(twins["alpha"]), signed_in(twins["beta"], BETA)
    user = twins["alpha"]
    for active in (False, True):
        user.is_active = active
        with tenant_context(world.alpha):
            services.user_save(user=user)
        assert not browser.is_signed_in()
    with tenant_context(world.alpha):
        assert not UserSession.objects.exists()
    assert betas.is_signed_in()


def test_a_deleted_user_is_signed_out(world: World, amina: User) -> None:
    browser = signed_in(amina)
    with tenant_context(world.alpha):
        services.user_delete(user=amina)
        assert not Session.objects.exists()
    assert not browser.is_signed_in()


def test_signing_out_takes_the_sign_in_off_the_list(amina: User) -> None:
    laptop, phone = signed_in(amina), signed_in(amina, agent="Phone")
    phone.sign_out()
    assert [row["user_agent"] for row in listed(laptop)] == ["Firefox"]


def test_expired_sign_ins_are_cleared_away_with_their_rows(world: World, amina: User) -> None:
    signed_in(amina)
    signed_in(amina)
    with tenant_context(world.alpha):
        gone = Session.objects.first()
        assert gone is not None
        Session.objects.filter(pk=gone.pk).update(expire_date="2020-01-01T00:00:00Z")
        assert expired_forget()["sign_ins"] == 1
        assert UserSession.objects.count() == Session.objects.count() == 1
        assert not UserSession.objects.filter(session_key=gone.pk).exists()


def test_a_changed_address_is_the_one_that_signs_in(world: World, amina: User) -> None:
    with tenant_context(world.alpha):
        amina.email = "other@same.test"
        services.user_save(user=amina)
    assert Browser(ALPHA).sign_in("other@same.test").status_code == 200
    assert Browser(ALPHA).sign_in("amina@same.test").status_code == 400
    with tenant_context(world.alpha):
        services.user_delete(user=amina)


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("post", {"email": "second@alpha.test"}),
        ("delete", {"email": "amina@same.test"}),
    ],
)
def test_the_address_is_not_changed_by_its_user(
    amina: User, method: str, body: dict[str, str]
) -> None:
    browser = signed_in(amina)
    assert browser.send(method, "account/email", body).status_code in (400, 403)
    (row,) = browser.send("get", "account/email").json()["data"]
    assert (row["email"], row["verified"], row["primary"]) == (amina.email, True, True)
