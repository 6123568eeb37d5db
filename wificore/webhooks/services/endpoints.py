"""Writes: endpoints."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from wificore.access.guard import By
from wificore.events.visibility import Viewer
from wificore.kernel.api.errors import DomainError
from wificore.kernel.audit import record
from wificore.kernel.changes import announce, snapshot, stored
from wificore.kernel.crypto import encrypt
from wificore.kernel.events import publish

from ..acting import act_for, viewer
from ..addresses import url_mistake
from ..conf import MAX_ENDPOINTS, OVERLAP
from ..filters import mistake
from ..models import DeliveryState, DisabledReason, Endpoint
from ..selectors import endpoints, pending
from ..signing import new_secret

# What events and audit tell of an endpoint.
TOLD = (
    "url", "description", "event_types", "api_version", "enabled", "disabled_reason", "acts_for",
    "abilities",
)  # fmt: skip
ABOUT = ("url", "description")
BOOK_KEEPING = ("failures", "failing_since", "quiet_until", "disabled_at", "disabled_reason")
CHANGED = (*TOLD, *BOOK_KEEPING[:-1], "updated_at")
MAX_OVERLAP = timedelta(days=7)
GIVEN_UP = {
    DisabledReason.PERSON: "The endpoint was disabled before this could be sent.",
    DisabledReason.GONE: "The endpoint was disabled: its server answered 410 Gone.",
    DisabledReason.FAILING: "The endpoint was disabled: it only failed for days.",
}
DELETED = "The endpoint was deleted before this could be sent."


class EndpointInvalid(DomainError):
    """An endpoint cannot be like this."""

    code = "validation_error"


class EndpointsFull(DomainError):
    """The tenant has as many as it may have: every event is compared with each."""

    status = 409
    code = "too_many"


class NotEnabled(DomainError):
    """Nothing is sent to a disabled endpoint."""

    status = 409
    code = "conflict"


def endpoint_create(
    *, url: str, event_types: list[str], description: str = "", enabled: bool = True, by: By
) -> tuple[Endpoint, str]:
    """A new endpoint, and its secret, which nobody sees again.

    Raises:
        EndpointInvalid: the URL or a filter cannot be.
        EndpointsFull: there are `MAX_ENDPOINTS`.
    """
    secret = new_secret()
    endpoint = Endpoint(
        url=url,
        event_types=event_types,
        description=description,
        enabled=enabled,
        disabled_reason="" if enabled else DisabledReason.PERSON,
        sealed_secret=encrypt(secret),
    )
    if Endpoint.objects.count() >= MAX_ENDPOINTS:
        raise EndpointsFull(f"An organisation has {MAX_ENDPOINTS} endpoints at most: delete one.")
    return endpoint_save(endpoint=endpoint, by=by), secret


def endpoint_save(*, endpoint: Endpoint, by: By) -> Endpoint:
    """Store a changed endpoint. From now on it has the rights of whoever saves it.

    Raises:
        EndpointInvalid: the URL or a filter cannot be.
    """
    act_for(endpoint, by)
    with transaction.atomic():
        old = stored(endpoint, TOLD)
        _check(endpoint)
        if old and old["enabled"] != endpoint.enabled:
            _switched(endpoint)
        elif old:
            endpoint.refresh_from_db(fields=BOOK_KEEPING)
        # A change leaves alone what runners and rotations write meanwhile.
        endpoint.save(update_fields=None if old is None else CHANGED)
        event = "webhook.created" if old is None else "webhook.updated"
        announce(event, endpoint.pk, old=old, new=snapshot(endpoint, TOLD))
    return endpoint


def endpoint_enable(*, endpoint: Endpoint, by: By) -> Endpoint:
    """Send to it again, at once; raises EndpointInvalid."""
    endpoint.enabled = True
    return endpoint_save(endpoint=endpoint, by=by)


def endpoint_disable(*, endpoint: Endpoint, reason: DisabledReason) -> None:
    """The system gives it up; what waits for it has failed."""
    with transaction.atomic():
        row = endpoints().select_for_update(of=("self",)).filter(pk=endpoint.pk).first()
        if row is None or not row.enabled:
            return
        old = snapshot(row, TOLD)
        since = row.failing_since
        row.enabled, row.disabled_reason = False, reason
        row.disabled_at = timezone.now()
        row.save()
        failed = _give_up(row, GIVEN_UP[reason])
        record("webhook.disabled", "webhook", row.pk, old, snapshot(row, TOLD))
        told = {"reason": reason, "failing_since": since, "failed_count": failed}
        about = {"id": row.pk, **snapshot(row, ABOUT), **told}
        publish("webhook.disabled", about, subject=str(row.pk))


def endpoint_delete(*, endpoint: Endpoint) -> None:
    """Forget it; the log of what it got stays."""
    with transaction.atomic():
        key, old = endpoint.pk, snapshot(endpoint, TOLD)
        _give_up(endpoint, DELETED)
        endpoint.delete()
        announce("webhook.deleted", key, old=old)


def endpoint_rotate(*, endpoint: Endpoint, overlap: timedelta = OVERLAP) -> str:
    """A new secret, shown once; the present one signs as well for the time of `overlap`.

    Raises:
        EndpointInvalid: the overlap is negative or longer than `MAX_OVERLAP`.
    """
    if not timedelta() <= overlap <= MAX_OVERLAP:
        raise EndpointInvalid("Give 0 to 168 hours.", field="overlap_hours")
    secret = new_secret()
    with transaction.atomic():
        row = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
        until = timezone.now() + overlap
        row.sealed_old_secret, row.old_secret_until = row.sealed_secret, until
        row.sealed_secret = encrypt(secret)
        row.save(update_fields=["sealed_secret", "sealed_old_secret", "old_secret_until"])
        announce("webhook.rotated", row.pk, new={"secret_changed": True, "both_until": until})
    return secret


def endpoint_test(*, endpoint: Endpoint) -> None:
    """Send it an event of its own, whatever its filters are; raises NotEnabled."""
    if not endpoint.enabled:
        raise NotEnabled("Enable the endpoint first.")
    with transaction.atomic():
        announce("webhook.tested", endpoint.pk, new=snapshot(endpoint, ABOUT))


def _check(endpoint: Endpoint) -> None:
    if wrong := url_mistake(endpoint.url):
        raise EndpointInvalid(wrong, field="url")
    if len(endpoint.description) > 200 or not endpoint.description.isprintable():
        raise EndpointInvalid("Give at most 200 printable characters.", field="description")
    if wrong := mistake(endpoint.event_types, _visible(endpoint)):
        raise EndpointInvalid(wrong, field="event_types")


def _visible(endpoint: Endpoint) -> list[str]:
    whose: Viewer | None = viewer(endpoint)
    return whose.types() if whose else []


def _switched(endpoint: Endpoint) -> None:
    """What else changes when somebody enables or disables it."""
    now: datetime | None = None if endpoint.enabled else timezone.now()
    endpoint.disabled_reason = "" if endpoint.enabled else DisabledReason.PERSON
    endpoint.disabled_at = now
    endpoint.failures, endpoint.failing_since, endpoint.quiet_until = 0, None, None
    if not endpoint.enabled:
        _give_up(endpoint, GIVEN_UP[DisabledReason.PERSON])


def _give_up(endpoint: Endpoint, error: str) -> int:
    """All that waits for it has failed; returns how many."""
    changes: dict[str, Any] = {"state": DeliveryState.FAILED, "error": error}
    rows = pending().filter(endpoint_id=endpoint.pk)
    return rows.update(finished_at=timezone.now(), **changes)
