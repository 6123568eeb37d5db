"""The task behind provisioning and deletion, on the one worker with the owner's login."""

from wificore.kernel.queues import DDL_QUEUE
from wificore.kernel.tasks import platform_task

from . import orders


@platform_task(queue=DDL_QUEUE)
def carry_out(slug: str) -> None:
    """Do what is ordered for a tenant."""
    orders.carry_out(slug)
