"""Every route of a host that is not alpha's, as alpha's owner: nothing opens, nothing changes.

As nothing may change, the tests of this file share what both tenants are filled with.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tests.access.test_admin_sign_in import sign_in
from tests.conftest import Person, World, clean
from tests.isolation import registry
from tests.isolation.filling import BETAS, Ids, filled
from tests.isolation.walking import (
    API_ROUTES,
    CALLBACKS,
    INBOX,
    METHODS,
    OPEN,
    PLATFORM_ROUTES,
    REPORTS,
    everything,
    paths,
    send,
)
from wificore.kernel.db.context import PUBLIC


@pytest.fixture(scope="module")
def world(django_db_setup: World, django_db_blocker: Any) -> Iterator[World]:
    """Kept from test to test: each of them asserts that it is as it was."""
    with django_db_blocker.unblock():
        yield django_db_setup
        clean(django_db_setup)


@pytest.fixture(scope="module")
def betas_ids(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ids]:
    """See above."""
    with filled(world, tmp_path_factory.mktemp("files")) as ids:
        yield ids


@pytest.mark.parametrize("route", API_ROUTES)
def test_alphas_token_is_nobodys_on_betas_host(
    world: World, owner: Person, betas_ids: Ids, route: str
) -> None:
    before = everything("ts_beta")
    for path in paths(route, registry.TENANT_ROUTES, betas_ids):
        for method in METHODS:
            answer = send(owner.client(host="beta.localhost"), method, path)
            if route == REPORTS:
                # The secret in the path is its credential, and it is beta's: a report of nothing.
                assert answer.status_code in (200, 404, 405, 415), (method, path)
            elif route.startswith(CALLBACKS):
                assert answer.status_code in (200, 400, 401, 405), (method, path)
            elif route not in OPEN:
                assert answer.status_code == 401, (method, path)
    after = everything("ts_beta")
    if route.startswith(CALLBACKS):
        before[INBOX] = after[INBOX]
    assert after == before


@pytest.mark.parametrize("route", PLATFORM_ROUTES)
def test_a_tenants_owner_opens_no_route_of_the_platforms_host(
    world: World, owner: Person, betas_ids: Ids, route: str
) -> None:
    cookie = sign_in(owner.host, owner.email).cookies["wc_session"].value
    before = everything(PUBLIC)
    for path in paths(route, registry.PLATFORM_ROUTES, betas_ids):
        for method in METHODS:
            client = owner.client(host="platform.localhost")
            if not path.startswith("/api/"):
                client = Client(headers={"host": "platform.localhost"})
                client.cookies["wc_platform_session"] = cookie
            answer = send(client, method, path)
            if route not in OPEN:
                assert not 200 <= answer.status_code < 300, (method, path)
            assert answer.status_code < 500, (method, path)
            assert BETAS.encode() not in answer.content, (method, path)
    after = everything(PUBLIC)
    # A sign-in that is not this host's is ended, which the session's table knows.
    assert {**after, "django_session": ""} == {**before, "django_session": ""}
