"""One use of every service of transactions."""

from tests.audit.registering import inside, of
from tests.conftest import World
from transactions.ledger.kinds import Kind
from transactions.ledger.services import account
from transactions.wallets import services as wallets
from transactions.wallets.models import Wallet

WALLETS = "transactions.wallets.services"
UNIT = 1_000_000


def wallet() -> Wallet:
    return wallets.wallet_open(name="Amina", phone="0712 345 678")


@of(f"{WALLETS}.wallet_open")
def wallet_open(world: World) -> None:
    with inside(world):
        wallet()


@of(f"{WALLETS}.top_up")
def top_up(world: World) -> None:
    with inside(world):
        source = account(Kind.CLEARING, "mpesa")
        wallets.top_up(wallet(), 50 * UNIT, source=source, channel="mpesa", key="payment:1")
