"""What workers do: send orders, look at the inbox, ask and pull; harmless to repeat."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from tenants.selectors import identity_of
from wificore.kernel import logging
from wificore.kernel.db.context import current

from . import services
from .asking import next_ask
from .errors import NotOffered
from .gateways.mpesa.callbacks import Reader as MpesaReader
from .gateways.mpesa.callbacks import document, reversal
from .gateways.mpesa.mapping import PAID
from .gateways.provider import Arrival, Away, Door, NotAsked, Order, Uncertain, Unreadable
from .gateways.providers import (
    MPESA,
    PAYSTACK,
    callback_token,
    gateway,
    mpesa_account,
    mpesa_gateway,
    paystack_reader,
)
from .models import InboxDoor, InboxMessage, InboxOutcome, Payment, PaymentState, Suspense

CALLBACKS = "/api/v1/pay/cb"
# An order that nobody sent for so long surprises the payer: it is not sent any more.
STALE = timedelta(minutes=5)
# A sender that says nothing for so long is gone.
SILENT = timedelta(minutes=2)
# A callback may overtake the answer to our own request.
EARLY = timedelta(seconds=60)
PULL_WINDOW = timedelta(hours=47)
AT_ONCE = 200

log = logging.get(__name__)


class TooEarly(Exception):
    """The callback's payment may be one whose request is still under way."""


def callback_base() -> str:
    """Where providers tell this tenant, with its secret."""
    host = identity_of(current().schema).host
    base = str(settings.TENANT_URL).format(host=host).rstrip("/")
    return f"{base}{CALLBACKS}/{callback_token()}"


def order_send(payment: int) -> None:
    """Ask the payer, once."""
    row = services.payment_sending(payment=payment)
    if row is None:
        return
    order = Order(
        reference=row.public_id,
        amount_micro=row.amount_micro,
        currency=row.currency,
        account_ref=row.account_ref,
        phone=row.phone,
        email=row.email,
        callback_base=callback_base(),
    )
    try:
        accepted = gateway(row.provider).order(order)
    except NotAsked as error:
        services.payment_refused(payment=payment, code=error.code, text=error.message)
    except NotOffered as error:
        services.payment_refused(payment=payment, code="", text=error.message)
    except Uncertain as error:
        services.payment_unsure(payment=payment, text=str(error))
    else:
        services.payment_sent(payment=payment, accepted=accepted)


def message_take(message: int) -> None:
    """Look at one message of the inbox. Raises TooEarly."""
    row = InboxMessage.objects.filter(pk=message, outcome=None).first()
    if row is None:
        return
    try:
        if row.door == InboxDoor.REVERSAL:
            _return_take(row)
            return
        provider, door, arrival = _read(row)
    except Unreadable as error:
        services.inbox_done(message=message, outcome=InboxOutcome.REJECTED, note=str(error))
        return
    if _may_be_early(row, provider, arrival):
        raise TooEarly
    taken = services.arrival_take(provider=provider, arrival=arrival, door=door)
    services.inbox_done(message=message, outcome=taken.outcome, note=taken.note)
    if taken.outcome == InboxOutcome.UNKNOWN:
        log.info("payment unknown", checkout_id=arrival.checkout_id, code=arrival.code)


def _read(row: InboxMessage) -> tuple[str, Door, Arrival]:
    body = row.body.encode()
    if row.door == InboxDoor.PAYSTACK:
        return PAYSTACK, Door.WEBHOOK, paystack_reader().read(Door.WEBHOOK, body)
    door = Door.STK if row.door == InboxDoor.STK else Door.C2B
    arrival = MpesaReader().read(door, body)
    account = mpesa_account()
    if arrival.account and arrival.account not in (account.shortcode, account.till):
        raise Unreadable("The short code is not this organisation's.")
    return MPESA, door, arrival


def _may_be_early(row: InboxMessage, provider: str, arrival: Arrival) -> bool:
    """Whether its checkout id is unknown only because a request's answer is still on its way."""
    now = timezone.now()
    if not arrival.checkout_id or now - row.received_at > EARLY:
        return False
    payments = Payment.objects.filter(provider=provider)
    if payments.filter(checkout_id=arrival.checkout_id).exists():
        return False
    under_way = Q(checkout_id=None, sent_at__gte=now - EARLY, state=PaymentState.CREATED)
    return payments.filter(under_way).exists()


