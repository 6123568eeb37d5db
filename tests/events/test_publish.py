"""`publish`: in the caller's transaction or not at all, and never a secret."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError

from wificore.kernel.db.context import ContextRequired, platform_context, tenant_context
from wificore.kernel.events import publish, publish_many
from wificore.kernel.payload import MAX_OCTETS, SecretInPayload

Rows = Callable[..., list[tuple[Any, ...]]]

OUTBOX = "SELECT tenant, type, subject, payload::text FROM public.events_outbox ORDER BY id"


def test_an_event_waits_in_the_outbox_with_its_schema(alpha: Any, rows: Rows) -> None:
    with tenant_context(alpha), transaction.atomic():
        publish("plan.created", {"id": 7}, subject="7")
    with platform_context(), transaction.atomic():
        publish("tenant.created", {"slug": "x"})
    assert rows(OUTBOX) == [
        ("ts_alpha", "plan.created", "7", '{"id": 7}'),
        ("public", "tenant.created", "", '{"slug": "x"}'),
    ]


def test_many_events_keep_their_order(alpha: Any, rows: Rows) -> None:
    with tenant_context(alpha), transaction.atomic():
        publish_many("plan.created", [(str(n), {"n": n}) for n in range(300)])
        publish_many("plan.created", [])
    assert [subject for _, _, subject, _ in rows(OUTBOX)] == [str(n) for n in range(300)]


def test_what_is_rolled_back_was_never_published(alpha: Any, rows: Rows) -> None:
    with tenant_context(alpha):
        with pytest.raises(ZeroDivisionError):
            with transaction.atomic():
                publish("plan.created", {})
                raise ZeroDivisionError
    assert rows(OUTBOX) == []


def test_publishing_without_a_transaction_is_refused(alpha: Any, rows: Rows) -> None:
    with tenant_context(alpha), pytest.raises(TransactionManagementError):
        publish("plan.created", {})
    assert rows(OUTBOX) == []


def test_publishing_without_a_context_is_refused(world: Any) -> None:
    with transaction.atomic(), pytest.raises(ContextRequired):
        publish("plan.created", {})


@pytest.mark.parametrize("event_type", ["plan", "Plan.created", "plan.created\n", "a.b;", ".x", ""])
def test_a_type_that_is_not_one_is_refused(alpha: Any, event_type: str) -> None:
    with tenant_context(alpha), transaction.atomic(), pytest.raises(ValueError, match="event type"):
        publish(event_type, {})


@pytest.mark.parametrize(
    "payload",
    [
        {"password": "x"},
        {"Secret": "x"},
        {"secret_encrypted": "x"},
        {"token": "x"},
        {"private_key": "x"},
        {"nas": {"secret": "x"}},
        {"users": [{"name": "a"}, {"owner_password": "x"}]},
    ],
)
def test_a_secret_is_refused_at_any_depth(alpha: Any, payload: Any) -> None:
    with tenant_context(alpha), transaction.atomic(), pytest.raises(SecretInPayload):
        publish("plan.created", payload)


def test_that_a_password_was_changed_may_be_told(alpha: Any, rows: Rows) -> None:
    with tenant_context(alpha), transaction.atomic():
        publish("user.updated", {"password_changed": True})
    assert len(rows(OUTBOX)) == 1


@pytest.mark.parametrize("payload", [{"x": "y" * MAX_OCTETS}, {"x": float("nan")}])
def test_what_cannot_be_published_is_refused_before_the_database(alpha: Any, payload: Any) -> None:
    with tenant_context(alpha), transaction.atomic():
        with pytest.raises(ValueError, match=r"JSON|octets"):
            publish("plan.created", payload)
        publish("plan.created", {})
