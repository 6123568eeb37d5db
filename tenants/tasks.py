"""What only the worker with the owner's login may do: provisioning, deletion, partitions."""

from collections.abc import Sequence

from wificore.kernel.db.context import current
from wificore.kernel.queues import DDL_QUEUE
from wificore.kernel.tasks import platform_task, tenant_task

from . import orders, partitioning


@platform_task(queue=DDL_QUEUE)
def carry_out(slug: str) -> None:
    """Do what is ordered for a tenant."""
    orders.carry_out(slug)


@tenant_task(queue=DDL_QUEUE)
def tables_begin(tables: Sequence[str]) -> None:
    """Make a feature's lazy tables ready; its app sends this when the tenant begins with it."""
    partitioning.tables_begin(current().schema, tables)
