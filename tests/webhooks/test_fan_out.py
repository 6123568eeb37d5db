"""Which events an endpoint gets: those it asked for, and of these what its user may view."""

from typing import Any

import pytest

from tests.webhooks.conftest import SESSION, Hooks
from wificore.access import services as access
from wificore.access.models import Site, User
from wificore.kernel.db.context import tenant_context
from wificore.kernel.events import Event
from wificore.webhooks import services
from wificore.webhooks.sending.fan_out import event_of, fan_out

URL = "https://receiver.example.com/hooks"
CLERK = "clerk@alpha.test"


def types(hooks: Hooks, tenant: Any) -> list[str]:
    return [row.type for row in hooks.rows(tenant)]


def test_an_endpoint_gets_what_its_filters_name(hooks: Hooks, alpha: Any) -> None:
    hooks.make(alpha, URL, "session.*", "plan.created")
    for kind in ("session.started", "session.stopped", "plan.created", "plan.updated"):
        hooks.happens(alpha, kind, **SESSION)
    assert types(hooks, alpha) == ["session.started", "session.stopped", "plan.created"]
    assert hooks.woken


def test_an_event_that_is_offered_again_is_stored_once(hooks: Hooks, alpha: Any) -> None:
    hooks.make(alpha, URL, "session.*")
    hooks.make(alpha, URL, "session.started")
    hooks.happens(alpha)
    first = hooks.rows(alpha)
    assert len(first) == 2
    with tenant_context(alpha):
        fan_out(event_of(first[0]))
    assert [row.pk for row in hooks.rows(alpha)] == [row.pk for row in first]


def test_the_other_tenants_endpoints_get_nothing(hooks: Hooks, alpha: Any, beta: Any) -> None:
    hooks.make(alpha, URL, "session.*")
    hooks.make(beta, URL, "session.*")
    hooks.happens(alpha)
    assert types(hooks, alpha) == ["session.started"]
    assert hooks.rows(beta) == []


def test_a_platform_event_goes_to_no_tenant(hooks: Hooks, alpha: Any, say: Any) -> None:
    hooks.make(alpha, URL, "session.*")
    say(None, "session.started", **SESSION)
    hooks.relay.step(2)
    assert hooks.rows(alpha) == []


def test_what_the_user_may_not_view_is_not_sent(hooks: Hooks, alpha: Any) -> None:
    """A cashier sees sessions and no audit trail."""
    endpoint = hooks.make(alpha, URL, "session.*", "plan.*", email=CLERK)
    with tenant_context(alpha):
        type(endpoint).objects.update(event_types=["*"])
    hooks.happens(alpha, "session.started", **SESSION)
    hooks.happens(alpha, "signin.failed", email="x@y.test")
    hooks.happens(alpha, "user.created", id=3)
    assert types(hooks, alpha) == ["session.started"]


def test_a_kind_that_is_not_declared_is_sent_to_nobody(hooks: Hooks, alpha: Any) -> None:
    hooks.make(alpha, URL)
    hooks.happens(alpha, "plan.whispered", id=1)
    assert "plan.whispered" not in types(hooks, alpha)


def test_the_tokens_abilities_are_a_ceiling(hooks: Hooks, alpha: Any) -> None:
    hooks.make(alpha, URL, "*", abilities=["radius.plan.view"])
    hooks.happens(alpha, "session.started", **SESSION)
    hooks.happens(alpha, "plan.created", id=1)
    assert types(hooks, alpha) == ["plan.created"]


@pytest.mark.parametrize("there", [True, False])
def test_a_routers_event_is_sent_where_the_user_sees_its_site(
    hooks: Hooks, alpha: Any, there: bool
) -> None:
    with tenant_context(alpha):
        site, elsewhere = (access.site_save(site=Site(name=name)) for name in ("hill", "dam"))
        person = User.objects.get(email=CLERK)
        placed = access.Placement(roles=["technician"], extra_sites=[site.pk])
        access.user_update(user=person, placement=placed)
    hooks.make(alpha, URL, "nas.*", email=CLERK)
    hooks.happens(alpha, "nas.updated", id=1, site_id=site.pk if there else elsewhere.pk)
    assert types(hooks, alpha) == (["nas.updated"] if there else [])
    with tenant_context(alpha):
        access.user_update(user=person, placement=access.Placement(roles=["cashier"]))


def test_rights_are_those_of_this_moment(hooks: Hooks, alpha: Any) -> None:
    hooks.make(alpha, URL, "session.*", email=CLERK)
    with tenant_context(alpha):
        person = User.objects.get(email=CLERK)
        access.user_update(user=person, is_active=False)
    hooks.happens(alpha)
    assert hooks.rows(alpha) == []
    with tenant_context(alpha):
        access.user_update(user=person, is_active=True)
    hooks.happens(alpha)
    assert types(hooks, alpha) == ["session.started"]


def test_an_endpoint_whose_user_is_deleted_gets_nothing(hooks: Hooks, alpha: Any) -> None:
    with tenant_context(alpha):
        person = access.user_create(email="gone@alpha.test", password="x" * 20, roles=["owner"])
    endpoint = hooks.make(alpha, URL, "session.*", email="gone@alpha.test")
    with tenant_context(alpha):
        User.objects.get(pk=person.pk).delete()
    assert hooks.fresh(alpha, endpoint).acts_for_id is None
    hooks.happens(alpha)
    assert hooks.rows(alpha) == []


def test_a_disabled_endpoint_gets_nothing(hooks: Hooks, alpha: Any) -> None:
    endpoint = hooks.make(alpha, URL, "session.*")
    with tenant_context(alpha):
        type(endpoint).objects.update(enabled=False)
    hooks.happens(alpha)
    assert hooks.rows(alpha) == []


def test_a_test_event_goes_to_its_endpoint_alone(hooks: Hooks, alpha: Any) -> None:
    endpoint = hooks.make(alpha, URL, "session.*")
    hooks.make(alpha, URL, "*")
    hooks.relay.step(2)
    before = len(hooks.rows(alpha))
    with tenant_context(alpha):
        services.endpoint_test(endpoint=endpoint)
    hooks.relay.step(2)
    (row,) = hooks.rows(alpha)[before:]
    assert (row.type, row.endpoint_id) == ("webhook.tested", endpoint.pk)


def test_the_stored_body_tells_the_event(hooks: Hooks, alpha: Any) -> None:
    hooks.make(alpha, URL, "session.*")
    hooks.happens(alpha)
    row = hooks.row(alpha)
    with tenant_context(alpha):
        event = event_of(row)
    assert isinstance(event, Event)
    assert (event.schema, event.type, event.payload) == ("ts_alpha", "session.started", SESSION)
    assert event.seq > 0