def payment_ask(payment: int) -> None:
    """Ask the provider what became of it, and when to ask next."""
    row = Payment.objects.filter(pk=payment).first()
    if row is None or not row.checkout_id or row.state == PaymentState.PAID:
        return
    now = timezone.now()
    later = next_ask(now, asks=row.asks, created_at=row.created_at)
    asked = Payment.objects.filter(pk=payment, asks=row.asks).exclude(state=PaymentState.PAID)
    asked.filter(next_ask_at__isnull=False).update(next_ask_at=later, asks=row.asks + 1)
    try:
        arrival = gateway(row.provider).status(row.checkout_id)
    except (Away, NotOffered) as error:
        log.info("payment not asked", payment=row.public_id, why=str(error))
        return
    services.arrival_take(provider=row.provider, arrival=arrival, door=Door.STATUS)


def return_send(suspense: int) -> None:
    """Ask for money to be given back, once."""
    found = services.return_sending(suspense=suspense)
    if found is None:
        return
    row, url = found.receipt, f"{callback_base()}/reversal"
    try:
        conversation = mpesa_gateway().reverse(
            row.receipt, row.amount_micro, result_url=url, remarks="No such account"
        )
    except NotAsked as error:
        services.return_refused(suspense=suspense, note=error.message)
    except NotOffered as error:
        services.return_refused(suspense=suspense, note=error.message)
    except Uncertain as error:
        log.warning("reversal without an answer", receipt=row.receipt, why=str(error))
    else:
        services.return_sent(suspense=suspense, conversation=conversation)


def returns_lost() -> list[int]:
    """Requests to send now: their message was lost."""
    late = timezone.now() - timedelta(seconds=10)
    rows = Suspense.objects.filter(return_asked_at__lt=late, return_sent_at=None, returned_at=None)
    return list(rows.values_list("pk", flat=True)[:AT_ONCE])


def _return_take(row: InboxMessage) -> None:
    """A reversal's result. Raises Unreadable, TooEarly."""
    result = reversal(document(row.body.encode()))
    taken = services.return_take(
        conversation=result.conversation,
        receipt=result.receipt,
        done=result.code == PAID,
        note=result.text,
    )
    if taken is None:
        now = timezone.now()
        under_way = Suspense.objects.filter(return_sent_at__gte=now - EARLY, return_id=None)
        if now - row.received_at <= EARLY and under_way.exists():
            raise TooEarly
        raise Unreadable("Nobody asked for this reversal.")
    services.inbox_done(message=row.pk, outcome=taken.outcome, note=taken.note)


def pull() -> dict[str, int]:
    """Take what no callback told: all payments of the last two days."""
    account = mpesa_account()
    if not (account.enabled and account.pull_enabled):
        return {}
    now = timezone.now()
    outcomes: dict[str, int] = {}
    for arrival in gateway(MPESA).pull(now - PULL_WINDOW, now):
        taken = services.arrival_take(provider=MPESA, arrival=arrival, door=Door.PULL)
        outcomes[taken.outcome] = outcomes.get(taken.outcome, 0) + 1
    return outcomes


def orders_lost() -> list[int]:
    """Orders to send now: their message was lost. Older ones are given up, written down as such."""
    now = timezone.now()
    created = Payment.objects.filter(state=PaymentState.CREATED)
    for row in created.filter(sent_at__lt=now - SILENT)[:AT_ONCE]:
        services.payment_unsure(payment=row.pk, text="Nobody knows whether the payer was asked.")
    for row in created.filter(sent_at=None, created_at__lt=now - STALE)[:AT_ONCE]:
        services.payment_refused(payment=row.pk, code="", text="It could not be sent in time.")
    late = created.filter(sent_at=None, created_at__lt=now - timedelta(seconds=10))
    return list(late.values_list("pk", flat=True)[:AT_ONCE])


def questions_due() -> list[int]:
    due = Payment.objects.filter(next_ask_at__lte=timezone.now())
    return list(due.order_by("next_ask_at").values_list("pk", flat=True)[:AT_ONCE])


def messages_left() -> list[int]:
    """Messages whose task was lost, or not done."""
    before = timezone.now() - timedelta(seconds=5)
    left = InboxMessage.objects.filter(outcome=None, received_at__lt=before)
    return list(left.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
