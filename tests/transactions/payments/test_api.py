"""/api/v1/payments/ as API-CONTRACT 2 has it, rows 12 to 15."""

import secrets
from typing import Any

import pytest
from django.test import Client

from tests.conftest import Person, World
from tests.transactions.payments.conftest import PASSKEY, Paybill, StandIn, open_account
from tests.transactions.payments.doors import UNIT, Money, asked, new_wallet, posted
from transactions.ledger.kinds import Kind
from transactions.ledger.models import Account
from transactions.payments import processing
from transactions.payments.gateways.providers import callback_token
from transactions.payments.models import InboxDoor, MpesaAccount, Payment, Receipt
from transactions.payments.services import inbox_keep
from wificore.kernel.db.context import tenant_context

URL = "/api/v1/payments/"
JSON = "application/json"


def send(person: Person, path: str, body: dict[str, Any], key: str | None = None) -> Any:
    headers = {} if key == "" else {"idempotency-key": key or secrets.token_hex(8)}
    return person.client(**headers).post(f"{URL}{path}", body, JSON)


def order(wallet: str, /, **other: Any) -> dict[str, Any]:
    asked_for = {"provider": "mpesa", "amount_micro": 100 * UNIT, "currency": "KES"}
    return {"wallet": wallet, "phone": "254700012345", **asked_for, **other}


@pytest.fixture
def wallet(world: World) -> str:
    """Alpha's."""
    with tenant_context(world.alpha):
        return new_wallet().public_id


def worked() -> None:
    """A worker's turn."""
    for payment in Payment.objects.filter(sent_at=None):
        processing.order_send(payment.pk)


def test_an_order_becomes_pending_and_then_paid(
    world: World, clerk: Person, wallet: str, stand_in: StandIn
) -> None:
    with tenant_context(world.alpha):
        open_account(stand_in.url)
    answer = send(clerk, "", order(wallet, phone="0700 112345"))
    assert answer.status_code == 201, answer.content
    payment = answer.json()
    assert payment["state"] == "created"
    assert (payment["checkout_id"], payment["receipt"], payment["result_code"]) == (None,) * 3
    assert (payment["wallet"], payment["amount_micro"]) == (wallet, 100 * UNIT)
    with tenant_context(world.alpha):
        worked()
        row = Payment.objects.get()
        pending = clerk.client().get(f"{URL}{payment['id']}/").json()
        assert (pending["state"], pending["checkout_id"]) == ("pending", row.checkout_id)
        checked = clerk.client().post(f"{URL}{payment['id']}/check/", {}, JSON)
        assert checked.status_code == 202
        processing.payment_ask(row.pk)
    paid = clerk.client().get(f"{URL}{payment['id']}/").json()
    assert (paid["state"], paid["receipt"], paid["result_code"]) == ("paid", None, 0)


def test_the_order_leaves_once_however_often_it_is_asked(
    world: World, wallet: str, stand_in: StandIn, clerk: Person
) -> None:
    with tenant_context(world.alpha):
        open_account(stand_in.url)
        send(clerk, "", order(wallet))
        payment = Payment.objects.get()
        processing.order_send(payment.pk)
        first = Payment.objects.get().checkout_id
        processing.order_send(payment.pk)
        assert Payment.objects.get().checkout_id == first


def test_an_order_that_nobody_takes_has_failed(
    world: World, clerk: Person, wallet: str, paybill: Paybill
) -> None:
    send(clerk, "", order(wallet))
    with tenant_context(world.alpha):
        worked()
        assert Payment.objects.get().state == "failed"


def test_the_same_key_is_the_same_payment_and_another_body_409(
    clerk: Person, wallet: str, paybill: Paybill, world: World
) -> None:
    first = send(clerk, "", order(wallet), "k1")
    again = send(clerk, "", order(wallet), "k1")
    assert (again.status_code, again.content) == (201, first.content)
    assert send(clerk, "", order(wallet, phone="254700012346"), "k1").status_code == 409
    assert send(clerk, "", order(wallet), "").status_code == 400
    with tenant_context(world.alpha):
        assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("other", "status"),
    [
        ({"amount_micro": 0}, 400),
        ({"amount_micro": -UNIT}, 400),
        ({"amount_micro": UNIT + 1}, 400),
        ({"amount_micro": 10**30}, 400),
        ({"amount_micro": "100"}, 400),
        ({"amount_micro": True}, 400),
        ({"amount_micro": None}, 400),
        ({"currency": "USD"}, 400),
        ({"currency": 3}, 400),
        ({"provider": "cowries"}, 400),
        ({"phone": "12"}, 400),
        ({"phone": "+4915112345678"}, 400),
        ({"phone": None}, 400),
        ({"wallet": "0" * 16}, 404),
        ({"wallet": "\0"}, 400),
        ({"wallet": ["x"]}, 400),
        ({"provider": "paystack", "email": "a@b.test"}, 409),
    ],
)
def test_an_order_that_cannot_be_is_refused(
    clerk: Person, wallet: str, paybill: Paybill, other: dict[str, Any], status: int
) -> None:
    answer = send(clerk, "", order(wallet, **other))
    assert answer.status_code == status, answer.content


