"""Background work: what is due leaves, tenant by tenant."""

from datetime import timedelta

from django.utils import timezone

from wificore.kernel.queues import OUTBOUND_QUEUE
from wificore.kernel.tasks import tenant_task

from .sending.queue import next_due
from .sending.runner import Runner

# What is due later than this is left to beat, which looks every 30 seconds.
SOON = timedelta(seconds=30)


@tenant_task(queue=OUTBOUND_QUEUE)
def send_due() -> None:
    """Send what is due for this tenant; harmless to ask for twice."""
    if not Runner(more=send_due.enqueue).run():
        return
    at = next_due()
    if at is not None and (pause := max(at - timezone.now(), timedelta())) <= SOON:
        send_due.send(countdown=pause.total_seconds())
