"""Support sessions: limited in time and rights, bound to one tenant, seen by it from the start."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg2
import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tenants import services as tenants
from tests.access.test_admin_sign_in import sign_in
from tests.conftest import Person, World
from wificore.access import services as access
from wificore.access.codes import CODES, TENANT_ROLES
from wificore.access.models import User
from wificore.access.support import services
from wificore.access.support.actor import rule
from wificore.access.support.models import SupportSession
from wificore.audit.models import AuditEntry
from wificore.beat import SCHEDULE
from wificore.kernel.db.context import platform_context, tenant_context

PLATFORM, TENANT = "/api/platform/support-sessions/", "/api/v1/support-sessions/"
PLANS = "/api/v1/radius/plans/"
JSON = "application/json"
REASON = "the router in Kibera loses its sessions"
Opened = dict[str, Any]


def opening(operator: Person, **fields: Any) -> Any:
    body = {"tenant": "alpha", "role": "manager", "reason": REASON, **fields}
    return operator.client().post(PLATFORM, body, JSON)


def opened(operator: Person, **fields: Any) -> Opened:
    answer = opening(operator, **fields)
    assert answer.status_code == 201, answer.content
    body: Opened = answer.json()
    return body


def using(session: Opened, host: str | None = None) -> Client:
    headers = {"authorization": f"Support {session['token']}", "host": host or session["host"]}
    return Client(headers=headers, raise_request_exception=False)


def status(session: Opened, host: str | None = None) -> int:
    return using(session, host).get("/api/v1/me/").status_code


def code(answer: Any) -> str:
    return str(answer.json()["error"]["code"])


def trail(tenant: Any, action: str) -> list[AuditEntry]:
    with tenant_context(tenant):
        return list(AuditEntry.objects.filter(action=action).order_by("id"))


def events(kind: str) -> list[tuple[str, Any]]:
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT tenant, payload FROM events_outbox WHERE type = %s", [kind])
        return [(tenant, json.loads(payload)) for tenant, payload in cursor.fetchall()]


@pytest.fixture
def plan() -> dict[str, Any]:
    return {"name": "Gold"}


def test_an_operator_has_no_right_in_a_tenant_until_a_session_is_opened(
    operator: Person, plan: dict[str, Any]
) -> None:
    assert operator.client(host="alpha.localhost").get(PLANS).status_code == 401
    session = opened(operator)
    assert set(session) >= {"id", "tenant", "role", "reason", "expires_at", "token", "host"}
    assert (session["tenant"], session["host"]) == ("alpha", "alpha.localhost")
    client = using(session)
    assert client.get(PLANS).status_code == 200
    assert client.post(PLANS, plan, JSON).status_code == 201


def test_me_tells_who_works_here_without_being_a_user(world: World, operator: Person) -> None:
    session = opened(operator)
    me = using(session).get("/api/v1/me/").json()
    assert (me["id"], me["email"]) == (f"support:{session['id']}", operator.email)
    assert (me["tenant"]["slug"], me["roles"]) == ("alpha", ["manager"])
    with tenant_context(world.alpha):
        assert not User.objects.filter(email=operator.email).exists()


def test_the_token_is_shown_once_and_stored_as_a_hash(operator: Person, owner: Person) -> None:
    session = opened(operator)
    told = [
        operator.client().get(PLATFORM).content,
        operator.client().get(f"{PLATFORM}{session['id']}/").content,
        owner.client().get(TENANT).content,
    ]
    assert all(REASON.encode() in text for text in told)
    with platform_context():
        row = SupportSession.objects.get(public_id=session["id"])
    assert not [text for text in told if session["token"].encode() in text]
    assert not [text for text in told if row.digest.encode() in text]
    assert session["token"] not in row.digest


def test_it_lasts_an_hour_unless_said_otherwise_and_eight_at_most(operator: Person) -> None:
    with platform_context():
        opened(operator)
        row = SupportSession.objects.get()
        assert row.expires_at - row.created_at == timedelta(minutes=60)
    assert opening(operator, minutes=480).status_code == 201
    for minutes in (481, 0, -5, "soon", 10**12):
        answer = opening(operator, minutes=minutes)
        assert answer.status_code == 400
        assert list(answer.json()["error"]["fields"]) == ["minutes"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"role": "operator"}, "role"),
        ({"role": "emperor"}, "role"),
        ({"reason": ""}, "reason"),
        ({"reason": "   "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"tenant": "nobody"}, "tenant"),
    ],
)
def test_what_cannot_be_a_session_is_400_and_named(
    operator: Person, change: dict[str, Any], field: str
) -> None:
    answer = opening(operator, **change)
    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == [field]


def test_it_ends_when_its_time_is_over_at_the_next_request(operator: Person) -> None:
    session = opened(operator)
    assert status(session) == 200
    with platform_context():
        SupportSession.objects.update(expires_at=timezone.now())
    assert status(session) == 401


def test_it_ends_when_the_platform_ends_it_at_the_next_request(
    world: World, operator: Person
) -> None:
    session = opened(operator)
    url = f"{PLATFORM}{session['id']}/"
    assert operator.client().delete(url).status_code == 204
    assert status(session) == 401
    shown = operator.client().get(url).json()
    assert (shown["state"], shown["ended_by"]) == ("ended", operator.email)
    assert operator.client().delete(url).status_code == 204, "ending twice is ending once"
    (entry,) = trail(world.alpha, "support.ended")
    assert (entry.actor_kind, entry.actor_name) == ("support", operator.email)


def test_the_tenants_owner_sees_it_and_ends_it(
    world: World, operator: Person, owner: Person
) -> None:
    session = opened(operator)
    (row,) = owner.client().get(TENANT).json()["results"]
    assert (row["id"], row["operator"], row["state"]) == (session["id"], operator.email, "open")
    assert (row["role"], row["reason"]) == ("manager", REASON)
    assert owner.client().delete(f"{TENANT}{row['id']}/").status_code == 204
    assert status(session) == 401
    (entry,) = trail(world.alpha, "support.ended")
    assert (entry.actor_kind, entry.actor_name) == ("user", owner.email)
    assert operator.client().get(f"{PLATFORM}{row['id']}/").json()["ended_by"] == owner.email
    assert len(events("support.ended")) == 1


def test_the_tenants_clerk_neither_sees_nor_ends_it(operator: Person, clerk: Person) -> None:
    session = opened(operator)
    assert clerk.client().get(TENANT).status_code == 403
    assert clerk.client().delete(f"{TENANT}{session['id']}/").status_code == 403
    assert status(session) == 200


def test_another_tenants_owner_neither_sees_nor_ends_it(operator: Person, stranger: Person) -> None:
    session = opened(operator)
    assert stranger.client().get(TENANT).json()["results"] == []
    for method in ("get", "delete"):
        answer = getattr(stranger.client(), method)(f"{TENANT}{session['id']}/")
        assert (answer.status_code, code(answer)) == (404, "not_found")
    assert status(session) == 200


def test_its_token_is_nobodys_on_other_hosts_and_no_api_token(operator: Person) -> None:
    session = opened(operator)
    for host in ("beta.localhost", "platform.localhost"):
        assert status(session, host) == 401
    as_token = {"authorization": f"Token {session['token']}", "host": "alpha.localhost"}
    assert Client(headers=as_token).get("/api/v1/me/").status_code == 401
    as_support = {"authorization": f"Support {operator.token}", "host": "alpha.localhost"}
    assert Client(headers=as_support).get("/api/v1/me/").status_code == 401


@pytest.mark.parametrize("header", ["Support", "Support a b", "Support \xff", "support x\x00"])
def test_a_malformed_header_is_401_and_never_500(world: World, header: str) -> None:
    headers = {"host": "alpha.localhost", "authorization": header}
    client = Client(raise_request_exception=False)
    assert client.get("/api/v1/me/", headers=headers).status_code == 401


def test_a_session_that_the_tenant_was_never_told_of_does_not_work(
    world: World, operator: Person, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between the platform's transaction and the tenant's."""
    monkeypatch.setattr(services.secrets, "token_urlsafe", lambda _size: "known-token")
    monkeypatch.setattr(services, "_in_tenant", lambda *_args: 1 / 0)
    with platform_context(), pytest.raises(ZeroDivisionError):
        user = User.objects.get(email=operator.email)
        services.session_open(tenant=world.alpha, role="owner", reason="x", operator=user)
    assert status({"token": "known-token", "host": "alpha.localhost"}) == 401
    assert owner.client().get(TENANT).json()["results"] == []


