"""What the tenant sees of a support session."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.access.support.sessions import JSON, PLANS, REASON, events, opened, trail, using
from tests.conftest import Person, World
from wificore.access.support import services
from wificore.audit.models import AuditEntry
from wificore.kernel.db.context import platform_context, tenant_context


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
