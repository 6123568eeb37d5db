"""`record`: who did what, from where, in the caller's transaction."""

from typing import Any

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError
from django.test import Client

from tests.conftest import PASSWORD, Person
from wificore.audit.models import AuditEntry
from wificore.audit.services import AuditNotWritten
from wificore.kernel.actor import Actor, acting_as, current_actor
from wificore.kernel.audit import Entry, record, record_many
from wificore.kernel.db.context import platform_context, tenant_context
from wificore.kernel.payload import SecretInPayload

PLANS = "/api/v1/radius/plans/"


def trail(tenant: Any) -> list[AuditEntry]:
    """The tenant's lines (None: the platform's), oldest first."""
    with tenant_context(tenant) if tenant else platform_context():
        return list(AuditEntry.objects.order_by("at", "id"))


def test_a_line_holds_what_differs_and_who_did_it(alpha: Any) -> None:
    amina = Actor("user", "7", "amina@alpha.test", "t1", "2001:db8::1", "curl", "rid-12345")
    with tenant_context(alpha), acting_as(amina), transaction.atomic():
        old, new = {"name": "A", "devices": 1}, {"name": "A", "devices": 2, "speed": None}
        record("plan.updated", "plan", 3, old, new, "asked on the phone")
    (line,) = trail(alpha)
    assert (line.old, line.new) == ({"devices": 1}, {"devices": 2, "speed": None})
    assert (line.action, line.object_type, line.object_id) == ("plan.updated", "plan", "3")
    assert (line.actor_kind, line.actor_id, line.actor_name) == ("user", "7", "amina@alpha.test")
    assert (line.actor_token, line.address, line.user_agent) == ("t1", "2001:db8::1", "curl")
    assert (line.request_id, line.reason) == ("rid-12345", "asked on the phone")


def test_lines_go_to_the_schema_that_is_active(alpha: Any, beta: Any) -> None:
    with tenant_context(alpha), transaction.atomic():
        record_many([Entry("a.b", "a", str(n), new={"n": n}) for n in range(3)])
        record_many([])
    with platform_context(), transaction.atomic():
        record("c.d", "c", "x", None, None)
    assert [line.new for line in trail(alpha)] == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert [line.action for line in trail(None)] == ["c.d"]
    assert trail(beta) == []


def test_what_is_rolled_back_leaves_no_line(alpha: Any) -> None:
    with tenant_context(alpha):
        with pytest.raises(ZeroDivisionError):
            with transaction.atomic():
                record("a.b", "a", 1, None, {})
                raise ZeroDivisionError
    assert trail(alpha) == []


def test_recording_without_a_transaction_is_refused(alpha: Any) -> None:
    with tenant_context(alpha), pytest.raises(TransactionManagementError):
        record("a.b", "a", 1, None, {})


@pytest.mark.parametrize("values", [{"password": "x"}, {"deep": [{"secret": "x"}]}])
def test_a_secret_is_refused_before_and_after(alpha: Any, values: Any) -> None:
    with tenant_context(alpha), transaction.atomic():
        with pytest.raises(SecretInPayload):
            record("a.b", "a", 1, values, None)
        with pytest.raises(SecretInPayload):
            record("a.b", "a", 1, None, values)


def test_a_line_that_the_database_refuses_is_no_integrity_error_of_the_caller(alpha: Any) -> None:
    with tenant_context(alpha), acting_as(Actor("nobody")):
        with pytest.raises(AuditNotWritten):
            with transaction.atomic():
                record("a.b", "a", 1, None, None)


def test_without_a_request_the_program_is_the_actor() -> None:
    assert current_actor().kind == "system"
    with acting_as(Actor("user", "1")):
        assert current_actor().id == "1"
    assert current_actor().name


def test_a_request_with_a_token_is_recorded_with_all_of_its_origin(
    alpha: Any, owner: Person
) -> None:
    client = owner.client(
        **{"user-agent": "a browser\u00e9" + "x" * 300, "x-request-id": "rid-1234567"}
    )
    answer = client.post(PLANS, {"name": "Gold"}, content_type="application/json")
    assert answer.status_code == 201, answer.content
    (line,) = trail(alpha)
    assert (line.action, line.new["name"]) == ("plan.created", "Gold")
    assert (line.actor_kind, line.actor_name) == ("user", "owner@alpha.test")
    assert line.actor_id.isdigit()
    assert len(line.actor_token) == 16
    assert (line.address, line.request_id) == ("127.0.0.1", "rid-1234567")
    assert len(line.user_agent) == 200


def test_a_request_with_a_session_is_recorded_without_a_token(alpha: Any, owner: Person) -> None:
    client = Client(headers={"host": owner.host})
    client.post("/admin/login/", {"username": owner.email, "password": PASSWORD})
    answer = client.post(
        "/admin/radius/plan/add/",
        {"name": "Silver", "price_micro": 0, "currency": "KES", "devices": 1},
    )
    assert answer.status_code == 302, answer.content
    line = trail(alpha)[-1]
    assert (line.action, line.actor_name, line.actor_token) == ("plan.created", owner.email, "")


def test_one_requests_actor_is_not_the_next_ones(alpha: Any, owner: Person) -> None:
    owner.client().get(PLANS)
    assert current_actor().kind == "system"


def test_a_refused_request_leaves_one_line_that_says_why(alpha: Any, clerk: Person) -> None:
    answer = clerk.client().post(PLANS, {"name": "Gold"}, content_type="application/json")
    assert answer.status_code == 403
    (line,) = trail(alpha)
    assert (line.action, line.object_id) == ("access.denied", "radius.plan.manage")
    assert line.new["reason"] == "default"