def test_a_suspended_tenant_takes_no_session_and_refuses_an_open_one(
    world: World, operator: Person
) -> None:
    session = opened(operator)
    tenants.tenant_suspend(tenant=world.alpha)
    try:
        assert status(session) == 403
        answer = opening(operator)
        assert (answer.status_code, code(answer)) == (409, "conflict")
    finally:
        tenants.tenant_resume(tenant=world.alpha)


def test_the_sessions_of_a_deleted_tenant_are_gone(operator: Person) -> None:
    opened(operator)
    opened(operator, tenant="beta")
    with platform_context():
        services.forget_tenant("ts_alpha", "owner")
        assert [row.tenant for row in SupportSession.objects.all()] == ["ts_beta"]


# What it may.


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


# What the tenant sees.


def test_the_tenant_reads_who_came_why_and_what_was_done(
    world: World, operator: Person, plan: dict[str, Any]
) -> None:
    session = opened(operator)
    (entry,) = trail(world.alpha, "support.opened")
    assert (entry.actor_kind, entry.actor_id) == ("support", session["id"])
    assert (entry.actor_name, entry.address) == (operator.email, "127.0.0.1")
    assert (entry.reason, entry.object_id) == (REASON, session["id"])
    assert entry.new is not None
    assert (entry.new["role"], entry.new["operator"]) == ("manager", operator.email)
    using(session).post(PLANS, plan, JSON)
    (entry,) = trail(world.alpha, "plan.created")
    assert (entry.actor_kind, entry.actor_id) == ("support", session["id"])
    assert (entry.actor_name, entry.actor_token) == (operator.email, session["id"])
    assert trail(world.beta, "support.opened") == []


