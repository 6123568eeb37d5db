"""Too many failed tries lock an account of one tenant, at every door, for a while."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.conf import settings
from django.contrib.auth import authenticate
from django.db import close_old_connections, connections, transaction
from django.db.models import F
from django.test import Client

from tests.access.signin.people import JSON, NEW_PASSWORD, WRONG, Browser, told
from tests.conftest import PASSWORD, Person, World
from wificore.access.models import Lockout, User
from wificore.access.signin import lockout
from wificore.access.signin.conf import MOST_TRIES, SignInConf
from wificore.access.signin.services import account_unlock
from wificore.kernel.db.context import platform_context, tenant_context
from wificore.kernel.env import EnvError

TRIES = settings.SIGN_IN.tries
ALPHA, BETA, PLATFORM = "alpha.localhost", "beta.localhost", "platform.localhost"
APP_LOGIN = "/_allauth/app/v1/auth/login"


def by_browser(host: str, email: str, password: str = WRONG) -> int:
    return int(Browser(host).sign_in(email, password).status_code)


def by_app(host: str, email: str, password: str = WRONG) -> int:
    body = {"email": email, "password": password}
    return Client(headers={"host": host}).post(APP_LOGIN, body, JSON).status_code


def by_admin(host: str, email: str, password: str = WRONG) -> int:
    """As the others would answer: the admin shows its page again."""
    answer = Browser(host).admin_sign_in(email, password)
    if answer.status_code == 302:
        return 200
    return 429 if b"locked for a while" in answer.content else 400


DOORS: dict[str, Callable[..., int]] = {"browser": by_browser, "app": by_app, "admin": by_admin}


def exhaust(host: str, email: str) -> None:
    for _ in range(TRIES):
        assert by_app(host, email) == 400


def later(tenant: Any) -> None:
    """The lock's time passes."""
    with tenant_context(tenant) if tenant else platform_context():
        pause = settings.SIGN_IN.locked + timedelta(seconds=1)
        Lockout.objects.update(tried_at=F("tried_at") - pause)


@pytest.mark.parametrize("door", DOORS)
def test_after_so_many_wrong_tries_the_right_password_is_refused_too(
    twins: Any, amina: User, door: str
) -> None:
    for _ in range(TRIES):
        assert DOORS[door](ALPHA, amina.email) == 400
    for other in DOORS.values():
        assert other(ALPHA, amina.email, PASSWORD) == 429
    assert by_browser(BETA, amina.email, PASSWORD) == 200, "the same id and address at beta"


def test_tries_at_all_doors_count_together(amina: User) -> None:
    doors = list(DOORS.values())
    for number in range(TRIES):
        assert doors[number % len(doors)](ALPHA, amina.email.upper()) == 400
    assert by_browser(ALPHA, amina.email, PASSWORD) == 429


@pytest.mark.parametrize("door", ["browser", "admin"])
def test_operators_are_locked_out_of_the_platforms_host_alike(
    operator: Person, owner: Person, door: str
) -> None:
    for _ in range(TRIES):
        assert DOORS[door](PLATFORM, operator.email) == 400
    assert by_admin(PLATFORM, operator.email, PASSWORD) == 429
    assert by_admin(ALPHA, owner.email, PASSWORD) == 200


def test_an_account_that_does_not_exist_is_locked_alike(owner: Person) -> None:
    exhaust(ALPHA, "nobody@alpha.test")
    locked = Browser(ALPHA).sign_in("nobody@alpha.test", PASSWORD)
    exhaust(ALPHA, owner.email)
    known = Browser(ALPHA).sign_in(owner.email, PASSWORD)
    assert (locked.status_code, locked.content) == (known.status_code, known.content)
    assert locked.status_code == 429
    assert locked["Retry-After"] == known["Retry-After"]


def test_other_accounts_of_the_tenant_are_not_locked(owner: Person, clerk: Person) -> None:
    exhaust(ALPHA, owner.email)
    assert by_browser(ALPHA, clerk.email, PASSWORD) == 200


def test_the_lock_ends_by_itself_and_trying_on_does_not_prolong_it(world: World) -> None:
    email = "owner@alpha.test"
    exhaust(ALPHA, email)
    later(world.alpha)
    with tenant_context(world.alpha):
        Lockout.objects.update(tried_at=F("tried_at") + timedelta(seconds=2))
    assert by_app(ALPHA, email) == 429
    with tenant_context(world.alpha):
        Lockout.objects.update(tried_at=F("tried_at") - timedelta(seconds=2))
    assert by_app(ALPHA, email, PASSWORD) == 200


