"""Mobile money over the running platform, by the published interface alone.

The test plays the provider: it answers for telephones that the simulator leaves alone.
"""

import http.client
import json
import secrets
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.e2e.conftest import Stack, eventually

KES = 1_000_000


def receipt() -> str:
    return "T" + secrets.token_hex(5)[:9].upper()


class Customer:
    """Somebody with a wallet at acme, and the provider's side of what they pay."""

    def __init__(self, stack: Stack, kind: int = 0) -> None:
        self.stack = stack
        self.phone = f"254700{kind}{secrets.randbelow(10**5):05}"
        _, self.wallet = self.api("/wallets/", "POST", {"name": "Juma", "phone": f"+{self.phone}"})
        self.mpesa = stack.tenant("acme")["mpesa"]

    def api(self, path: str, method: str = "GET", body: Any = None, key: str = "") -> Any:
        key = key or secrets.token_hex(8)
        return self.stack.api("acme", f"/api/v1{path}", method, body, key=key)

    def posted(self) -> int:
        status, row = self.api(f"/wallets/{self.wallet['id']}/")
        assert status == 200, row
        amount: int = row["posted_micro"]
        return amount

    def ask(self, kes: int) -> dict[str, Any]:
        """A payment that the provider has taken on."""
        status, row = self.api(
            "/payments/",
            "POST",
            {
                "wallet": self.wallet["id"],
                "provider": "mpesa",
                "amount_micro": kes * KES,
                "currency": "KES",
                "phone": self.phone,
            },
        )
        assert (status, row["state"] in ("created", "pending")) == (201, True), row
        found: dict[str, Any] = eventually(lambda: self.payment(row, "pending"))
        assert found["checkout_id"]
        return found

    def payment(self, row: dict[str, Any], state: str) -> dict[str, Any] | None:
        """The payment once it is in this state."""
        _, now = self.api(f"/payments/{row['id']}/")
        return now if now["state"] == state else None

    def call_back(self, door: str, body: Any, token: str = "") -> tuple[int, Any]:
        """As the provider does, without credentials but the secret of the path."""
        address = urlsplit(self.stack.contract["web"]["url"])
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        path = f"/api/v1/pay/cb/{token or self.mpesa['callback_token']}/{door}"
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Host": self.stack.tenant("acme")["host"], "Content-Type": "application/json"}
        try:
            connection.request("POST", path, sent, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def stk(self, payment: dict[str, Any], kes: float, receipt: str | None) -> Any:
        items: list[dict[str, Any]] = [{"Name": "Amount", "Value": kes}]
        if receipt:
            items.append({"Name": "MpesaReceiptNumber", "Value": receipt})
        items += [
            {"Name": "Balance"},
            {"Name": "TransactionDate", "Value": 20261121120000},
            {"Name": "PhoneNumber", "Value": int(self.phone)},
        ]
        callback = {
            "MerchantRequestID": payment["merchant_request_id"],
            "CheckoutRequestID": payment["checkout_id"],
            "ResultCode": 0,
            "ResultDesc": "The service request is processed successfully.",
            "CallbackMetadata": {"Item": items},
        }
        return self.call_back("stk", {"Body": {"stkCallback": callback}})

    def c2b(self, receipt: str, kes: int, account: str, door: str = "c2b/confirmation") -> Any:
        body = {
            "TransactionType": "Pay Bill",
            "TransID": receipt,
            "TransTime": "20261121120000",
            "TransAmount": f"{kes}.00",
            "BusinessShortCode": str(self.mpesa["shortcode"]),
            "BillRefNumber": account,
            "InvoiceNumber": "",
            "OrgAccountBalance": "",
            "ThirdPartyTransID": "",
            "MSISDN": f"{self.phone[:4]}*****{self.phone[-3:]}",
            "FirstName": "JUMA",
            "MiddleName": "",
            "LastName": "",
        }
        return self.call_back(door, body)

    def outcomes(self, ref: str) -> list[str | None]:
        _, listed = self.api(f"/payments/inbox/?ref={ref}")
        return [row["outcome"] for row in listed["results"]]


@pytest.fixture
def customer(stack: Stack) -> Customer:
    return Customer(stack)


def test_a_prompt_is_paid_once_however_often_it_is_told(customer: Customer) -> None:
    payment, number = customer.ask(5), receipt()
    accepted = (200, {"ResultCode": 0, "ResultDesc": "Accepted"})
    for _ in range(3):
        assert customer.stk(payment, 5, number) == accepted
    assert customer.c2b(number, 5, customer.wallet["account_no"]) == accepted
    paid = eventually(lambda: customer.payment(payment, "paid"))
    assert (paid["receipt"], paid["result_code"] in (0, "0")) == (number, True)
    eventually(lambda: None not in customer.outcomes(number))
    assert customer.posted() == 5 * KES


def test_a_forged_callback_changes_nothing_and_is_kept(customer: Customer) -> None:
    payment, number = customer.ask(5), receipt()
    assert customer.stk(payment, 5000, number)[0] == 200
    assert customer.stk({**payment, "checkout_id": "ws_CO_unknown"}, 5, number)[0] == 200
    body = {"Body": {"stkCallback": {"CheckoutRequestID": payment["checkout_id"]}}}
    assert customer.call_back("stk", body, token="f" * 32)[0] == 404
    assert customer.call_back("stk", b"{")[0] == 400
    eventually(lambda: customer.outcomes(payment["checkout_id"]).count("rejected") >= 1)
    assert customer.payment(payment, "pending")
    assert customer.posted() == 0
    assert customer.stk(payment, 5, number)[0] == 200
    eventually(lambda: customer.payment(payment, "paid"))
    assert customer.posted() == 5 * KES


def test_a_success_without_a_receipt_is_unknown_and_a_late_one_still_credits(
    customer: Customer,
) -> None:
    payment, number = customer.ask(5), receipt()
    assert customer.stk(payment, 5, None)[0] == 200
    eventually(lambda: customer.payment(payment, "unknown"))
    assert customer.posted() == 0
    assert customer.stk(payment, 5, number)[0] == 200
    eventually(lambda: customer.payment(payment, "paid"))
    assert customer.posted() == 5 * KES


def test_a_payment_found_by_asking_is_credited_once_when_the_receipt_comes(stack: Stack) -> None:
    customer, number = Customer(stack, kind=1), receipt()
    payment = customer.ask(7)
    assert customer.api(f"/payments/{payment['id']}/check/", "POST", {})[0] == 202
    eventually(lambda: customer.payment(payment, "paid"))
    assert customer.posted() == 7 * KES
    assert customer.c2b(number, 7, customer.wallet["account_no"])[0] == 200
    eventually(lambda: customer.outcomes(number) not in ([], [None]))
    assert customer.posted() == 7 * KES
    another = receipt()
    assert customer.c2b(another, 7, customer.wallet["account_no"])[0] == 200
    eventually(lambda: customer.posted() == 14 * KES)


def test_money_for_nobody_waits_until_somebody_says_whose_it_is(customer: Customer) -> None:
    number = receipt()
    assert customer.c2b(number, 9, "NOBODY-1")[0] == 200

    def waiting() -> Any:
        return customer.api(f"/payments/suspense/?receipt={number}")[1]["results"]

    (row,) = eventually(waiting)
    assert (row["receipt"], row["amount_micro"]) == (number, 9 * KES)
    assert customer.phone not in row["payer_masked"]
    path = f"/payments/suspense/{row['id']}/match/"
    assert customer.api(path, "POST", {"wallet": customer.wallet["id"]})[0] == 200
    assert customer.posted() == 9 * KES
    assert customer.api(path, "POST", {"wallet": customer.wallet["id"]})[0] == 409


def test_validation_says_what_is_wrong_before_it_is_paid(customer: Customer) -> None:
    def said(account: str, kes: int) -> str:
        status, answer = customer.c2b(receipt(), kes, account, "c2b/validation")
        assert status == 200
        code: str = answer["ResultCode"]
        return str(code)

    account = customer.wallet["account_no"]
    assert said(account, 5) == "0"
    assert said("NOBODY-1", 5) == "C2B00012"
    assert said(account, 0) == "C2B00013"
    shortcode, customer.mpesa = customer.mpesa, {**customer.mpesa, "shortcode": "1"}
    assert said(account, 5) == "C2B00015"
    customer.mpesa = shortcode


def test_a_typed_receipt_is_credited_once(customer: Customer) -> None:
    number = receipt()
    body = {
        "provider": "mpesa",
        "receipt": f" {number.lower()} ",
        "wallet": customer.wallet["id"],
        "amount_micro": 3 * KES,
        "currency": "KES",
    }
    status, row = customer.api("/payments/receipts/", "POST", body)
    assert status in (201, 202), row
    assert customer.c2b(number, 3, customer.wallet["account_no"])[0] == 200
    eventually(lambda: customer.posted() == 3 * KES)
    assert customer.api("/payments/receipts/", "POST", body)[0] == 200
    assert customer.posted() == 3 * KES


def test_a_key_answers_the_same_and_names_one_request(customer: Customer) -> None:
    body = {
        "wallet": customer.wallet["id"],
        "provider": "mpesa",
        "amount_micro": KES,
        "currency": "KES",
        "phone": customer.phone,
    }
    key = secrets.token_hex(8)
    first = customer.api("/payments/", "POST", body, key)
    assert first[0] == 201
    assert customer.api("/payments/", "POST", body, key) == first
    assert customer.api("/payments/", "POST", {**body, "amount_micro": 2 * KES}, key)[0] == 409
    assert customer.stack.api("acme", "/api/v1/payments/", "POST", body)[0] == 400
    assert customer.api("/payments/", "POST", {**body, "amount_micro": KES + 1})[0] == 400
