"""Provisioning and deletion, on the one worker with the owner's login; mails to askers."""

from wificore.kernel.mail import TRANSIENT
from wificore.kernel.queues import DDL_QUEUE
from wificore.kernel.tasks import platform_task

from . import orders
from .sign_up.mail import sign_up_mail as mail_asker


@platform_task(queue=DDL_QUEUE)
def carry_out(slug: str) -> None:
    """Do what is ordered for a tenant."""
    orders.carry_out(slug)


@platform_task(autoretry_for=TRANSIENT, retry_backoff=5, max_retries=6)
def sign_up_mail(number: int) -> None:
    """Write to somebody who asked for a tenant."""
    mail_asker(number)
