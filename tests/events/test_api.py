"""GET /events/: in order, without a hole, and of each kind only what the caller may view."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections, transaction

from radius.registry.services import nas_create
from tests.access.support.sessions import opened, using
from tests.conftest import Person, World
from tests.events.conftest import Steps
from wificore.access.codes import PLATFORM_ROLES, TENANT_ROLES
from wificore.access.models import Site, User
from wificore.access.placing import Placement
from wificore.access.services import site_save, token_create, user_create, user_update
from wificore.events import selectors, store
from wificore.kernel.db.context import platform_context, tenant_context
from wificore.kernel.event_kinds import Kind, declare, kinds
from wificore.kernel.events import publish

URL, PLATFORM_URL = "/api/v1/events/", "/api/platform/events/"
FEW = "few@alpha.test"

Say = Callable[..., None]
Rows = Callable[..., list[tuple[Any, ...]]]


def read(person: Person, url: str = URL, **query: Any) -> Any:
    answer = person.client().get(url, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def seen(page: Any) -> list[str]:
    return [event["type"] for event in page["results"]]


def log() -> None:
    """What the relay does first."""
    with platform_context():
        while store.move(1000):
            pass


def expire(rows: Rows, upto: int) -> None:
    """The partition of the first ones is gone."""
    rows("DELETE FROM public.events_log WHERE seq <= %s RETURNING 1", upto)


def test_events_come_in_order_with_their_numbers(alpha: Any, owner: Person, say: Say) -> None:
    for n in range(3):
        say(alpha, "plan.created", n=n)
    log()
    page = read(owner)
    assert [event["seq"] for event in page["results"]] == [1, 2, 3]
    assert [event["payload"] for event in page["results"]] == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert set(page["results"][0]) == {"id", "seq", "type", "subject", "occurred_at", "payload"}
    assert (page["upto"], page["last_seq"], page["oldest_seq"]) == (3, 3, 1)
    assert page["next"] is None
    assert len({event["id"] for event in page["results"]}) == 3


def test_after_a_number_comes_what_follows_and_a_slash_is_not_needed(
    alpha: Any, owner: Person, say: Say
) -> None:
    for n in range(3):
        say(alpha, n=n)
    log()
    page = read(owner, URL.rstrip("/"), after=2)
    assert [event["seq"] for event in page["results"]] == [3]
    assert read(owner, after=3)["results"] == []
    assert read(owner, after=3)["upto"] == 3


def test_pages_follow_each_other_without_a_hole(alpha: Any, owner: Person, say: Say) -> None:
    for n in range(7):
        say(alpha, n=n)
    log()
    page, found = read(owner, limit=3), []
    while True:
        found += [event["seq"] for event in page["results"]]
        if page["next"] is None:
            break
        page = owner.client().get(page["next"]).json()
    assert found == [1, 2, 3, 4, 5, 6, 7]


def test_only_wanted_types_come_and_the_rest_is_passed_over(
    alpha: Any, owner: Person, say: Say
) -> None:
    for event_type in ("plan.created", "session.started", "plan.deleted", "login.rejected"):
        say(alpha, event_type, n=1)
    log()
    assert seen(read(owner, type="plan.")) == ["plan.created", "plan.deleted"]
    both = read(owner, type="session.started,login.")
    assert seen(both) == ["session.started", "login.rejected"]
    nothing = read(owner, type="job.finished")
    assert (nothing["results"], nothing["upto"], nothing["next"]) == ([], 4, None)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"after": "-1"}, "after"),
        ({"after": "x"}, "after"),
        ({"after": str(2**63)}, "after"),
        ({"limit": "0"}, "limit"),
        ({"limit": "501"}, "limit"),
        ({"type": "Plan"}, "type"),
        ({"type": "plan.whispered"}, "type"),
        ({"type": "plan"}, "type"),
        ({"type": "plan.created\x00"}, "type"),
        ({"type": "."}, "type"),
    ],
)
def test_a_question_that_cannot_be_names_its_field(
    owner: Person, query: dict[str, str], field: str
) -> None:
    answer = owner.client().get(URL, query)
    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == [field]


def test_what_is_not_kept_any_more_is_gone_and_the_answer_says_where_to_go_on(
    alpha: Any, owner: Person, say: Say, rows: Rows
) -> None:
    for n in range(5):
        say(alpha, n=n)
    log()
    expire(rows, 3)
    answer = owner.client().get(URL, {"after": 2})
    assert answer.status_code == 410
    error = answer.json()["error"]
    assert error["code"] == "events_gone"
    assert error["fields"]["oldest_seq"] == ["4"]
    assert error["fields"]["last_seq"] == ["5"]
    assert [event["seq"] for event in read(owner, after=3)["results"]] == [4, 5]
    assert [event["seq"] for event in read(owner)["results"]] == [4, 5]
    assert read(owner)["oldest_seq"] == 4


def test_when_all_is_expired_a_client_that_had_all_of_it_goes_on(
    alpha: Any, owner: Person, say: Say, rows: Rows
) -> None:
    for n in range(5):
        say(alpha, n=n)
    log()
    expire(rows, 5)
    assert owner.client().get(URL, {"after": 4}).status_code == 410
    page = read(owner, after=5)
    assert (page["results"], page["oldest_seq"], page["last_seq"]) == ([], 6, 5)
    assert read(owner)["upto"] == 5


def test_a_number_ahead_of_the_stream_is_another_streams(
    alpha: Any, owner: Person, say: Say
) -> None:
    say(alpha, n=1)
    log()
    answer = owner.client().get(URL, {"after": 2})
    assert answer.status_code == 410
    assert answer.json()["error"]["fields"]["last_seq"] == ["1"]


def test_a_stream_without_events_is_empty(owner: Person) -> None:
    page = read(owner)
    assert (page["results"], page["upto"], page["last_seq"], page["oldest_seq"]) == ([], 0, 0, 1)
    assert read(owner, after=0)["results"] == []


def test_a_request_looks_through_a_window_and_its_next_goes_on(
    alpha: Any, owner: Person, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(5):
        say(alpha, n=n)
    say(alpha, "session.started", n=5)
    log()
    monkeypatch.setattr(selectors, "WINDOW", 2)
    page, asked = read(owner, type="session."), 1
    while page["next"]:
        assert page["results"] == []
        page, asked = owner.client().get(page["next"]).json(), asked + 1
    assert (seen(page), page["upto"], asked) == (["session.started"], 6, 3)


def test_each_tenant_and_the_platform_see_their_own_stream(
    world: World, owner: Person, stranger: Person, operator: Person, say: Say
) -> None:
    say(world.alpha, n="alpha's")
    say(world.beta, n="beta's")
    say(None, "tenant.created", n="the platform's")
    log()
    assert [e["payload"] for e in read(owner)["results"]] == [{"n": "alpha's"}]
    assert [e["payload"] for e in read(stranger)["results"]] == [{"n": "beta's"}]
    assert [e["payload"] for e in read(operator, PLATFORM_URL)["results"]] == [
        {"n": "the platform's"}
    ]


def test_no_token_opens_another_hosts_stream(
    world: World, owner: Person, stranger: Person, operator: Person, say: Say
) -> None:
    say(world.alpha, n=1)
    log()
    assert stranger.client(host=owner.host).get(URL).status_code == 401
    assert operator.client(host=owner.host).get(URL).status_code == 401
    assert owner.client(host=operator.host).get(PLATFORM_URL).status_code == 401
    assert owner.client().get(PLATFORM_URL).status_code == 404
    assert operator.client().get(URL).status_code == 404


@pytest.mark.parametrize("role", ["cashier", "technician", "manager", "viewer", "owner"])
def test_each_role_sees_what_it_may_view_and_nothing_else(alpha: Any, say: Say, role: str) -> None:
    for kind in kinds():
        say(alpha, kind.type, **({kind.user: 0} if kind.user else {}))
    log()
    codes = TENANT_ROLES[role].codes
    wanted = {kind.type for kind in kinds() if kind.view in codes and not kind.user}
    found = set(seen(read(_person(alpha, role), limit=500)))
    assert found == wanted
    assert role == "owner" or found < {kind.type for kind in kinds()}


def test_an_operator_sees_what_the_platforms_codes_show(operator: Person, say: Say) -> None:
    for kind in kinds():
        say(None, kind.type)
    log()
    codes = PLATFORM_ROLES["operator"].codes
    wanted = {kind.type for kind in kinds() if kind.view in codes and not kind.user}
    assert set(seen(read(operator, PLATFORM_URL, limit=500))) == wanted


def test_a_tokens_abilities_narrow_what_it_sees(alpha: Any, owner: Person, say: Say) -> None:
    say(alpha, "plan.created", n=1)
    say(alpha, "session.started", n=2)
    log()
    narrow = _with(owner, alpha, ["events.event.view", "radius.plan.view"])
    assert seen(read(narrow)) == ["plan.created"]
    assert read(narrow)["upto"] == 2
    assert _with(owner, alpha, []).client().get(URL).status_code == 403
    assert _with(owner, alpha, ["radius.plan.view"]).client().get(URL).status_code == 403


def test_an_undeclared_event_is_shown_to_nobody(alpha: Any, owner: Person, say: Say) -> None:
    say(alpha, "plan.whispered", n=1)
    log()
    page = read(owner)
    assert (page["results"], page["upto"]) == ([], 1)


def test_a_router_at_another_site_is_as_hidden_here_as_in_the_list(
    world: World, owner: Person
) -> None:
    with tenant_context(world.alpha):
        hill = site_save(site=Site(name="Hill"))
        valley = site_save(site=Site(name="Valley"))
        for number, site in enumerate((hill.pk, valley.pk, None)):
            nas_create(address=f"192.0.2.{number + 1}", secret="s3cret", site_id=site)
    log()
    technician = _person(world.alpha, "technician", sites=[hill.pk])
    assert [e["payload"]["site_id"] for e in read(technician, type="nas.")["results"]] == [
        hill.pk,
        None,
    ]
    assert len(read(owner, type="nas.")["results"]) == 3
    assert all("s3cret" not in str(event) for event in read(owner)["results"])


def test_what_is_for_one_user_is_shown_to_nobody_else(
    world: World, owner: Person, say: Say, own_kind: str
) -> None:
    with tenant_context(world.alpha):
        me = User.objects.get(email=owner.email).pk
        other = user_create(email=FEW, password="correct horse", roles=["owner"]).pk
    say(world.alpha, own_kind, user=other, words="not yours")
    say(world.alpha, own_kind, user=me, words="yours")
    say(world.alpha, own_kind, words="nobody's")
    log()
    assert [e["payload"]["words"] for e in read(owner, type=own_kind)["results"]] == ["yours"]


def test_a_support_session_sees_what_its_role_may_and_nothing_of_a_users_own(
    world: World, operator: Person, say: Say, own_kind: str
) -> None:
    session = opened(operator, role="cashier")
    say(world.alpha, "session.started", n=1)
    say(world.alpha, "role.updated", n=2)
    for user in (1, 2, session["id"]):
        say(world.alpha, own_kind, user=user)
    log()
    answer = using(session).get(URL)
    assert answer.status_code == 200
    assert seen(answer.json()) == ["session.started"]


def test_a_user_who_lost_a_right_sees_nothing_more_of_it(
    world: World, say: Say, clerk: Person
) -> None:
    person = _person(world.alpha, "technician")
    say(world.alpha, "nas.updated", site_id=None)
    log()
    assert seen(read(person)) == ["nas.updated"]
    with tenant_context(world.alpha):
        user_update(
            user=User.objects.get(email=person.email), placement=Placement(roles=["cashier"])
        )
    assert seen(read(person)) == []


def test_an_event_is_there_as_soon_as_it_was_published_on_redis(
    alpha: Any, owner: Person, say: Say, relay: Steps, listener: Any
) -> None:
    say(alpha, n=1)
    relay.step()
    [heard] = listener.heard()
    [event] = read(owner, after=heard["seq"] - 1)["results"]
    assert (str(heard["id"]), heard["seq"]) == (event["id"], event["seq"])


def test_a_rolled_back_event_is_never_seen(alpha: Any, owner: Person) -> None:
    with tenant_context(alpha), transaction.atomic():
        publish("plan.created", {})
        transaction.set_rollback(True)
    log()
    assert read(owner)["last_seq"] == 0


def test_the_log_is_read_with_the_tenants_own_rights(alpha: Any, beta: Any, say: Say) -> None:
    """Even a query that forgot its tenant would show nothing of another one."""
    say(alpha, n=1)
    say(beta, n=1)
    log()
    with tenant_context(alpha), connections["default"].cursor() as cursor:
        cursor.execute("SELECT current_user, count(*) FROM public.events_log GROUP BY 1")
        assert cursor.fetchall() == [("ts_alpha", 1)]


@pytest.fixture
def own_kind(monkeypatch: pytest.MonkeyPatch) -> str:
    """A kind for one user each, declared for one test."""
    from wificore.kernel import event_kinds

    monkeypatch.setattr(event_kinds, "_kinds", dict(event_kinds._kinds))
    declare(Kind("test.noted", "A note", "events.event.view", user="user"))
    return "test.noted"


def _person(tenant: Any, role: str, sites: list[int] | None = None) -> Person:
    with tenant_context(tenant):
        user = user_create(email=FEW, password="correct horse", roles=[role])
        if sites:
            user_update(user=user, placement=Placement(extra_sites=sites))
        token = token_create(user=user, name="tests-few")[1]
    return Person(FEW, role, token, "alpha.localhost")


def _with(person: Person, tenant: Any, abilities: list[str]) -> Person:
    with tenant_context(tenant):
        user = User.objects.get(email=person.email)
        token = token_create(user=user, name="narrow", abilities=abilities)[1]
    return Person(person.email, person.role, token, person.host)
