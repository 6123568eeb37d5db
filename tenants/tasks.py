"""The owner's worker: provisioning, deletion, partitions. Any worker: mails to askers."""

from collections.abc import Sequence

from wificore.kernel.db.context import current
from wificore.kernel.mail import TRANSIENT
from wificore.kernel.queues import DDL_QUEUE
from wificore.kernel.tasks import platform_task, tenant_task

from . import orders, partitioning
from .sign_up.mail import sign_up_mail as mail_asker


@platform_task(queue=DDL_QUEUE)
def carry_out(slug: str) -> None:
    """Do what is ordered for a tenant."""
    orders.carry_out(slug)


@tenant_task(queue=DDL_QUEUE)
def tables_begin(tables: Sequence[str]) -> None:
    """Make a feature's lazy tables ready; its app sends this when the tenant begins with it."""
    partitioning.tables_begin(current().schema, tables)


@platform_task(autoretry_for=TRANSIENT, retry_backoff=5, max_retries=6)
def sign_up_mail(number: int) -> None:
    """Write to somebody who asked for a tenant."""
    mail_asker(number)