def test_without_an_account_at_the_provider_it_is_409(clerk: Person, wallet: str) -> None:
    assert send(clerk, "", order(wallet)).status_code == 409


def test_cash_goes_into_the_drawer_of_whoever_takes_it_and_is_paid_at_once(
    world: World, clerk: Person, wallet: str
) -> None:
    cash = order(wallet, provider="cash", phone="")
    assert send(clerk, "", cash, "c1").status_code == 409  # no shift is open
    opened = clerk.client().post(
        "/api/v1/tills/shifts/", {"float_micro": 0, "currency": "KES"}, JSON
    )
    assert opened.status_code == 201, opened.content
    answer = send(clerk, "", cash, "c2")
    assert answer.status_code == 201, answer.content
    payment = answer.json()
    assert (payment["state"], payment["receipt"]) == ("paid", payment["id"].upper())
    assert send(clerk, "", cash, "c2").content == answer.content
    with tenant_context(world.alpha):
        row = Receipt.objects.get()
        assert (row.door, posted(row.wallet)) == ("counter", 100)
        drawer = Account.objects.get(kind=Kind.CASH, owner__startswith="shift:")
        assert drawer.posted == -100 * UNIT


def typed(wallet: str, /, **other: Any) -> dict[str, Any]:
    about = {"provider": "mpesa", "receipt": " sjk1234567 ", "amount_micro": 100 * UNIT}
    return {"wallet": wallet, "currency": "KES", **about, **other}


def test_a_trusted_receipt_is_credited_and_unverified_until_the_provider_tells(
    world: World, owner: Person, wallet: str
) -> None:
    answer = send(owner, "receipts/", typed(wallet))
    assert answer.status_code == 201, answer.content
    assert answer.json()["receipt"] == "SJK1234567"
    assert answer.json()["unverified"] is True
    again = send(owner, "receipts/", typed(wallet))
    assert again.status_code == 200
    with tenant_context(world.alpha):
        row = Receipt.objects.get()
        assert posted(row.wallet) == 100
        Money(row.wallet, receipt="SJK1234567").by("c2b")
        assert Receipt.objects.get().unverified is False
        assert posted(row.wallet) == 100


def test_a_receipt_of_a_clerk_waits_for_the_provider(
    world: World, clerk: Person, wallet: str
) -> None:
    assert send(clerk, "receipts/", typed(wallet)).status_code == 202
    assert send(clerk, "receipts/", typed(wallet)).status_code == 202
    with tenant_context(world.alpha):
        row = Receipt.objects.get()
        assert posted(row.wallet) == 0
        # The payer had typed no account of ours.
        Money(row.wallet, receipt="SJK1234567", account="nobody").by("c2b")
        assert posted(row.wallet) == 100
    assert send(clerk, "receipts/", typed(wallet)).status_code == 200


def test_a_receipt_that_was_credited_by_a_callback_is_200(
    world: World, owner: Person, wallet: str
) -> None:
    with tenant_context(world.alpha):
        row = Payment(wallet=new_wallet("+254711000111")).wallet
        Money(row, receipt="SJK1234567").by("c2b")
    assert send(owner, "receipts/", typed(row.public_id)).status_code == 200
    with tenant_context(world.alpha):
        assert posted(row) == 100


def test_the_provider_tells_another_amount_than_staff(
    world: World, owner: Person, wallet: str
) -> None:
    send(owner, "receipts/", typed(wallet, amount_micro=500 * UNIT))
    with tenant_context(world.alpha):
        row = Receipt.objects.get()
        Money(row.wallet, receipt="SJK1234567").by("c2b")
        row.refresh_from_db()
        assert (row.unverified, row.disputed) == (True, True)


@pytest.mark.parametrize(
    ("other", "status"),
    [
        ({"receipt": "a b"}, 400),
        ({"receipt": ""}, 400),
        ({"provider": "cash"}, 400),
        ({"wallet": "0" * 16}, 404),
        ({"amount_micro": 1}, 400),
    ],
)
def test_a_receipt_that_cannot_be_is_refused(
    owner: Person, wallet: str, other: dict[str, Any], status: int
) -> None:
    assert send(owner, "receipts/", typed(wallet, **other)).status_code == status


def test_suspense_is_matched_once(world: World, owner: Person, wallet: str) -> None:
    with tenant_context(world.alpha):
        Money(new_wallet("+254711000111"), receipt="SJK1234567", account="nobody").by("c2b")
    rows = owner.client().get(f"{URL}suspense/?receipt=sjk1234567").json()["results"]
    assert [row.keys() for row in rows] == [
        {
            "id", "provider", "receipt", "amount_micro", "currency", "account_ref",
            "payer_masked", "received_at",
        }
    ]  # fmt: skip
    assert rows[0]["payer_masked"] == "25470****149"
    match = f"suspense/{rows[0]['id']}/match/"
    assert send(owner, match, {"wallet": "0" * 16}).status_code == 404
    done = send(owner, match, {"wallet": wallet}, "m1")
    assert done.status_code == 200, done.content
    assert send(owner, match, {"wallet": wallet}, "m1").content == done.content
    assert send(owner, match, {"wallet": wallet}).status_code == 409
    assert owner.client().get(f"{URL}suspense/").json()["results"] == []
    with tenant_context(world.alpha):
        found = Receipt.objects.get()
        assert (found.state, posted(found.wallet)) == ("credited", 100)
        assert Money(found.wallet, receipt="SJK1234567", account="nobody").by("c2b") == "duplicate"


