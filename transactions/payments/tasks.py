"""Background work of payments."""

from typing import Any

from django.db import InterfaceError, OperationalError

from wificore.kernel.queues import OUTBOUND_QUEUE
from wificore.kernel.tasks import tenant_task

from . import processing
from .services import inbox_forget

# Daraja has 25 s for an answer, three times for a question and its token.
CALL_S, GRACE_S = 180, 30
AWAY = (OperationalError, InterfaceError)
EARLY_S = 1


@tenant_task(queue=OUTBOUND_QUEUE, soft_time_limit=CALL_S, time_limit=CALL_S + GRACE_S)
def send_order(payment: int) -> None:
    """Ask a payer; the order is claimed, so that it leaves once."""
    processing.order_send(payment)


@tenant_task(
    bind=True,
    autoretry_for=AWAY,
    retry_backoff=2,
    retry_backoff_max=60,
    max_retries=100,
)
def take_message(self: Any, message: int) -> None:
    """Look at one message of the inbox."""
    try:
        processing.message_take(message)
    except processing.TooEarly:
        raise self.retry(countdown=EARLY_S) from None


@tenant_task(queue=OUTBOUND_QUEUE, soft_time_limit=CALL_S, time_limit=CALL_S + GRACE_S)
def ask_payment(payment: int) -> None:
    """Ask a provider what became of a payment."""
    processing.payment_ask(payment)


@tenant_task(queue=OUTBOUND_QUEUE, soft_time_limit=CALL_S, time_limit=CALL_S + GRACE_S)
def send_return(suspense: int) -> None:
    """Ask a provider to give money back; the request is claimed, so that it leaves once."""
    processing.return_send(suspense)


@tenant_task(queue=OUTBOUND_QUEUE, soft_time_limit=600, time_limit=660)
def pull_payments() -> None:
    """The nightly pull of one tenant."""
    processing.pull()


def payments_due() -> None:
    """Send what was not sent, look at what was not looked at, ask what is due (beat)."""
    for payment in processing.orders_lost():
        send_order.enqueue(payment)
    for suspense in processing.returns_lost():
        send_return.enqueue(suspense)
    for message in processing.messages_left():
        take_message.enqueue(message)
    for payment in processing.questions_due():
        ask_payment.enqueue(payment)


def payments_pull() -> None:
    """Have the tenant's payments pulled, by a worker that may wait for others' servers (beat)."""
    pull_payments.enqueue()


def payments_forget() -> None:
    """Delete what strangers sent long ago (beat)."""
    inbox_forget()
