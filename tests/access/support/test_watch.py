"""Beat ends support sessions and tells of their end."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.access.support.sessions import PLATFORM, events, opened, status, trail
from tests.conftest import Person, World
from wificore.access import services as access
from wificore.access.support import services
from wificore.access.support.models import SupportSession
from wificore.beat import SCHEDULE
from wificore.kernel.db.context import platform_context


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