def test_the_inbox_is_found_by_checkout_id_and_by_receipt(world: World, clerk: Person) -> None:
    with tenant_context(world.alpha):
        inbox_keep(door=InboxDoor.STK, body=b"{}", refs=("ws_CO_1", "SJK1"))
        inbox_keep(door=InboxDoor.C2B, body=b"{}", refs=("", "SJK2"))
    for ref, door in (("ws_CO_1", "stk"), ("SJK1", "stk"), ("SJK2", "c2b")):
        rows = clerk.client().get(f"{URL}inbox/?ref={ref}").json()["results"]
        assert [(row["door"], row["outcome"]) for row in rows] == [(door, None)]
        assert "body" not in rows[0]
    assert len(clerk.client().get(f"{URL}inbox/").json()["results"]) == 2
    assert clerk.client().get(f"{URL}inbox/?ref=%00").status_code == 400


def test_strangers_and_people_without_the_right_get_nothing(
    world: World, clerk: Person, stranger: Person, wallet: str
) -> None:
    with tenant_context(world.alpha):
        payment = asked(new_wallet("+254711000111")).public_id
    path = f"{URL}{payment}/"
    assert stranger.client().get(path).status_code == 404
    assert send(stranger, f"{payment}/check/", {}).status_code == 404
    assert stranger.client().get(URL).json()["results"] == []
    assert Client(headers={"host": "alpha.localhost"}).get(path).status_code == 401
    assert send(clerk, "suspense/0000000000000000/match/", {"wallet": wallet}).status_code == 403
    assert clerk.client().patch(f"{URL}mpesa/", {}, JSON).status_code == 403
    assert clerk.client().post(f"{URL}callback-urls/", {}, JSON).status_code == 403


def test_secrets_go_in_and_never_come_out(world: World, owner: Person) -> None:
    fields = {"enabled": True, "shortcode": "600638", "consumer_key": "ck"}
    secrets_given = {"consumer_secret": "hush-secret", "passkey": PASSKEY}
    answer = owner.client().patch(f"{URL}mpesa/", {**fields, **secrets_given}, JSON)
    assert answer.status_code == 200, answer.content
    assert answer.json()["has_passkey"] is True
    shown = owner.client().get(f"{URL}mpesa/").content.decode()
    assert "hush-secret" not in answer.content.decode() + shown
    assert PASSKEY not in answer.content.decode() + shown
    moved = owner.client().patch(f"{URL}mpesa/", {"base_url": "https://evil.test"}, JSON)
    assert (moved.status_code, moved.json()["error"]["fields"].keys()) == (
        400,
        {"consumer_secret"},
    )
    with tenant_context(world.alpha):
        assert "hush" not in MpesaAccount.objects.get().consumer_secret_encrypted


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"shortcode": "12"}, "shortcode"),
        ({"enabled": True}, "shortcode"),
        ({"enabled": True, "shortcode": "600638", "consumer_key": "k"}, "consumer_secret"),
        ({"base_url": "ftp://x"}, "base_url"),
        ({"base_url": "https://x/path"}, "base_url"),
    ],
)
def test_an_account_that_cannot_be_names_its_field(
    owner: Person, given: dict[str, Any], field: str
) -> None:
    answer = owner.client().patch(f"{URL}mpesa/", given, JSON)
    assert (answer.status_code, [*answer.json()["error"]["fields"]]) == (400, [field])


def test_new_callback_urls_end_the_old_ones(
    world: World, owner: Person, paybill: Paybill, stand_in: StandIn
) -> None:
    same = owner.client().post(f"{URL}callback-urls/", {}, JSON).json()
    assert paybill.token in same["stk"]
    fresh = owner.client().post(f"{URL}callback-urls/", {"rotate": True}, JSON).json()
    assert paybill.token not in fresh["stk"]
    with tenant_context(world.alpha):
        assert callback_token() in fresh["confirmation"]
        open_account(stand_in.url)
    answer = owner.client().post(f"{URL}mpesa/register/", {"nominated_number": "0722000000"}, JSON)
    assert answer.status_code == 200, answer.content
    assert stand_in.daraja.urls == {"600638": fresh["confirmation"]}


def test_the_words_that_safaricom_refuses_are_in_no_url_of_ours(
    world: World, owner: Person, paybill: Paybill
) -> None:
    urls = owner.client().post(f"{URL}callback-urls/", {}, JSON).json()
    for word in ("mpesa", "safaricom", "exec", "cmd", "sql", "query"):
        assert word not in " ".join(urls.values())
