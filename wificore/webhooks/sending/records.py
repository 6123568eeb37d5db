"""What becomes of a delivery and its endpoint after an attempt.

A failing endpoint is left alone for longer and longer, up to five minutes: what waits for it does
not use its tries up while nobody is there, and it holds few of the runner's threads.
"""

import random
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest, Now
from django.utils import timezone

from ..conf import BACK_OFF, JITTER
from ..models import MAX_ERROR, Delivery, DeliveryState, DisabledReason, Endpoint
from ..services import endpoint_disable
from .request import Outcome

GONE = 410
SAYS_WHEN = (429, 503)
LONGEST_QUIET = timedelta(minutes=5)
LONGEST_RETRY_AFTER = timedelta(hours=1)
# Replays add more; older ones are dropped.
MAX_ATTEMPTS = 20
REFUSED = "Whoever the endpoint acts for may not see this event (any more)."


def record(delivery: Delivery, url: str, outcome: Outcome) -> None:
    """Write what came of one attempt."""
    with transaction.atomic():
        rows = Delivery.objects.filter(event_at=delivery.event_at, pk=delivery.pk)
        row = rows.select_for_update().first()
        if row is None:  # its partition was dropped meanwhile
            return
        row.attempts = [*row.attempts, attempt(url, outcome)][-MAX_ATTEMPTS:]
        row.status, row.error = outcome.status, outcome.error[:MAX_ERROR]
        if outcome.delivered:
            _finish(row, DeliveryState.DELIVERED)
        elif outcome.status == GONE:
            _finish(row, DeliveryState.FAILED)
        else:
            _try_again(row)
        rows.update(**{name: getattr(row, name) for name in WRITTEN})
    if outcome.delivered:
        _works(delivery.endpoint_id)
    else:
        _fails(delivery.endpoint_id, outcome)


WRITTEN = ("attempts", "status", "error", "state", "tries", "due_at", "finished_at")


def refuse(delivery: Delivery) -> None:
    """It is not sent: rights have changed since it was stored."""
    failed: dict[str, Any] = {"state": DeliveryState.FAILED, "error": REFUSED}
    rows = Delivery.objects.filter(event_at=delivery.event_at, pk=delivery.pk)
    rows.update(finished_at=Now(), **failed)


def attempt(url: str, outcome: Outcome) -> dict[str, Any]:
    """One attempt as the log keeps it."""
    return {
        "at": timezone.now(),
        "url": url,
        "status": outcome.status,
        "duration_ms": outcome.duration_ms,
        "error": outcome.error[:MAX_ERROR],
        "response_headers": dict(outcome.headers),
        "response_body": outcome.body,
    }


def _finish(row: Delivery, state: DeliveryState) -> None:
    row.state, row.finished_at = state, timezone.now()


def _try_again(row: Delivery) -> None:
    """Later, by the schedule; a delivery that was disabled meanwhile stays as it is."""
    row.tries += 1
    if row.state != DeliveryState.PENDING:
        return
    if row.tries > len(BACK_OFF):
        _finish(row, DeliveryState.FAILED)
        return
    row.due_at = timezone.now() + spread(BACK_OFF[row.tries - 1])


def spread(wait: timedelta) -> timedelta:
    """Up to a fifth longer, so that what failed together does not come back together."""
    return wait * (1 + JITTER * random.random())  # no secret


def _works(endpoint: int) -> None:
    fine = {"failures": 0, "failing_since": None, "quiet_until": None}
    Endpoint.objects.filter(pk=endpoint, failures__gt=0).update(**fine)


def _fails(endpoint: int, outcome: Outcome) -> None:
    rows = Endpoint.objects.filter(pk=endpoint, enabled=True)
    since = Coalesce(F("failing_since"), Now())
    rows.update(failures=F("failures") + 1, failing_since=since)
    row = rows.first()
    if row is None:
        return
    if outcome.status == GONE:
        endpoint_disable(endpoint=row, reason=DisabledReason.GONE)
    elif _too_long(row):
        endpoint_disable(endpoint=row, reason=DisabledReason.FAILING)
    else:
        until = timezone.now() + max(quiet(row.failures), retry_after(outcome))
        rows.update(quiet_until=Greatest(Coalesce(F("quiet_until"), until), until))


def _too_long(row: Endpoint) -> bool:
    patience = timedelta(days=settings.WEBHOOKS.disable_after_days)
    return row.failing_since is not None and row.failing_since < timezone.now() - patience


def quiet(failures: int) -> timedelta:
    """How long an endpoint is left alone after so many failures in a row: 1, 2, 4 .. 300 s."""
    return min(timedelta(seconds=2 ** min(failures - 1, 20)), LONGEST_QUIET)


def retry_after(outcome: Outcome) -> timedelta:
    """What the answer asks for (RFC 9110, 10.2.3), an hour at most; nothing if it does not."""
    named = {name.lower(): value for name, value in outcome.headers.items()}
    raw = named.get("retry-after", "") if outcome.status in SAYS_WHEN else ""
    return max(timedelta(), min(_wait(raw), LONGEST_RETRY_AFTER))


def _wait(raw: str) -> timedelta:
    if raw.isascii() and raw.isdigit():
        return timedelta(seconds=int(raw[:6]))
    try:
        at: datetime = parsedate_to_datetime(raw)
        return at - timezone.now()
    except (TypeError, ValueError):
        return timedelta()