def test_a_sign_in_before_the_lock_clears_the_counter(world: World, owner: Person) -> None:
    for _ in range(2):
        for _ in range(TRIES - 1):
            assert by_app(ALPHA, owner.email) == 400
        assert by_browser(ALPHA, owner.email, PASSWORD) == 200
    with tenant_context(world.alpha):
        assert not Lockout.objects.exists()


def test_tries_at_the_same_moment_are_counted_exactly(owner: Person) -> None:
    def guess(_number: int) -> int:
        try:
            return by_app(ALPHA, owner.email)
        finally:
            close_old_connections()
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(2 * TRIES)))
    assert (answers.count(400), answers.count(429)) == (TRIES, TRIES)


def test_a_forwarded_address_opens_nothing(owner: Person) -> None:
    for number in range(TRIES):
        spoofed = Client(headers={"host": ALPHA, "x-forwarded-for": f"198.51.100.{number}"})
        body = {"email": owner.email, "password": WRONG}
        assert spoofed.post(APP_LOGIN, body, JSON).status_code == 400
    spoofed = Client(headers={"host": ALPHA, "x-forwarded-for": "203.0.113.9"})
    body = {"email": owner.email, "password": PASSWORD}
    assert spoofed.post(APP_LOGIN, body, JSON).status_code == 429


def test_the_table_does_not_tell_which_addresses_were_tried(world: World) -> None:
    for host, tenant in ((ALPHA, world.alpha), (BETA, world.beta)):
        by_app(host, "nobody@alpha.test")
        with tenant_context(tenant):
            key = Lockout.objects.get().account
            assert key == lockout.account_of(" NOBODY@alpha.test")
    with tenant_context(world.alpha):
        assert Lockout.objects.get().account != key, "nor whether two tenants saw the same one"


def test_a_count_is_never_part_of_a_transaction_that_may_be_undone(world: World) -> None:
    with tenant_context(world.alpha), transaction.atomic():
        with pytest.raises(RuntimeError, match="durable"):
            lockout.begin("owner@alpha.test")


def test_an_owner_unlocks_an_account_in_the_admin(world: World, owner: Person, amina: User) -> None:
    exhaust(ALPHA, amina.email)
    browser = Browser(ALPHA)
    browser.sign_in(owner.email)
    form = {"action": "unlock", "_selected_action": [amina.pk]}
    headers = {"X-CSRFToken": browser.cookies["csrftoken"].value}
    page = browser.post("/admin/access/user/", form, headers=headers, follow=True)
    assert f"Unlocked: {amina.email}" in page.content.decode()
    assert by_app(ALPHA, amina.email, PASSWORD) == 200
    assert ("signin.unlocked", {"account": amina.email}) in told(world.alpha)


def test_unlocking_an_account_leaves_the_other_tenants_locked(world: World, twins: Any) -> None:
    exhaust(ALPHA, twins["alpha"].email)
    exhaust(BETA, twins["beta"].email)
    with tenant_context(world.alpha):
        assert account_unlock(user=twins["alpha"])
    assert by_app(ALPHA, twins["alpha"].email, PASSWORD) == 200
    assert by_app(BETA, twins["beta"].email, PASSWORD) == 429


def test_the_lock_is_told_once(world: World, amina: User) -> None:
    exhaust(ALPHA, amina.email)
    for _ in range(3):
        by_app(ALPHA, amina.email)
    actions = [action for action, _ in told(world.alpha)]
    assert actions.count("signin.failed") == TRIES
    assert actions.count("signin.locked") == 1
    assert actions[-1] == "signin.locked"


def test_the_password_that_is_typed_to_change_it_is_a_try(amina: User) -> None:
    browser = Browser(ALPHA)
    browser.sign_in(amina.email)
    body = {"current_password": WRONG, "new_password": NEW_PASSWORD}
    for _ in range(TRIES):
        assert browser.send("post", "account/password/change", body).status_code == 400
    body["current_password"] = PASSWORD
    assert browser.send("post", "account/password/change", body).status_code == 429
    assert by_app(ALPHA, amina.email, PASSWORD) == 429


