"""/api/v1/pay/cb/: stored first, answered at once, then looked at (API-CONTRACT 2)."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from tests.conftest import World
from tests.transactions.payments.conftest import SHORTCODE, Paybill, open_account
from tests.transactions.payments.doors import (
    PHONE,
    UNIT,
    asked,
    new_wallet,
    posted,
    stk_body,
)
from tests.transactions.payments.published import octets
from tests.transactions.threads import together
from transactions.payments import processing, services
from transactions.payments.gateways.mpesa import bodies
from transactions.payments.gateways.paystack.callbacks import HEADER, signature
from transactions.payments.gateways.provider import Accepted
from transactions.payments.models import InboxMessage, Payment, PaymentState, Receipt, Suspense
from transactions.wallets.models import Wallet
from wificore.kernel.db.context import tenant_context

ACCEPTED = {"ResultCode": 0, "ResultDesc": "Accepted"}


def post(paybill: Paybill, door: str, body: bytes, **extra: Any) -> Any:
    client = Client(headers={"host": "alpha.localhost"}, raise_request_exception=False)
    return client.post(paybill.path(door), body, content_type="application/json", **extra)


def worked() -> list[str | None]:
    """A worker's turn: every message that waits; the outcomes of all, oldest first."""
    rows = InboxMessage.objects.order_by("pk")
    for key in rows.filter(outcome=None).values_list("pk", flat=True):
        processing.message_take(key)
    return list(rows.values_list("outcome", flat=True))


def confirmation(wallet: Wallet | None, receipt: str, **other: Any) -> bytes:
    account = wallet.account_no if wallet else "nobody"
    body = bodies.confirmation(receipt, SHORTCODE, PHONE.lstrip("+"), "100", account)
    return json.dumps({**body, **other}).encode()


def test_a_callback_is_stored_and_answered_before_anybody_looks(
    inside: World, paybill: Paybill
) -> None:
    payment = asked(new_wallet())
    answer = post(paybill, "stk", stk_body(payment, "SJK1", 100))
    assert (answer.status_code, answer.json()) == (200, ACCEPTED)
    message = InboxMessage.objects.get()
    assert (message.outcome, message.processed_at) == (None, None)
    assert (message.checkout_id, message.receipt) == (payment.checkout_id, "SJK1")
    assert worked() == ["credited"]
    payment.refresh_from_db()
    assert (payment.state, payment.receipt, payment.result_code) == ("paid", "SJK1", "0")
    assert posted(payment.wallet) == 100


@pytest.mark.parametrize("door", ["stk", "c2b/confirmation", "c2b/validation", "paystack"])
def test_a_wrong_token_is_404_and_kept_as_rejected(
    inside: World, paybill: Paybill, door: str
) -> None:
    payment = asked(new_wallet())
    answer = post(Paybill("0" * 40), door, stk_body(payment, "SJK1", 100))
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"
    assert worked() == ["rejected"]
    payment.refresh_from_db()
    assert (payment.state, posted(payment.wallet)) == (PaymentState.PENDING, 0)


def test_betas_token_is_worthless_at_alpha(inside: World, paybill: Paybill) -> None:
    payment = asked(new_wallet())
    with tenant_context(inside.beta):
        betas = open_account()
    assert post(betas, "stk", stk_body(payment, "SJK1", 100)).status_code == 404
    with tenant_context(inside.beta):
        assert not InboxMessage.objects.exists()
        assert not Payment.objects.exists()


def test_an_address_that_is_not_on_the_list_is_a_stranger(inside: World, paybill: Paybill) -> None:
    payment = asked(new_wallet())
    body = stk_body(payment, "SJK1", 100)
    assert post(paybill, "stk", body, REMOTE_ADDR="203.0.113.9").status_code == 404
    assert post(paybill, "stk", body, REMOTE_ADDR="196.201.214.200").status_code == 200
    assert worked() == ["rejected", "credited"]


def test_strangers_fill_no_disk(inside: World, paybill: Paybill, settings: Any) -> None:
    settings.PAYMENTS = replace(settings.PAYMENTS, strangers_per_minute=3)
    for _ in range(9):
        assert post(Paybill("0" * 40), "stk", b"{}").status_code == 404
    assert 3 <= InboxMessage.objects.count() <= 6  # a minute may end in between


@pytest.mark.parametrize("body", [b"", b"not json", b"\x00\xff", b'{"Body":'])
def test_a_body_that_is_not_json_is_400_and_kept(
    inside: World, paybill: Paybill, body: bytes
) -> None:
    assert post(paybill, "stk", body).status_code == 400
    assert worked() == ["rejected"]


@pytest.mark.parametrize(
    "body", [b"[]", b"{}", b"3", b"null", b'{"Body": {"stkCallback": {"ResultCode": {}}}}']
)
def test_json_that_is_not_darajas_is_kept_and_rejected(
    inside: World, paybill: Paybill, body: bytes
) -> None:
    for door in ("stk", "c2b/confirmation"):
        assert post(paybill, door, body).status_code == 200
    assert worked() == ["rejected", "rejected"]


