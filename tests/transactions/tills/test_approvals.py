"""A refund above somebody's limit is paid when a second person approves it, and not before."""

from typing import Any

import pytest

from radius.services import plan_create, subscriber_create
from tests.access.people import department, hold, position
from tests.conftest import Person, World
from tests.transactions.invariants import assert_books
from tests.transactions.threads import done, together
from tests.transactions.tills.conftest import AMINA, BRIAN, UNIT, keyed
from transactions.ledger.selectors import balance
from transactions.ledger.services import AboveLimit
from transactions.tills.errors import ApprovalDecided, ApprovalWaits, NoShift
from transactions.tills.models import Refund, RefundApproval, Sale, Shift
from transactions.tills.services import (
    refund_approve,
    refund_ask,
    refund_decline,
    sale_make,
    sale_refund,
    shift_close,
    shift_open,
)
from wificore.kernel.actor import acting_as
from wificore.kernel.db.context import tenant_context

PATH = "/api/v1/tills/refund-approvals/"


@pytest.fixture
def sale(shift: Shift, daily: Any, customer: Any) -> Sale:
    """For 20, in cash."""
    return sale_make(subscriber=customer, plan=daily, pay="cash")


def ask(sale: Sale, amount: int = 20, pay: str = "cash") -> RefundApproval:
    return refund_ask(sale=sale, amount_micro=amount * UNIT, pay=pay, reason="slow")


def test_it_is_paid_from_the_drawer_of_whoever_asked(
    world: World, sale: Sale, shift: Shift
) -> None:
    waits = ask(sale)
    assert (waits.state, Refund.objects.count()) == ("asked", 0)
    with acting_as(BRIAN):
        given = refund_approve(approval=waits)
    assert (given.state, given.decided_by) == ("approved", BRIAN.name)
    assert given.refund is not None
    assert (given.refund.shift_id, given.refund.by) == (shift.pk, AMINA.name)
    assert -balance(shift.account_id) == 100 * UNIT
    assert_books(world.alpha)


def test_of_many_answers_at_once_one_counts(world: World, sale: Sale) -> None:
    waits = ask(sale)

    def approve() -> RefundApproval:
        with acting_as(BRIAN):
            return refund_approve(approval=waits)

    def decline() -> RefundApproval:
        with acting_as(BRIAN):
            return refund_decline(approval=waits, note="no")

    assert len(done(together(world.alpha, [approve, decline, approve, decline]))) == 1
    waits.refresh_from_db()
    assert Refund.objects.count() == (1 if waits.state == "approved" else 0)
    assert_books(world.alpha)


def test_a_declined_one_pays_nothing_and_may_be_asked_anew(sale: Sale) -> None:
    waits = ask(sale)
    with pytest.raises(ApprovalWaits):
        ask(sale)
    refund_decline(approval=waits, note="ask me first")
    with pytest.raises(ApprovalDecided):
        refund_approve(approval=waits)
    assert ask(sale).state == "asked"
    assert Refund.objects.count() == 0


def test_what_can_no_longer_be_paid_stays_asked(sale: Sale, shift: Shift) -> None:
    waits = ask(sale)
    shift_close(shift=shift, counted_micro=120 * UNIT)
    with acting_as(BRIAN), pytest.raises(NoShift):
        refund_approve(approval=waits)
    waits.refresh_from_db()
    assert waits.state == "asked"
    shift_open(float_micro=100 * UNIT)
    sale_refund(sale=sale, amount_micro=5 * UNIT, pay="cash", reason="slow")
    with acting_as(BRIAN), pytest.raises(AboveLimit):
        refund_approve(approval=waits)
    with pytest.raises(AboveLimit):
        ask(sale, 21)


def test_above_ones_limit_a_second_person_decides(
    world: World, clerk: Person, owner: Person, stranger: Person
) -> None:
    with tenant_context(world.alpha):
        plan = plan_create(name="Daily", price_micro=20 * UNIT, validity_s=86_400)
        subscriber_create(username="chao", password="secret1", plan=plan, phone="0700000001")
        with acting_as(AMINA):
            shift_open(float_micro=0)
            chao = {"plan": plan, "pay": "cash"}
            number = sale_make(subscriber=plan.subscribers.get(), **chao).public_id
    rules = {"grants": ["tills.sale.refund", "tills.refund.approve"]}
    front = department(world, "Front")
    post = position(world, front, "Supervisor", limits={"refund_max": 10 * UNIT}, **rules)
    hold(world, clerk, post, "2026-01-01")

    def send(person: Person, path: str, body: Any, key: str) -> Any:
        options = {"content_type": "application/json", **keyed(key)}
        return person.client().post(path, body, **options)

    drawer = {"float_micro": 100 * UNIT, "currency": "KES"}
    assert send(clerk, "/api/v1/tills/shifts/", drawer, "shift").status_code == 201
    body = {"amount_micro": 15 * UNIT, "currency": "KES", "reason": "slow"}
    asked = send(clerk, f"/api/v1/tills/sales/{number}/refunds/", body, "ask")
    assert (asked.status_code, asked.json()["state"]) == (202, "asked")
    path = f"{PATH}{asked.json()['id']}/"
    assert send(clerk, f"{path}approve/", {}, "own").status_code == 403
    assert send(stranger, f"{path}approve/", {}, "foreign").status_code == 404
    assert stranger.client().get(PATH).json()["results"] == []
    assert send(owner, f"{path}decline/", {}, "why").status_code == 400
    paid = send(owner, f"{path}approve/", {}, "yes")
    assert (paid.status_code, paid.json()["state"]) == (200, "approved")
    assert paid.json()["refund"]
    assert send(owner, f"{path}approve/", {}, "again").status_code == 409
    listed = clerk.client().get(f"{PATH}?state=approved&sale={number}").json()["results"]
    assert [row["amount_micro"] for row in listed] == [15 * UNIT]
    assert_books(world.alpha)
