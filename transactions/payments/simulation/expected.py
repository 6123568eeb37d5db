"""What the books must hold, from the journal alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from wificore.kernel.simulating import Fact

from .plan import Fate

SUCCESS = "success"
CONFIRMATION = "confirmation"
# Fates whose money comes by messages, and which.
BY_MESSAGE = {
    Fate.PAID: {SUCCESS},
    Fate.DOUBLED: {SUCCESS},
    Fate.LATE: {SUCCESS},
    Fate.BOTH: {SUCCESS, CONFIRMATION},
    Fate.DIRECT: {CONFIRMATION},
    Fate.STRAY: {CONFIRMATION},
}
BY_QUESTION = {Fate.LOST, Fate.TOLD}


@dataclass(frozen=True, slots=True)
class Payment:
    """One planned payment and what must have become of it.

    Attributes:
        sure: it was credited, or it was not; False: nobody knows, the run was killed.
        receipt: that must be known; empty: none was told.
    """

    number: int
    tenant: str
    wallet: int
    amount: int
    credited: bool
    sure: bool
    stray: bool
    receipt: str


@dataclass(slots=True)
class Expected:
    """All of a run."""

    run: str = ""
    wallets: dict[str, list[str]] = field(default_factory=dict)
    payments: list[Payment] = field(default_factory=list)
    ended: bool = False


def expected(facts: Iterable[Fact]) -> Expected:
    """Read a journal's facts."""
    found = Expected()
    scripts: dict[int, Fact] = {}
    asked: set[int] = set()
    sent: dict[int, set[str]] = {}
    acked: dict[int, set[str]] = {}
    for fact in facts:
        match fact["fact"]:
            case "run":
                found.run, found.wallets = fact["run"], fact["wallets"]
            case "script":
                scripts[fact["number"]] = fact
            case "asked":
                asked.add(fact["number"])
            case "sent":
                sent.setdefault(fact["number"], set()).add(fact["message"])
            case "acked":
                acked.setdefault(fact["number"], set()).add(fact["message"])
            case "end":
                found.ended = True
    for number, script in scripts.items():
        about = (sent.get(number, set()), acked.get(number, set()))
        found.payments.append(_payment(script, number in asked, *about))
    return found


def _payment(script: Fact, asked: bool, sent: set[str], acked: set[str]) -> Payment:
    fate = Fate(script["fate"])
    good = BY_MESSAGE.get(fate, set())
    told, maybe = bool(good & acked), bool(good & (sent - acked))
    by_question = fate in BY_QUESTION
    known = told or (fate == Fate.TOLD and CONFIRMATION in acked)
    return Payment(
        number=script["number"],
        tenant=script["tenant"],
        wallet=script["wallet"],
        amount=script["amount"],
        credited=told or (by_question and asked),
        # An order that never got an answer may have been taken all the same.
        sure=(told or not maybe) and (not by_question or asked),
        stray=fate == Fate.STRAY,
        receipt=script["receipt"] if known else "",
    )
