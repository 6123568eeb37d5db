"""/api/v1/access/explain/ and /api/v1/me/permissions/: what one may, and why."""

from typing import Any

import pytest
from django.utils import timezone

from tests.access.people import (
    department,
    error,
    get,
    hold,
    id_of,
    narrowed,
    person_of,
    position,
    post,
    site,
)
from tests.conftest import Person, World
from wificore.access.codes import CODES, TENANT_CODES, TENANT_ROLES, Permission

EXPLAIN = "/api/v1/access/explain/"
MINE = "/api/v1/me/permissions/"
TODAY = timezone.now().date()
VIEW = "radius.nas.view"


def explained(asker: Person, user: int, code: str, record: str = "") -> Any:
    query = {"user": user, "code": code, **({"record": record} if record else {})}
    return get(asker, EXPLAIN, **query)


def test_it_names_the_rule_that_allows_and_the_one_that_denies(
    world: World, owner: Person, clerk: Person
) -> None:
    key = id_of(world, clerk)
    answer = explained(owner, key, "radius.plan.view").json()
    assert answer == {
        "user": key,
        "code": "radius.plan.view",
        "record": None,
        "allowed": True,
        "reason": "role",
        "rule": "the role cashier allows it",
        "roles": ["cashier"],
        "positions": [],
        "sites": [],
    }
    refused = explained(owner, key, VIEW).json()
    assert (refused["allowed"], refused["reason"]) == (False, "default")
    trainee = position(world, department(world, "Shop"), "Trainee", denials=["radius.plan.*"])
    hold(world, clerk, trainee, TODAY)
    denied = explained(owner, key, "radius.plan.view").json()
    assert (denied["reason"], denied["rule"]) == ("position", "the position Trainee denies it")
    assert denied["positions"] == ["Trainee"]


def test_a_record_brings_its_site_into_the_answer(world: World, owner: Person) -> None:
    hill, lake = site(world, "Hill"), site(world, "Lake")
    amina = id_of(world, person_of(world, "amina", "technician", extra_sites=[hill]))
    body = {"address": "127.9.0.1", "secret": "a-long-secret", "site": lake}
    router = post(owner, "/api/v1/radius/nas/", **body).json()["id"]
    assert explained(owner, amina, VIEW, f"site:{hill}").json()["allowed"] is True
    for record in (f"site:{lake}", f"nas:{router}"):
        answer = explained(owner, amina, VIEW, record).json()
        assert (answer["allowed"], answer["reason"]) == (False, "scope")


def test_an_inactive_user_and_an_unknown_code_have_their_reason(
    world: World, owner: Person, clerk: Person
) -> None:
    from wificore.access.models import User
    from wificore.access.services import user_update
    from wificore.kernel.db.context import tenant_context

    amina = id_of(world, person_of(world, "amina", "technician"))
    assert explained(owner, amina, "radius.nas.paint").json()["reason"] == "unknown"
    with tenant_context(world.alpha):
        user_update(user=User.objects.get(pk=amina), is_active=False)
    assert explained(owner, amina, VIEW).json()["reason"] == "inactive"


@pytest.mark.parametrize("record", ["site:999999", "nas:1", "moon:1", "site:", "site:x", "7"])
def test_a_record_or_user_that_is_not_there_is_404(
    world: World, owner: Person, record: str
) -> None:
    assert explained(owner, id_of(world, owner), VIEW, record).status_code == 404
    assert explained(owner, 999_999, VIEW).status_code == 404


def test_a_record_out_of_the_askers_own_scope_is_404(world: World, owner: Person) -> None:
    lake = site(world, "Lake")
    boss = person_of(world, "boss", "manager")
    assert explained(boss, id_of(world, owner), VIEW, f"site:{lake}").status_code == 404


def test_the_strangers_questions_about_alphas_ids_are_404(
    world: World, owner: Person, stranger: Person
) -> None:
    lake = site(world, "Lake")
    body = {"address": "127.9.0.1", "secret": "a-long-secret", "site": lake}
    router = post(owner, "/api/v1/radius/nas/", **body).json()["id"]
    amina = id_of(world, person_of(world, "amina", "technician"))
    own = get(stranger, "/api/v1/access/users/").json()["results"][0]["id"]
    assert explained(stranger, amina + 10_000, VIEW).status_code == 404
    assert explained(stranger, own, VIEW, f"site:{lake}").status_code == 404
    assert explained(stranger, own, VIEW, f"nas:{router}").status_code == 404


def test_a_question_without_user_or_code_is_400_and_a_clerks_is_403(
    owner: Person, clerk: Person
) -> None:
    assert error(get(owner, EXPLAIN)) == (400, "validation_error", ["user", "code"])
    assert error(get(owner, EXPLAIN, user="me", code="x"))[2] == ["user"]
    assert get(clerk, EXPLAIN).status_code == 403


def test_an_owner_may_everything_everywhere(owner: Person) -> None:
    answer = get(owner, MINE).json()
    assert set(answer["codes"]) == TENANT_CODES
    assert (answer["sites"], answer["limits"]) == ("all", {})


def test_a_token_narrows_ones_own_permissions(world: World, owner: Person) -> None:
    narrow = narrowed(world, owner, VIEW, "radius.plan.view")
    assert sorted(get(narrow, MINE).json()["codes"]) == sorted(["radius.plan.view", VIEW])
    assert get(narrowed(world, owner), MINE).json()["codes"] == []


def test_ones_sites_and_limits_are_told(
    world: World, clerk: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CODES, "water.refund.create", Permission("Refund", limit="refund_max"))
    till = position(world, department(world, "Shop"), "Till", limits={"refund_max": 7})
    hold(world, clerk, till, TODAY)
    answer = get(clerk, MINE).json()
    assert set(answer["codes"]) == TENANT_ROLES["cashier"].codes
    assert (answer["sites"], answer["limits"]) == ([], {"refund_max": 7})


def test_an_operator_asks_for_its_own_at_the_platform_only(operator: Person) -> None:
    assert "tenants.tenant.view" in get(operator, MINE).json()["codes"]
    assert get(operator, EXPLAIN).status_code == 404
