"""Money in suspense that is given back: asked once, and booked when the provider says so."""

import json
import secrets
from typing import Any

import pytest

from tests.conftest import Person, World
from tests.transactions.invariants import assert_books
from tests.transactions.payments.conftest import Paybill, StandIn, open_account
from tests.transactions.payments.doors import Money, asked, new_phone, new_wallet, posted
from tests.transactions.payments.published import content, octets
from tests.transactions.payments.test_callbacks import post, worked
from transactions.ledger.kinds import Kind
from transactions.ledger.selectors import balance
from transactions.ledger.services import account
from transactions.payments import processing
from transactions.payments.gateways.mpesa import bodies, simulator
from transactions.payments.gateways.providers import callback_token
from transactions.payments.models import InboxOutcome, MpesaAccount, Receipt, Suspense

URL = "/api/v1/payments/suspense/"
RECEIPT = "SKC82PACB8"


@pytest.fixture
def stray(inside: World, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> Suspense:
    """Money of nobody's; the stand-in's results are sent by the tests."""
    monkeypatch.setattr(simulator, "deliver", lambda *_: None)
    open_account(stand_in.url)
    Money(new_wallet(new_phone()), account="nobody", receipt=RECEIPT).by("c2b")
    return Suspense.objects.get()


def returned(person: Person, found: Suspense) -> Any:
    client = person.client(**{"idempotency-key": secrets.token_hex(8)})
    return client.post(f"{URL}{found.public_id}/return/", {}, "application/json")


def waits() -> int:
    return balance(account(Kind.SUSPENSE, "mpesa"))


def paybill() -> Paybill:
    return Paybill(callback_token())


def test_it_is_booked_when_the_provider_says_so_and_once(
    inside: World, owner: Person, stray: Suspense
) -> None:
    answer = returned(owner, stray)
    assert answer.status_code == 202, answer.content
    assert returned(owner, stray).status_code == 409
    assert owner.client().get(URL).json()["results"][0]["id"] == stray.public_id
    processing.return_send(stray.pk)
    stray.refresh_from_db()
    assert stray.return_id
    first = stray.return_id
    processing.return_send(stray.pk)
    assert Suspense.objects.get().return_id == first
    assert waits() == 100_000_000
    result = json.dumps(bodies.reversal_result(first, RECEIPT, "100")).encode()
    for _ in range(2):
        assert post(paybill(), "reversal", result).status_code == 200
    assert worked() == ["returned", "duplicate"]
    assert waits() == 0
    assert Receipt.objects.get().state == "reversed"
    assert owner.client().get(URL).json()["results"] == []
    assert_books(inside.alpha)


def test_money_that_was_given_back_is_not_credited_any_more(
    inside: World, owner: Person, stray: Suspense
) -> None:
    returned(owner, stray)
    processing.return_send(stray.pk)
    stray.refresh_from_db()
    result = json.dumps(bodies.reversal_result(stray.return_id or "", RECEIPT, "100")).encode()
    post(paybill(), "reversal", result)
    worked()
    wallet = new_wallet(new_phone())
    money = Money(wallet, payment=asked(wallet), receipt=RECEIPT)
    assert money.by("stk") == InboxOutcome.DUPLICATE
    assert money.by("c2b") == InboxOutcome.DUPLICATE
    assert posted(wallet) == 0
    assert Receipt.objects.get().disputed


def test_while_it_is_being_given_back_nobody_matches_it(
    inside: World, owner: Person, stray: Suspense
) -> None:
    returned(owner, stray)
    wallet = new_wallet(new_phone())
    client = owner.client(**{"idempotency-key": "m1"})
    match = client.post(
        f"{URL}{stray.public_id}/match/", {"wallet": wallet.public_id}, "application/json"
    )
    assert match.status_code == 409
    assert posted(wallet) == 0


def test_what_the_provider_refuses_waits_again(
    inside: World, owner: Person, stray: Suspense
) -> None:
    returned(owner, stray)
    processing.return_send(stray.pk)
    refused = content("daraja/reversal_result_refused")
    Suspense.objects.update(return_id=refused["Result"]["OriginatorConversationID"])
    post(paybill(), "reversal", octets("daraja/reversal_result_refused"))
    assert worked() == ["failed"]
    stray.refresh_from_db()
    assert (stray.return_asked_at, stray.return_note) == (
        None,
        "The OriginalTransactionID is invalid.",
    )
    assert returned(owner, stray).status_code == 202


def test_the_published_result_is_found_by_its_receipt_if_the_answer_was_lost(
    inside: World, owner: Person, stray: Suspense
) -> None:
    """The request left, and nobody heard which conversation it is."""
    returned(owner, stray)
    Suspense.objects.update(return_sent_at=stray.created_at)
    post(paybill(), "reversal", octets("daraja/reversal_result"))
    assert worked() == ["returned"]
    assert waits() == 0


def test_a_result_that_nobody_asked_for_is_rejected(inside: World, stray: Suspense) -> None:
    post(paybill(), "reversal", octets("daraja/reversal_result"))
    assert worked() == ["rejected"]
    assert waits() == 100_000_000


def test_without_an_initiator_it_is_refused_with_the_setting(
    inside: World, owner: Person, stray: Suspense
) -> None:
    MpesaAccount.objects.update(initiator="")
    answer = returned(owner, stray)
    assert (answer.status_code, [*answer.json()["error"]["fields"]]) == (409, ["initiator"])


def test_without_the_right_nobody_gives_money_back(
    inside: World, clerk: Person, stranger: Person, stray: Suspense
) -> None:
    assert returned(clerk, stray).status_code == 403
    assert returned(stranger, stray).status_code == 404