def test_the_password_that_is_typed_to_confirm_it_is_a_try(amina: User) -> None:
    browser = Browser(ALPHA)
    browser.sign_in(amina.email)
    for _ in range(3):
        right = browser.send("post", "auth/reauthenticate", {"password": PASSWORD})
        assert right.status_code == 200
    for _ in range(TRIES):
        wrong = browser.send("post", "auth/reauthenticate", {"password": WRONG})
        assert wrong.status_code == 400
    right = browser.send("post", "auth/reauthenticate", {"password": PASSWORD})
    assert right.status_code == 429


@pytest.fixture
def secret(world: World, amina: User) -> str:
    """Amina uses an authenticator app."""
    with tenant_context(world.alpha):
        text = generate_totp_secret()
        TOTP.activate(amina, text)
        stored = Authenticator.objects.get().data["secret"]
        assert text not in stored
        return text


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(counters())))


def test_a_code_that_is_guessed_is_a_try(amina: User, secret: str) -> None:
    browser = Browser(ALPHA)
    assert browser.sign_in(amina.email).status_code == 401, "the second step is pending"
    for _ in range(TRIES):
        answer = browser.send("post", "auth/2fa/authenticate", {"code": "000000"})
        assert answer.status_code == 400
    answer = browser.send("post", "auth/2fa/authenticate", {"code": code_of(secret)})
    assert answer.status_code == 429
    assert not browser.is_signed_in()


def test_right_passwords_without_the_code_neither_count_nor_clear(amina: User, secret: str) -> None:
    for _ in range(TRIES - 1):
        assert by_app(ALPHA, amina.email) == 400
    for _ in range(3):
        assert by_app(ALPHA, amina.email, PASSWORD) == 401
    assert by_app(ALPHA, amina.email) == 400
    assert by_app(ALPHA, amina.email, PASSWORD) == 429


def test_password_and_code_sign_in(world: World, amina: User, secret: str) -> None:
    browser = Browser(ALPHA)
    browser.sign_in(amina.email)
    answer = browser.send("post", "auth/2fa/authenticate", {"code": code_of(secret)})
    assert answer.status_code == 200, answer.content
    assert browser.is_signed_in()
    succeeded = {"account": amina.email, "methods": ["password", "mfa"]}
    assert ("signin.succeeded", succeeded) in told(world.alpha)


def test_the_admins_page_asks_for_the_code_too(amina: User, secret: str) -> None:
    browser = Browser(ALPHA)
    assert b"Type the code" in browser.admin_sign_in(amina.email).content
    wrong = browser.admin_sign_in(amina.email, code="000000")
    assert b"This code is not right" in wrong.content
    assert not browser.is_signed_in()
    assert browser.admin_sign_in(amina.email, code=code_of(secret)).status_code == 302
    assert browser.is_signed_in()


def test_codes_guessed_in_the_admin_lock_too(amina: User, secret: str) -> None:
    for _ in range(TRIES):
        Browser(ALPHA).admin_sign_in(amina.email, code="000000")
    answer = Browser(ALPHA).admin_sign_in(amina.email, code=code_of(secret))
    assert b"locked for a while" in answer.content
    assert by_app(ALPHA, amina.email, PASSWORD) == 429


@pytest.mark.parametrize("tries", [0, -1, MOST_TRIES + 1])
def test_a_limit_that_protects_nobody_is_refused_at_boot(tries: int) -> None:
    with pytest.raises(EnvError, match="SIGN_IN_TRIES"):
        SignInConf(tries=tries, per_minute=300, locked_s=900)


def test_stale_counters_are_cleared_away_by_beat(world: World, owner: Person) -> None:
    from wificore.access.housekeeping import expired_forget

    by_app(ALPHA, owner.email)
    with tenant_context(world.alpha):
        assert expired_forget()["counters"] == 0
        assert Lockout.objects.exists()
    later(world.alpha)
    with tenant_context(world.alpha):
        assert expired_forget()["counters"] == 1
        assert not Lockout.objects.exists()


def test_code_without_a_request_is_counted_and_locked_too(world: World) -> None:
    """A command or a job may ask for a password as well."""
    with tenant_context(world.alpha):
        tries = [authenticate(email="owner@alpha.test", password=WRONG) for _ in range(TRIES + 1)]
        assert tries == [None] * (TRIES + 1)
        assert authenticate(email="owner@alpha.test", password=PASSWORD) is None


def test_a_name_with_a_nul_is_nobodys_and_breaks_nothing(world: World) -> None:
    with tenant_context(world.alpha):
        assert authenticate(email="owner\0@alpha.test", password=WRONG) is None
