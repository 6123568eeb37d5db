"""Background work of notifications."""

from collections.abc import Mapping
from typing import Any

from django.db import InterfaceError, OperationalError

from wificore.kernel.tasks import tenant_task

from .incident import incident_of
from .routing import people
from .services import notifications_create

AWAY = (OperationalError, InterfaceError)


@tenant_task(autoretry_for=AWAY, retry_backoff=2, retry_backoff_max=600, max_retries=20)
def notify(event_id: int, event_type: str, subject: str, payload: Mapping[str, Any]) -> None:
    """Tell whom it concerns; harmless to repeat."""
    incident = incident_of(
        event_id=event_id, event_type=event_type, subject=subject, payload=payload
    )
    if incident is None:
        return  # sent by another release, which had this kind
    notifications_create(incident=incident, people=people(incident))