def test_a_body_that_is_too_large_is_413(inside: World, paybill: Paybill) -> None:
    assert post(paybill, "stk", b'"' + b"x" * 70_000 + b'"').status_code == 413
    assert post(paybill, "stk", b'"' + b"x" * 3_000_000 + b'"').status_code == 413


def test_only_post_is_answered(world: World, paybill: Paybill) -> None:
    client = Client(headers={"host": "alpha.localhost"})
    assert client.get(paybill.path("stk")).status_code == 405


def test_a_success_of_another_amount_changes_nothing(inside: World, paybill: Paybill) -> None:
    payment = asked(new_wallet())
    for amount in (99, 101, 10_000):
        assert post(paybill, "stk", stk_body(payment, f"SJK{amount}", amount)).status_code == 200
    assert worked() == ["rejected"] * 3
    payment.refresh_from_db()
    assert (payment.state, posted(payment.wallet)) == (PaymentState.PENDING, 0)
    assert not Receipt.objects.exists()


def test_a_success_with_a_checkout_id_of_nobodys_changes_nothing(
    inside: World, paybill: Paybill
) -> None:
    assert post(paybill, "stk", octets("daraja/stk_callback_paid")).status_code == 200
    assert worked() == ["rejected"]
    assert not Receipt.objects.exists()


def test_a_success_without_a_receipt_is_unknown_and_asked_about(
    inside: World, paybill: Paybill
) -> None:
    payment = asked(new_wallet())
    body = json.loads(stk_body(payment, "SJK1", 100))
    del body["Body"]["stkCallback"]["CallbackMetadata"]
    post(paybill, "stk", json.dumps(body).encode())
    assert worked() == ["unknown"]
    payment.refresh_from_db()
    assert (payment.state, posted(payment.wallet)) == (PaymentState.UNKNOWN, 0)
    assert payment.next_ask_at is not None


def failure(payment: Payment, code: int) -> bytes:
    ids = {"MerchantRequestID": "1", "CheckoutRequestID": payment.checkout_id or ""}
    return json.dumps(bodies.stk_failure(ids, str(code), "words")).encode()


def test_a_late_success_credits_a_payment_that_had_failed(inside: World, paybill: Paybill) -> None:
    payment = asked(new_wallet())
    post(paybill, "stk", failure(payment, 1037))
    assert worked() == ["failed"]
    payment.refresh_from_db()
    assert (payment.state, payment.result_code) == (PaymentState.FAILED, "1037")
    post(paybill, "stk", stk_body(payment, "SJK1", 100))
    assert worked() == ["failed", "credited"]
    payment.refresh_from_db()
    assert (payment.state, posted(payment.wallet)) == (PaymentState.PAID, 100)


def test_a_late_failure_takes_nothing_from_a_paid_payment(inside: World, paybill: Paybill) -> None:
    payment = asked(new_wallet())
    post(paybill, "stk", stk_body(payment, "SJK1", 100))
    post(paybill, "stk", failure(payment, 1032))
    assert worked() == ["credited", "duplicate"]
    payment.refresh_from_db()
    assert (payment.state, posted(payment.wallet)) == (PaymentState.PAID, 100)


def test_a_code_that_we_do_not_know_makes_it_unknown(inside: World, paybill: Paybill) -> None:
    payment = asked(new_wallet())
    post(paybill, "stk", failure(payment, 4242))
    assert worked() == ["unknown"]
    payment.refresh_from_db()
    assert payment.state == PaymentState.UNKNOWN


def test_the_same_callback_many_times_at_once_credits_once(inside: World, paybill: Paybill) -> None:
    payment = asked(new_wallet())
    for _ in range(8):
        post(paybill, "stk", stk_body(payment, "SJK1", 100))
        post(paybill, "c2b/confirmation", confirmation(payment.wallet, "SJK1"))
    keys = list(InboxMessage.objects.values_list("pk", flat=True))
    together(inside.alpha, [lambda key=key: processing.message_take(key) for key in keys])
    assert sorted(worked()) == ["credited"] + ["duplicate"] * 15  # type: ignore[type-var]
    assert posted(payment.wallet) == 100


def test_a_callback_that_overtakes_the_answer_to_our_request_waits_for_it(
    inside: World, paybill: Paybill
) -> None:
    wallet = new_wallet()
    row = Payment(
        wallet=wallet, provider="mpesa", amount_micro=100 * UNIT, currency="KES", phone=PHONE
    )
    payment = services.payment_create(payment=row)
    services.payment_sending(payment=payment.pk)
    ahead = Payment(checkout_id="ws_CO_ahead", merchant_request_id="1", amount_micro=100 * UNIT)
    post(paybill, "stk", stk_body(ahead, "SJK1", 100))
    message = InboxMessage.objects.get()
    with pytest.raises(processing.TooEarly):
        processing.message_take(message.pk)
    accepted = Accepted("ws_CO_ahead", "1")
    services.payment_sent(payment=payment.pk, accepted=accepted)
    assert worked() == ["credited"]
    assert posted(wallet) == 100


