"""LDAP behind each door: what is counted, what is said when the directory is away."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth import user_login_failed
from django.core.exceptions import ValidationError
from django.db import transaction

from tests.access.mfa import totp
from tests.access.signin.people import PREFIX, Browser
from tests.access.sso.conftest import Trust
from tests.access.sso.office import CLERK, OURS, OWNER, clerk, enters
from tests.access.sso.slapd import Directory
from tests.access.test_admin_sign_in import sign_in, signed_in
from tests.conftest import PASSWORD, World
from wificore.access.sso.directory.backend import DirectoryBackend
from wificore.kernel.db.context import tenant_context


def test_tries_by_all_names_of_a_person_count_together(
    world: World, alphas: Directory, trust: Trust, settings: Any
) -> None:
    settings.SIGN_IN = replace(settings.SIGN_IN, tries=5)
    alphas.fill([clerk()])
    trust(world.alpha, alphas)
    # To a directory these are all the same name (RFC 4518), and to us five others.
    for name in ("amina", "\uff41mina", CLERK, "a\uff4dina", "\uff41\uff4dina"):
        assert enters(world.alpha, name, "wrong") is None
    for name in ("amina", CLERK, "\uff41\uff4d\uff49na"):
        assert enters(world.alpha, name) is None
    assert enters(world.alpha, CLERK, PASSWORD) is None


def test_signing_in_often_by_a_short_name_locks_nobody(
    world: World, alphas: Directory, trust: Trust, settings: Any
) -> None:
    settings.SIGN_IN = replace(settings.SIGN_IN, tries=3)
    alphas.fill([clerk()])
    trust(world.alpha, alphas)
    for _ in range(5):
        assert signed_in(sign_in("alpha.localhost", "amina", OURS))


@pytest.fixture
def failures() -> Iterator[list[str]]:
    """What Django counts as wrong passwords, which is what the lock-out counts."""
    seen: list[str] = []

    def count(credentials: dict[str, str], **_kwargs: object) -> None:
        seen.append(credentials.get("username", ""))

    user_login_failed.connect(count)
    yield seen
    user_login_failed.disconnect(count)


def test_a_wrong_password_of_the_directory_counts_once(
    world: World, alphas: Directory, trust: Trust, failures: list[str]
) -> None:
    alphas.fill([clerk()])
    trust(world.alpha, alphas)
    enters(world.alpha, "amina", "wrong")
    assert failures == ["amina"]


def test_without_the_directory_own_passwords_work_and_others_are_told_why(
    world: World, alphas: Directory, trust: Trust, failures: list[str]
) -> None:
    alphas.fill([clerk()])
    trust(world.alpha, alphas)
    alphas.stop()
    assert enters(world.alpha, OWNER, PASSWORD) is not None
    with pytest.raises(ValidationError, match="Office directory does not answer"):
        enters(world.alpha, "amina")
    assert failures == ["amina"]
    page = sign_in("alpha.localhost", "amina", OURS).post(
        "/admin/login/", {"username": "amina", "password": OURS}
    )
    assert b"Office directory does not answer" in page.content


def test_the_web_clients_door_asks_the_directory_too(
    world: World, alphas: Directory, trust: Trust, settings: Any
) -> None:
    settings.SIGN_IN = replace(settings.SIGN_IN, tries=4)
    alphas.fill([clerk()])
    trust(world.alpha, alphas)
    browser = Browser("alpha.localhost")
    assert browser.sign_in(CLERK, OURS).status_code == 200
    assert browser.is_signed_in()
    alphas.stop()
    away = Browser("alpha.localhost").sign_in(CLERK, OURS)
    assert away.status_code == 400
    assert [error["code"] for error in away.json()["errors"]] == ["directory_unavailable"]
    alphas.start()
    statuses = [Browser("alpha.localhost").sign_in(CLERK, "wrong").status_code for _ in range(4)]
    assert statuses[0] == 400
    assert statuses[-1] == 429
    assert Browser("alpha.localhost").sign_in(CLERK, OURS).status_code == 429


def test_a_person_without_a_password_of_ours_sets_up_a_factor(
    world: World, alphas: Directory, trust: Trust
) -> None:
    alphas.fill([clerk(mail="new@alpha.test")])
    trust(world.alpha, alphas, create_users=True, default_role="cashier")
    browser = Browser("alpha.localhost")
    assert browser.sign_in("new@alpha.test", OURS).status_code == 200
    path = f"{PREFIX}/account/authenticators/totp"
    secret = browser.get(path).json()["meta"]["secret"]
    with totp.early_in_a_step():
        assert browser.send("post", path, {"code": totp.code(secret)}).status_code == 200
    assert Browser("alpha.localhost").sign_in("new@alpha.test", OURS).status_code == 401


def test_a_wrong_search_account_is_the_directorys_fault_not_the_persons(
    world: World, alphas: Directory, trust: Trust
) -> None:
    alphas.fill([clerk()])
    trust(world.alpha, alphas, secret="changed there, not here")
    with pytest.raises(ValidationError, match="does not answer"):
        enters(world.alpha, "amina")


@pytest.mark.parametrize("scheme", ["ldap", "ldaps"])
def test_a_server_that_says_nothing_is_given_up(
    world: World, alphas: Directory, tls: Any, trust: Trust, scheme: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = f"{scheme}://127.0.0.1:{silent.getsockname()[1]}"
        trust(world.alpha, alphas, config={"server": server, "ca_certificates": tls.authority})
        with pytest.raises(ValidationError, match="does not answer"):
            enters(world.alpha, "amina")


def test_no_directory_is_asked_inside_a_transaction(
    world: World, alphas: Directory, trust: Trust
) -> None:
    trust(world.alpha, alphas)
    with tenant_context(world.alpha), transaction.atomic():
        with pytest.raises(AssertionError, match="transaction"):
            DirectoryBackend().authenticate(None, username="amina", password=OURS)
