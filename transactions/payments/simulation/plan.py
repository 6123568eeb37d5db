"""What happens to whose payment: all of it from the seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class Fate(StrEnum):
    """How one payment goes."""

    PAID = "paid"  # one callback
    DOUBLED = "doubled"  # the same callback three times, at once
    LATE = "late"  # a failure, and the success long after
    CANCELLED = "cancelled"  # a failure
    LOST = "lost"  # no callback; a status query says paid
    TOLD = "told"  # the same, and the receipt comes by a confirmation afterwards
    FORGED = "forged"  # wrong secret, wrong amount, unknown checkout: nothing is paid
    BOTH = "both"  # callback and confirmation, in any order
    DIRECT = "direct"  # the payer pays the paybill without being asked; told twice
    STRAY = "stray"  # the same, with an account that nobody has


SHARES = {
    Fate.PAID: 6,
    Fate.DOUBLED: 3,
    Fate.LATE: 2,
    Fate.CANCELLED: 2,
    Fate.LOST: 2,
    Fate.TOLD: 2,
    Fate.FORGED: 2,
    Fate.BOTH: 3,
    Fate.DIRECT: 3,
    Fate.STRAY: 1,
}
UNASKED = frozenset({Fate.DIRECT, Fate.STRAY})
# The stand-in never calls back to these; of the second it says that they paid.
SILENT, PAID_SILENTLY = "2547000", "2547001"


@dataclass(frozen=True, slots=True)
class Script:
    """One payment.

    Attributes:
        at: seconds after the run's beginning.
        wallet: the number of one of the tenant's wallets.
        amount: whole units; no two payments of a wallet have the same.
        first: whether the confirmation comes before the callback, where there are both.
    """

    number: int
    at: float
    tenant: str
    wallet: int
    fate: Fate
    amount: int
    receipt: str
    phone: str
    first: bool


def plan(
    *, seed: int, run: str, tenants: Sequence[str], wallets: int, rate: float, duration: float
) -> list[Script]:
    """`rate` payments a second, over all tenants."""
    rng = Random(f"{seed}/payments")
    fates, shares = list(SHARES), list(SHARES.values())
    scripts = []
    for number in range(max(1, int(rate * duration))):
        fate = rng.choices(fates, shares)[0]
        prefix = PAID_SILENTLY if fate in (Fate.LOST, Fate.TOLD) else SILENT
        scripts.append(
            Script(
                number=number,
                at=number / rate,
                tenant=rng.choice(list(tenants)),
                wallet=rng.randrange(wallets),
                fate=fate,
                amount=10 + number,
                receipt=f"{run}{_text(rng)}"[:20],
                phone=f"{prefix}{rng.randrange(10**5):05d}",
                first=rng.random() < 0.5,
            )
        )
    return scripts


def _text(rng: Random) -> str:
    return "".join(rng.choice(LETTERS) for _ in range(8))
