"""Who must have a second factor, and what asking for it costs."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.access.mfa.test_codes import ALPHA, BETA, CLERK, OWNER, RECOVERY, TOTP, with_app
from tests.access.signin.people import Browser, told
from tests.conftest import PASSWORD, Person, World
from wificore.access import services
from wificore.access.mfa.selectors import mfa_missing
from wificore.access.mfa.services import policy_set
from wificore.access.models import User
from wificore.access.services import Placement
from wificore.kernel.db.context import platform_context, tenant_context

PLANS = "/api/v1/radius/plans/"


def ask(person: Person, *roles: str) -> Any:
    body = {"mfa_roles": list(roles)}
    return person.client().put("/api/v1/access/policy/", body, "application/json")


def test_whoever_must_have_a_factor_gets_nowhere_without(world: World, owner: Person) -> None:
    before = Browser(ALPHA)
    before.sign_in(CLERK)
    assert ask(owner, "cashier").json() == {"mfa_roles": ["cashier"]}
    after = Browser(ALPHA)
    after.sign_in(CLERK)
    for browser in (before, after):
        refused = browser.get("/api/v1/radius/plans/")
        assert refused.status_code == 403
        assert refused.json()["error"]["code"] == "mfa_required"
        assert browser.get("/admin/").status_code == 403
        assert b"second factor" in browser.get("/admin/radius/subscriber/").content
        assert browser.get("/api/v1/me/").status_code == 200
    boss = Browser(ALPHA)
    boss.sign_in(OWNER)
    assert boss.get("/api/v1/radius/plans/").status_code == 200


def test_setting_one_up_opens_everything_and_removing_it_closes_it_again(
    world: World, owner: Person
) -> None:
    ask(owner, "*")
    browser = Browser(ALPHA)
    with_app(browser, CLERK)
    assert browser.get("/api/v1/radius/plans/").status_code == 200
    assert browser.send("delete", TOTP).status_code == 200
    assert browser.get("/api/v1/radius/plans/").status_code == 403
    kinds = {(name, line["kind"]) for name, line in told(world.alpha, "factor.")}
    assert {("factor.added", "totp"), ("factor.removed", "totp")} <= kinds


def test_recovery_codes_alone_are_no_factor(world: World, owner: Person) -> None:
    ask(owner, "cashier")
    browser = Browser(ALPHA)
    browser.sign_in(CLERK)
    browser.send("post", RECOVERY)
    assert browser.get("/api/v1/radius/plans/").status_code == 403


def test_a_token_of_a_program_needs_no_factor_and_an_apps_sign_in_does(
    world: World, owner: Person, clerk: Person
) -> None:
    ask(owner, "cashier")
    assert clerk.client().get("/api/v1/radius/plans/").status_code == 200
    app = Browser(ALPHA)
    body = {"email": CLERK, "password": PASSWORD}
    meta = app.post("/_allauth/app/v1/auth/login", body, "application/json").json()["meta"]
    headers = {"authorization": f"Bearer {meta['access_token']}"}
    refused = app.get("/api/v1/radius/plans/", headers=headers)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "mfa_required")


def test_the_policy_is_the_owners_and_of_one_tenant(
    world: World, owner: Person, clerk: Person, stranger: Person
) -> None:
    assert ask(owner, "owner", "cashier").status_code == 200
    assert ask(clerk).status_code == 403
    assert stranger.client().get("/api/v1/access/policy/").json() == {"mfa_roles": []}
    browser = Browser(BETA)
    browser.sign_in("stranger@beta.test")
    assert browser.get("/api/v1/radius/plans/").status_code == 200
    refused = ask(owner, "nobody")
    assert (refused.status_code, list(refused.json()["error"]["fields"])) == (400, ["mfa_roles"])


def test_operators_have_a_policy_of_their_own(world: World, operator: Person) -> None:
    assert ask(operator, "operator").status_code == 200
    browser = Browser("platform.localhost")
    browser.sign_in(operator.email)
    assert browser.get("/admin/").status_code == 403
    with platform_context():
        assert not Authenticator.objects.exists()


def asked_of_the_database(browser: Browser) -> list[str]:
    """Queries of one request about the policy or about factors."""
    with CaptureQueriesContext(connection) as queries:
        browser.get(PLANS)
    about = ("access_signinpolicy", "mfa_authenticator")
    return [q["sql"] for q in queries if any(table in q["sql"] for table in about)]


def test_a_session_asks_about_factors_once_and_again_after_each_change(
    world: World, owner: Person
) -> None:
    browser = Browser(ALPHA)
    browser.sign_in(CLERK)
    assert len(asked_of_the_database(browser)) == 1
    assert asked_of_the_database(browser) == []
    ask(owner, "cashier")
    assert len(asked_of_the_database(browser)) == 2
    assert asked_of_the_database(browser) == []
    with_app(Browser(ALPHA), CLERK)
    assert len(asked_of_the_database(browser)) == 2
    assert asked_of_the_database(browser) == []
    assert browser.get(PLANS).status_code == 200


def test_a_factor_that_is_deleted_by_any_road_is_missing_at_once(
    world: World, owner: Person
) -> None:
    ask(owner, "cashier")
    browser = Browser(ALPHA)
    with_app(browser, CLERK)
    assert browser.get(PLANS).status_code == 200
    with tenant_context(world.alpha):
        Authenticator.objects.filter(user__email=CLERK).delete()
    assert browser.get(PLANS).status_code == 403


def test_what_an_open_transaction_saw_is_not_kept(world: World) -> None:
    from django.db import transaction

    with tenant_context(world.alpha):
        with transaction.atomic():
            policy_set(mfa_roles=["cashier"])
            assert mfa_missing(User.objects.get(email=CLERK))
            transaction.set_rollback(True)
        policy_set(mfa_roles=[])
        assert not mfa_missing(User.objects.get(email=CLERK))


def test_a_warm_answer_of_one_tenant_is_not_the_others(world: World) -> None:
    """The same user id and version in two tenants, the cache warm in the first."""
    with tenant_context(world.alpha):
        clerk = User.objects.get(email=CLERK)
        assert not mfa_missing(clerk)
    with tenant_context(world.beta):
        policy_set(mfa_roles=["*"])
        User.objects.filter(pk=clerk.pk).delete()
        services.user_save(
            user=User(pk=clerk.pk, email="temp@beta.test"), placement=Placement(roles=["viewer"])
        )
        other = User.objects.get(pk=clerk.pk)
        other.authz_version = clerk.authz_version
        assert mfa_missing(other)
