"""What beat finds to do: lost messages, questions that are due, old strangers (processing.py)."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import World
from tests.transactions.payments.conftest import StandIn, open_account
from tests.transactions.payments.doors import PHONE, UNIT, Money, asked, new_wallet, posted
from transactions.payments import processing, services
from transactions.payments.asking import next_ask
from transactions.payments.gateways.mpesa import bodies
from transactions.payments.models import InboxDoor, InboxMessage, Payment, PaymentState

NOW = datetime(2026, 11, 21, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def ordered() -> Payment:
    row = Payment(
        wallet=new_wallet(), provider="mpesa", amount_micro=100 * UNIT, currency="KES", phone=PHONE
    )
    return services.payment_create(payment=row)


def state() -> str:
    return str(Payment.objects.get().state)


def test_an_order_whose_message_was_lost_is_sent_by_beat(inside: World) -> None:
    payment = ordered()
    assert processing.orders_lost() == []
    ago = datetime.now(UTC) - timedelta(seconds=30)
    Payment.objects.update(created_at=ago)
    assert processing.orders_lost() == [payment.pk]


def test_an_order_that_nobody_sent_in_time_is_given_up(inside: World) -> None:
    ordered()
    Payment.objects.update(created_at=LONG_AGO)
    assert processing.orders_lost() == []
    assert state() == PaymentState.FAILED


def test_an_order_whose_sender_died_is_unknown_and_never_sent_again(
    inside: World, stand_in: StandIn
) -> None:
    open_account(stand_in.url)
    payment = ordered()
    services.payment_sending(payment=payment.pk)  # and then the worker is killed
    Payment.objects.update(sent_at=LONG_AGO, created_at=LONG_AGO)
    assert processing.orders_lost() == []
    assert state() == PaymentState.UNKNOWN
    processing.order_send(payment.pk)
    assert Payment.objects.get().checkout_id is None


def test_money_that_comes_for_such_an_order_shows_it_as_paid(inside: World) -> None:
    payment = ordered()
    services.payment_sending(payment=payment.pk)
    services.payment_unsure(payment=payment.pk, text="no answer")
    Money(payment.wallet).by("c2b")
    assert state() == PaymentState.PAID
    assert posted(payment.wallet) == 100


def test_what_is_pending_for_two_minutes_is_asked_about(inside: World, stand_in: StandIn) -> None:
    open_account(stand_in.url)
    payment = asked(new_wallet())
    assert processing.questions_due() == []
    # The stand-in says of this number that it paid.
    Payment.objects.update(next_ask_at=LONG_AGO, checkout_id="ws_CO_700112345")
    assert processing.questions_due() == [payment.pk]
    processing.payment_ask(payment.pk)
    assert (state(), posted(payment.wallet)) == (PaymentState.PAID, 100)
    assert processing.questions_due() == []


def test_what_is_still_being_processed_is_asked_about_later(
    inside: World, stand_in: StandIn
) -> None:
    open_account(stand_in.url)
    payment = asked(new_wallet())
    Payment.objects.update(next_ask_at=LONG_AGO, checkout_id="ws_CO_700012345")
    processing.payment_ask(payment.pk)
    row = Payment.objects.get()
    assert (row.state, row.asks) == (PaymentState.PENDING, 1)
    assert row.next_ask_at is not None
    assert row.next_ask_at > datetime.now(UTC) + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("asks", "minutes"), [(0, 2), (1, 4), (4, 32), (5, 60), (9, 60), (1000, 60)]
)
def test_questions_become_rarer(asks: int, minutes: int) -> None:
    assert next_ask(NOW, asks=asks, created_at=NOW) == NOW + timedelta(minutes=minutes)


def test_after_two_days_nobody_asks_any_more() -> None:
    assert next_ask(NOW, asks=60, created_at=NOW - timedelta(hours=49)) is None


def test_a_message_whose_task_was_lost_is_found_again(inside: World) -> None:
    message = services.inbox_keep(door=InboxDoor.STK, body=b"{}")
    assert processing.messages_left() == []
    InboxMessage.objects.update(received_at=LONG_AGO)
    assert processing.messages_left() == [message.pk]
    processing.message_take(message.pk)
    assert processing.messages_left() == []


def test_what_strangers_sent_is_forgotten_and_the_rest_is_kept(inside: World) -> None:
    services.inbox_keep(door=InboxDoor.STK, body=b"{}", rejected="wrong")
    services.inbox_keep(door=InboxDoor.STK, body=b"{}")
    InboxMessage.objects.update(received_at=LONG_AGO)
    services.inbox_keep(door=InboxDoor.STK, body=b"{}", rejected="wrong")
    services.inbox_forget()
    assert InboxMessage.objects.count() == 2


def test_the_nightly_pull_credits_what_no_callback_told(inside: World, stand_in: StandIn) -> None:
    open_account(stand_in.url)
    wallet = new_wallet()
    known = Money(wallet)
    known.by("c2b")
    for receipt, account in ((known.receipt, wallet.account_no), ("SJKNEW1234", "nobody")):
        row = bodies.pulled_row(receipt, PHONE.lstrip("+"), "100", account)
        stand_in.daraja.paid.append(("600638", row))
    row = bodies.pulled_row("SJKNEW5678", PHONE.lstrip("+"), "100", wallet.account_no)
    stand_in.daraja.paid.append(("600638", row))
    assert processing.pull() == {"duplicate": 1, "suspense": 1, "credited": 1}
    assert posted(wallet) == 200
    assert processing.pull() == {"duplicate": 3}


def test_without_an_account_nothing_is_pulled(inside: World) -> None:
    assert processing.pull() == {}
