"""What a support session may, and who may ask for one."""

from collections.abc import Callable
from typing import Any

import psycopg2
import pytest

from tests.access.support.sessions import (
    JSON,
    PLANS,
    PLATFORM,
    TENANT,
    code,
    opened,
    opening,
    using,
)
from tests.conftest import Person, World
from wificore.access import services as access
from wificore.access.codes import CODES, TENANT_ROLES
from wificore.access.models import User
from wificore.access.support import services
from wificore.access.support.actor import rule
from wificore.access.support.models import SupportSession
from wificore.kernel.db.context import platform_context, tenant_context


@pytest.mark.parametrize("role", TENANT_ROLES)
def test_a_role_gives_a_session_nothing_protected_and_no_way_in_that_lasts(role: str) -> None:
    codes = rule(role).codes
    assert codes <= TENANT_ROLES[role].codes
    assert not [known for known in codes if CODES[known].protected or CODES[known].lasting]
    for never in ("access.role.manage", "access.token.manage", "access.user.manage"):
        assert never not in codes


def test_it_may_what_its_role_may_and_not_more(operator: Person, plan: dict[str, Any]) -> None:
    client = using(opened(operator, role="viewer"))
    assert client.get(PLANS).status_code == 200
    answer = client.post(PLANS, plan, JSON)
    assert (answer.status_code, code(answer)) == (403, "permission_denied")


def test_even_as_owner_it_makes_no_token_and_no_user(operator: Person) -> None:
    client = using(opened(operator, role="owner"))
    assert client.post("/api/v1/auth/tokens/", {"name": "mine"}, JSON).status_code == 403
    assert client.get("/api/v1/auth/tokens/").status_code == 403
    body = {"email": "mole@alpha.test", "name": "Mole", "roles": []}
    assert client.post("/api/v1/access/invitations/", body, JSON).status_code == 403


def test_it_opens_no_page_of_the_tenants_admin(operator: Person) -> None:
    answer = using(opened(operator, role="owner")).get("/admin/")
    assert (answer.status_code, "login" in answer.headers["Location"]) == (302, True)


def test_it_passes_the_services_guard_with_its_own_rights_only(
    world: World, operator: Person
) -> None:
    from wificore.access.support.actor import SupportActor

    opened(operator, role="manager")
    with tenant_context(world.alpha):
        by = access.By(SupportActor(SupportSession.objects.get()).subject())
        assert not by.has_key
        by.check_codes(["radius.plan.manage"])
        by.check_every_site()
        with pytest.raises(access.NotYours):
            by.check_codes(["access.user.manage"])
        with pytest.raises(access.NotYours):
            by.check_person(User.objects.get(email="owner@alpha.test").subject())


def test_row_security_hides_it_from_the_strangers_role(
    operator: Person, as_role: Callable[[str], Any]
) -> None:
    opened(operator)
    own, other = as_role("ts_alpha").cursor(), as_role("ts_beta").cursor()
    own.execute("SELECT count(*) FROM public.support_session")
    assert own.fetchone() == (1,)
    other.execute("SELECT count(*) FROM public.support_session")
    assert other.fetchone() == (0,)
    other.execute("UPDATE public.support_session SET ended_by = 'x'")
    assert other.rowcount == 0
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        own.execute("UPDATE public.support_session SET tenant = 'ts_beta'")
    for statement in (
        "DELETE FROM public.support_session",
        "INSERT INTO public.support_session DEFAULT VALUES",
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            own.execute(statement)


def test_the_codes_are_asked_on_both_hosts(world: World, operator: Person, owner: Person) -> None:
    with platform_context():
        user = User.objects.get(email=operator.email)
        _, clear = access.token_create(user=user, name="v", abilities=["tenants.support.view"])
    viewer = Person(operator.email, "operator", clear, operator.host)
    assert viewer.client().get(PLATFORM).status_code == 200
    assert opening(viewer).status_code == 403
    for person, prefix, read, write in (
        (operator, PLATFORM, "tenants.support.view", services.OPEN),
        (owner, TENANT, "access.role.view", "access.settings.manage"),
    ):
        paths = person.client().get("/api/schema/", {"format": "json"}).json()["paths"]
        detail = paths[f"{prefix}{{id}}/"]
        assert detail["get"]["x-permission"] == paths[prefix]["get"]["x-permission"] == read
        assert detail["delete"]["x-permission"] == write
