"""One use of every service of transactions."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from radius.models import Plan
from radius.services import plan_create, subscriber_create
from tests.audit.registering import SECRETS, inside, of
from tests.conftest import World
from transactions.ledger import services as ledger
from transactions.ledger.kinds import Kind
from transactions.ledger.services import account
from transactions.resellers import services as resellers
from transactions.resellers.models import Reseller
from transactions.tills import services as tills
from transactions.tills.models import RefundApproval, Sale, Shift
from transactions.wallets import services as wallets
from transactions.wallets.models import Wallet
from wificore.kernel.actor import Actor, acting_as

LEDGER = "transactions.ledger.services"
WALLETS = "transactions.wallets.services"
UNIT = 1_000_000


def wallet() -> Wallet:
    return wallets.wallet_open(name="Amina", phone="0712 345 678")


@of(f"{LEDGER}.adjustment_post")
def adjustment_post(world: World) -> None:
    with inside(world):
        safe, bank = account(Kind.CASH, "safe"), account(Kind.CLEARING, "bank")
        ledger.adjustment_post(entries=[(safe, UNIT), (bank, -UNIT)], reason="to the bank")


@of(f"{WALLETS}.wallet_open")
def wallet_open(world: World) -> None:
    with inside(world):
        wallet()


@of(f"{WALLETS}.top_up")
def top_up(world: World) -> None:
    with inside(world):
        source = account(Kind.CLEARING, "mpesa")
        wallets.top_up(wallet(), 50 * UNIT, source=source, channel="mpesa", key="payment:1")


TILLS = "transactions.tills.services"


@contextmanager
def till(world: World) -> Iterator[Shift]:
    """A member of the staff with an open shift, in alpha."""
    with inside(world), acting_as(Actor("user", id="900000", name="amina@alpha.test")):
        yield tills.shift_open(float_micro=100 * UNIT)


def sold() -> Sale:
    daily = plan_create(name="Daily", price_micro=20 * UNIT, validity_s=86_400)
    customer = subscriber_create(username="brian", password=SECRETS[0], plan=daily)
    return tills.sale_make(subscriber=customer, plan=daily, pay="cash")


@of(f"{TILLS}.shifts.shift_open")
def shift_open(world: World) -> None:
    with till(world):
        pass


@of(f"{TILLS}.shifts.shift_close")
def shift_close(world: World) -> None:
    with till(world) as shift:
        tills.shift_close(shift=shift, counted_micro=99 * UNIT, note="a coin rolled away")


@of(f"{TILLS}.topups.cash_top_up")
def cash_top_up(world: World) -> None:
    with till(world):
        tills.cash_top_up(wallet=wallet(), amount_micro=50 * UNIT)


@of(f"{TILLS}.sales.sale_make")
def sale_make(world: World) -> None:
    with till(world):
        sold()


@of(f"{TILLS}.refunds.sale_refund")
def sale_refund(world: World) -> None:
    with till(world):
        tills.sale_refund(sale=sold(), amount_micro=20 * UNIT, pay="cash", reason="did not work")


def asked() -> RefundApproval:
    return tills.refund_ask(sale=sold(), amount_micro=20 * UNIT, pay="cash", reason="slow")


@of(f"{TILLS}.approvals.refund_ask")
def refund_ask(world: World) -> None:
    with till(world):
        asked()


@of(f"{TILLS}.approvals.refund_approve")
def refund_approve(world: World) -> None:
    with till(world):
        tills.refund_approve(approval=asked())


@of(f"{TILLS}.approvals.refund_decline")
def refund_decline(world: World) -> None:
    with till(world):
        tills.refund_decline(approval=asked(), note="no")


@of(f"{TILLS}.days.day_close")
def day_close(world: World) -> None:
    with till(world) as shift:
        tills.shift_close(shift=shift, counted_micro=100 * UNIT)
        tills.day_close(day=datetime.now(UTC).date())


RESELLERS = "transactions.resellers.services"


def shop() -> Reseller:
    return resellers.reseller_create(name="Mama Njeri", commission_bp=500)


@of(f"{RESELLERS}.reseller_create")
def reseller_create(world: World) -> None:
    with inside(world):
        shop()


@of(f"{RESELLERS}.reseller_update")
def reseller_update(world: World) -> None:
    with inside(world):
        resellers.reseller_update(reseller=shop(), active=False)


@of(f"{RESELLERS}.float_top_up")
def float_top_up(world: World) -> None:
    with till(world):
        resellers.float_top_up(reseller=shop(), amount_micro=50 * UNIT)


@of(f"{RESELLERS}.resale_make")
def resale_make(world: World) -> None:
    with till(world):
        customer, daily, mine = wallet().subscriber, sold(), shop()
        resellers.float_top_up(reseller=mine, amount_micro=50 * UNIT)
        plan = Plan.objects.get(pk=daily.plan)
        resellers.resale_make(reseller=mine, subscriber=customer, plan=plan)