def test_what_it_may_not_is_in_the_tenants_trail_too(world: World, operator: Person) -> None:
    using(opened(operator, role="viewer")).post(PLANS, {}, JSON)
    (entry,) = trail(world.alpha, "access.denied")
    assert (entry.actor_kind, entry.object_id) == ("support", "radius.plan.manage")


def test_the_platforms_trail_has_it_as_the_operators_own_deed(operator: Person) -> None:
    opened(operator)
    with platform_context():
        entry = AuditEntry.objects.get(action="support.opened")
        assert (entry.actor_kind, entry.actor_name) == ("user", operator.email)
        allowed = AuditEntry.objects.get(action="access.allowed")
        assert allowed.object_id == services.OPEN


def test_the_owner_is_told_by_an_event_of_the_tenants_own(operator: Person) -> None:
    session = opened(operator)
    told = dict(events("support.opened"))
    assert set(told) == {"public", "ts_alpha"}
    payload = told["ts_alpha"]
    assert (payload["id"], payload["operator"]) == (session["id"], operator.email)
    assert payload["reason"] == REASON
    assert session["token"] not in str(told)


def test_a_job_started_in_it_says_so(
    world: World, operator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wificore.jobs.models import Job

    monkeypatch.setattr("wificore.jobs.services._send", lambda *_a, **_k: None)
    client = using(opened(operator))
    answer = client.generic(
        "POST",
        "/api/v1/radius/subscribers/import/",
        b"username,password,plan\namina,secret1,Gold\n",
        content_type="text/csv",
    )
    assert answer.status_code in (200, 201, 202), answer.content
    with tenant_context(world.alpha):
        (job,) = Job.objects.filter(created_at__gte=timezone.now() - timedelta(hours=1))
    assert job.created_by == f"{operator.email} (support)"


# What beat does.


def test_beat_tells_the_tenant_when_its_time_was_over(world: World, operator: Person) -> None:
    opened(operator)
    with platform_context():
        assert services.sessions_watch() == {"gone": 0, "ends": 0}
        SupportSession.objects.update(expires_at=timezone.now())
        assert services.sessions_watch() == {"gone": 0, "ends": 1}
        assert services.sessions_watch() == {"gone": 0, "ends": 0}
    (entry,) = trail(world.alpha, "support.ended")
    assert (entry.actor_kind, entry.old and entry.old["ended_by"]) == ("system", services.BY_TIME)
    assert [tenant for tenant, _ in events("support.ended")] == ["ts_alpha"]


@pytest.mark.parametrize("lost", ["role", "activity", "row"])
def test_beat_ends_the_sessions_of_an_operator_who_may_no_longer(world: World, lost: str) -> None:
    with platform_context():
        guest = access.user_create(email="guest@platform.test", password=None, roles=["operator"])
        _, clear = services.session_open(
            tenant=world.alpha, role="viewer", reason="x", operator=guest
        )
        shown = {"token": clear, "host": "alpha.localhost"}
        if lost == "role":
            access.user_roles_set(user=guest, roles=[])
        elif lost == "activity":
            access.user_update(user=guest, is_active=False)
        else:
            access.user_delete(user=guest)
        assert services.sessions_watch() == {"gone": 1, "ends": 0}
    assert status(shown) == 401
    assert len(trail(world.alpha, "support.ended")) == 1


def test_an_end_whose_telling_was_cut_off_is_told_by_beat(
    world: World, operator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = opened(operator)
    with monkeypatch.context() as cut, platform_context():
        cut.setattr(services, "_tell_end", lambda *_a, **_k: None)
        services.session_end(session=SupportSession.objects.get(), by=operator.email)
    assert status(session) == 401
    assert trail(world.alpha, "support.ended") == []
    with platform_context():
        services.sessions_watch()
    assert len(trail(world.alpha, "support.ended")) == 1


def test_one_tenant_out_of_order_stops_no_other(
    world: World, operator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(operator)
    opened(operator, tenant="beta")
    enter = services._in_tenant

    def fail_in_alpha(session: SupportSession, actor: Any) -> Any:
        return 1 / 0 if session.tenant == "ts_alpha" else enter(session, actor)

    monkeypatch.setattr(services, "_in_tenant", fail_in_alpha)
    with platform_context():
        SupportSession.objects.update(expires_at=timezone.now())
        services.sessions_watch()
    assert len(trail(world.beta, "support.ended")) == 1
    assert trail(world.alpha, "support.ended") == []


def test_ending_one_of_a_tenant_that_is_leaving_is_no_error(world: World, operator: Person) -> None:
    from tenants.models import Tenant

    session = opened(operator)
    with platform_context():
        Tenant.objects.filter(pk=world.alpha.pk).update(state="deleting")
    try:
        answer = operator.client().delete(f"{PLATFORM}{session['id']}/")
        assert answer.status_code == 204
    finally:
        with platform_context():
            Tenant.objects.filter(pk=world.alpha.pk).update(state="active")


def test_old_rows_are_forgotten_and_beat_has_the_watch(operator: Person) -> None:
    opened(operator)
    long_ago = timezone.now() - timedelta(days=100)
    with platform_context():
        SupportSession.objects.update(
            created_at=long_ago, expires_at=long_ago, end_told_at=long_ago
        )
        services.sessions_watch()
        assert not SupportSession.objects.exists()
    assert services.sessions_watch in [job.work for job in SCHEDULE]


# Rights and cost.


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


def test_a_request_with_the_header_costs_one_query_more_and_others_none(
    operator: Person, owner: Person
) -> None:
    session = opened(operator)
    using(session).get("/api/v1/me/")
    with CaptureQueriesContext(connection) as queries:
        using(session).get("/api/v1/me/")
    assert len(queries) == 1
    owner.client().get("/api/v1/me/")
    with CaptureQueriesContext(connection) as queries:
        owner.client().get("/api/v1/me/")
    assert not [query for query in queries if "support_session" in query["sql"]]


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


def test_the_platforms_admin_lists_sessions_and_ends_them(operator: Person) -> None:
    session = opened(operator)
    page = sign_in(operator.host, operator.email)
    url = "/admin/access_support/supportsession/"
    assert REASON in page.get(url).content.decode()
    with platform_context():
        key = SupportSession.objects.get().pk
    page.post(url, {"action": "end", "_selected_action": [key]})
    assert status(session) == 401
    assert page.get(f"{url}add/").status_code == 403
