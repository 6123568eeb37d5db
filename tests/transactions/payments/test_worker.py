"""Payments by a real worker, from the order to the wallet."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from tests.conftest import Person, World
from tests.transactions.payments.conftest import Paybill, StandIn, open_account
from tests.transactions.payments.doors import UNIT, Money, asked, new_wallet, posted, stk_body
from tests.web import running_web
from tests.worker import Worker, until
from transactions.payments import tasks
from transactions.payments.gateways.mpesa import simulator
from transactions.payments.models import InboxMessage, Payment, Suspense
from transactions.payments.services import payment_create, return_ask
from wificore.kernel.db.context import tenant_context


def test_two_tenants_payments_of_the_same_receipt_stay_each_ones_own(
    world: World, worker: Worker, stand_in: StandIn
) -> None:
    """Sent, told, asked, pulled and given back: all five tasks, in both tenants at once."""
    made = {}
    for tenant in (world.alpha, world.beta):
        with tenant_context(tenant):
            paybill = open_account(stand_in.url)
            told, ordered = asked(new_wallet()), new_payment("+254700100000")
            made[tenant.schema_name] = (tenant, paybill, told, ordered)
    for tenant, paybill, told, ordered in made.values():
        with tenant_context(tenant):
            tasks.send_order.enqueue(ordered.pk)
            tasks.pull_payments.enqueue()
            Money(told.wallet, account="nobody", amount=30, receipt="STRAYINBOTH").by("c2b")
            stray = return_ask(suspense=Suspense.objects.get().pk, by=None)
            tasks.send_return.enqueue(stray.pk)
        send(tenant, paybill, stk_body(told, "SAMEINBOTH", 100))
    for tenant, _, told, ordered in made.values():
        with tenant_context(tenant):
            until(lambda told=told: state(told) == "paid", worker.text)
            until(lambda ordered=ordered: state(ordered) == "pending", worker.text)
            tasks.ask_payment.enqueue(ordered.pk)
            until(lambda ordered=ordered: state(ordered) == "paid", worker.text)
            until(lambda: Suspense.objects.get().return_id, worker.text)
            assert posted(told.wallet) == 100
            assert posted(ordered.wallet) == 100
            assert Payment.objects.count() == 2
            outcomes = InboxMessage.objects.values_list("receipt", "outcome")
            assert list(outcomes) == [("SAMEINBOTH", "credited")]


def test_a_cashier_sees_a_payment_become_paid(
    world: World,
    clerk: Person,
    worker: Worker,
    stand_in: StandIn,
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The stand-in calls back by itself, over a real web server."""
    deliver = simulator.deliver
    with running_web(tmp_path / "web.log") as port:
        here = f"http://alpha.localhost:{port}/api"
        monkeypatch.setattr(
            simulator, "deliver", lambda url, body: deliver(re.sub(".*/api", here, url), body)
        )
        with tenant_context(world.alpha):
            open_account(stand_in.url)
            wallet = new_wallet().public_id
        body = {"wallet": wallet, "provider": "mpesa", "amount_micro": 5 * UNIT, "currency": "KES"}
        client = clerk.client(**{"idempotency-key": "sale-1"})
        answer = client.post(
            "/api/v1/payments/", {**body, "phone": "0711222333"}, "application/json"
        )
        assert answer.status_code == 201, answer.content
        url = f"/api/v1/payments/{answer.json()['id']}/"
        until(lambda: clerk.client().get(url).json()["state"] == "paid", worker.text)
        paid = clerk.client().get(url).json()
    assert (paid["result_code"], len(paid["receipt"])) == (0, 10)
    inbox = clerk.client().get(f"/api/v1/payments/inbox/?ref={paid['receipt']}").json()["results"]
    assert [(row["door"], row["outcome"]) for row in inbox] == [("stk", "credited")]


def new_payment(phone: str) -> Payment:
    row = Payment(
        wallet=new_wallet(phone),
        provider="mpesa",
        amount_micro=100 * UNIT,
        currency="KES",
        phone=phone,
    )
    return payment_create(payment=row)


def state(payment: Payment) -> str:
    return Payment.objects.values_list("state", flat=True).get(pk=payment.pk)


def send(tenant: Any, paybill: Paybill, body: bytes) -> None:
    client = Client(headers={"host": f"{tenant.slug}.localhost"})
    assert client.post(paybill.path("stk"), body, content_type="application/json").json() == {
        "ResultCode": 0,
        "ResultDesc": "Accepted",
    }, json.loads(body)