def test_a_confirmation_credits_the_account_that_the_payer_typed(
    inside: World, paybill: Paybill
) -> None:
    wallet = new_wallet()
    post(paybill, "c2b/confirmation", confirmation(wallet, "SJK1"))
    spaced = f" {wallet.account_no} "
    post(paybill, "c2b/confirmation", confirmation(wallet, "SJK2", BillRefNumber=spaced))
    assert worked() == ["credited", "credited"]
    assert posted(wallet) == 200


def test_an_account_of_nobodys_goes_to_suspense_once(inside: World, paybill: Paybill) -> None:
    for _ in range(2):
        post(paybill, "c2b/confirmation", confirmation(None, "SJK1"))
    assert worked() == ["suspense", "duplicate"]
    found = Suspense.objects.get()
    assert (found.receipt.receipt, found.receipt.account_ref) == ("SJK1", "nobody")


@pytest.mark.parametrize(
    "other",
    [
        {"TransAmount": "0"},
        {"TransAmount": "-5"},
        {"TransAmount": "many"},
        {"TransAmount": None},
        {"TransID": ""},
        {"TransID": {"a": 1}},
        {"BusinessShortCode": "999999"},
    ],
)
def test_a_confirmation_that_cannot_be_is_rejected(
    inside: World, paybill: Paybill, other: dict[str, Any]
) -> None:
    wallet = new_wallet()
    post(paybill, "c2b/confirmation", confirmation(wallet, "SJK1", **other))
    assert worked() == ["rejected"]
    assert posted(wallet) == 0


def test_part_of_a_unit_is_kept_in_suspense(inside: World, paybill: Paybill) -> None:
    wallet = new_wallet()
    post(paybill, "c2b/confirmation", confirmation(wallet, "SJK1", TransAmount="10.50"))
    assert worked() == ["suspense"]
    assert Suspense.objects.get().receipt.amount_micro == 10_500_000


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({}, "0"),
        ({"BillRefNumber": "nobody"}, "C2B00012"),
        ({"TransAmount": "0"}, "C2B00013"),
        ({"TransAmount": "1.50"}, "C2B00013"),
        ({"TransAmount": "x"}, "C2B00013"),
        ({"BusinessShortCode": "999999"}, "C2B00015"),
        ({"TransID": ""}, "0"),
    ],
)
def test_validation_says_what_is_wrong(
    inside: World, paybill: Paybill, other: dict[str, Any], code: str
) -> None:
    answer = post(paybill, "c2b/validation", confirmation(new_wallet(), "SJK1", **other))
    assert answer.status_code == 200
    assert answer.json()["ResultCode"] == code
    assert not Receipt.objects.exists()


def test_paystack_is_believed_by_its_signature_over_the_raw_octets(
    inside: World, paybill: Paybill, paystack_key: str
) -> None:
    wallet = new_wallet()
    payment = Payment.objects.create(
        wallet=wallet,
        provider="paystack",
        amount_micro=100 * UNIT,
        currency="KES",
        checkout_id="T173424527684156",
        state="pending",
    )
    body = octets("paystack/charge_success_terminal")
    signed = {HEADER: signature(paystack_key, body)}
    url = paybill.path("paystack")
    client = Client(headers={"host": "alpha.localhost"})

    def send(content: bytes, headers: dict[str, str]) -> int:
        kind = "application/json"
        return client.post(url, content, content_type=kind, headers=headers).status_code

    assert send(body, {}) == 401
    assert send(body, {HEADER: signature("sk_other", body)}) == 401
    assert send(body, {HEADER: "\u00fc"}) == 401
    # The same JSON in other octets.
    assert send(json.dumps(json.loads(body)).encode(), signed) == 401
    assert send(body, signed) == 200
    assert send(body, signed) == 200
    assert worked() == [*["rejected"] * 4, "credited", "duplicate"]
    payment.refresh_from_db()
    assert (payment.state, payment.receipt, posted(wallet)) == ("paid", "4677002219", 100)


def test_the_signature_is_hmac_sha512() -> None:
    """RFC 4231, test case 2."""
    assert signature("Jefe", b"what do ya want for nothing?").startswith("164b7a7bfcf819e2e395fbe7")


def test_no_log_shows_the_secret_of_a_url(
    inside: World, paybill: Paybill, caplog: pytest.LogCaptureFixture
) -> None:
    for body in (b"not json", b"x" * 70_000):
        post(paybill, "stk", body)
    post(paybill, "paystack", b"{}")
    assert paybill.token not in caplog.text
