"""A journal written by hand: what was asked and answered, fact by fact."""

import itertools
from datetime import UTC, datetime
from typing import Any

from transactions.water.simulation.compare import RecordRow, WalletRow
from transactions.water.simulation.expected import Expected, Key
from transactions.water.simulation.fold import expected
from wificore.kernel.simulating import Fact

# A morning in Nairobi.
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC).timestamp()
HOUR = 3600.0
FUNDS = 1_000_000
KNOWN = {
    "zone": "Africa/Nairobi",
    "versions": [
        {"v": 1, "since": NOW - 1000 * HOUR, "price": 20_000},
        {"v": 2, "since": NOW - 5 * HOUR, "price": 30_000},
    ],
    "kiosks": ["k1", "k2"],
    "wallets": {"w1": FUNDS},
    "spare": {"s1": FUNDS},
}
END = "2026-12-20T08:00:00Z"


def text(when: float) -> str:
    return datetime.fromtimestamp(when, UTC).isoformat()


def record(seq: int, hold: str = "", **other: Any) -> dict[str, Any]:
    """A litre, now, by staff; or from a hold."""
    spends = {"mode": "hold", "hold": hold} if hold else {"mode": "staff"}
    return {
        "epoch": 1,
        "seq": seq,
        "type": "dispense",
        "tag": "t",
        "pulses": 450,
        "ml": 1000,
        "totalizer_ml": seq * 1000,
        "dur_ms": 4000,
        "stop": "target",
        "tariff_v": 2,
        "t": text(NOW),
        "clk": "synced",
        "up_ms": seq * 1000,
        **spends,
        **other,
    }


def lent(seq: int, lease: str = "l1", **other: Any) -> dict[str, Any]:
    return {**record(seq, **other), "mode": "lease", "lease": lease}


class Story:
    """Facts of one run."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self.facts: list[Fact] = [
            {"fact": "run", "what": "kiosks", "run": "r", "at": NOW, "tenants": {"acme": KNOWN}}
        ]

    def ask(self, what: str, *, kiosk: str = "k1", **fields: Any) -> int:
        number = next(self._numbers)
        about = {"n": number, "what": what, "at": NOW, "tenant": "acme", "kiosk": kiosk}
        self.facts.append({"fact": "ask", **about, "wallet": "w1", **fields})
        return number

    def told(self, number: int, status: int, answer: Any = None) -> None:
        about = {"n": number, "at": NOW + 1, "status": status, "answer": answer}
        self.facts.append({"fact": "told", **about})

    def hold(self, name: str, ml: int, amount: int) -> None:
        body = {"idempotency_key": name, "tag": "t", "max_ml": ml}
        answer = {"hold": name, "allowed_ml": ml, "amount_micro": amount, "expires_at": END}
        self.told(self.ask("authorise", body=body), 200, answer)

    def lease(self, name: str, amount: int, status: int = 201) -> None:
        asked = self.ask("lease", body={"amount_micro": amount})
        self.told(asked, status, {"id": name, "expires_at": END})

    def records(
        self, *records: dict[str, Any], statuses: tuple[str, ...] = (), balance: int | None = None
    ) -> None:
        """A batch, answered as far as it has to be; `balance` where only one wallet is touched."""
        through = max(one["seq"] for one in records)
        items = [
            {
                "epoch": one["epoch"],
                "seq": one["seq"],
                "status": status,
                "id": f"d{one['seq']}",
                "balance_micro": balance,
            }
            for one, status in itertools.zip_longest(records, statuses, fillvalue="completed")
        ]
        answer = {"results": items, "ack_through": {"1": through}}
        self.told(self.ask("records", records=list(records)), 200, answer)

    def end(self) -> Expected:
        return expected([*self.facts, {"fact": "end"}])


class Honest:
    """A database that holds exactly what is due; tests spoil it."""

    def __init__(self, due: Expected) -> None:
        self.rows = [_row(key, due) for key in due.dues]
        self.taken = set(due.dues)
        self.odd = set(due.conflicts)
        self.gaps = {kiosk: due.missing(kiosk) for kiosk in KNOWN["kiosks"]}
        self.purses = {
            name: WalletRow(purse.posted, purse.held(NOW + 2), purse.owed)
            for name, purse in due.tenants["acme"].purses.items()
        }
        self.leases = {name: hold.captured for name, hold in due.holds.items() if hold.lease}
        self.crooked = 0

    def records(self, _tenant: str, _kiosks: list[str], _since: float) -> list[RecordRow]:
        return self.rows

    def claims(self, _tenant: str, _kiosks: list[str]) -> set[Key]:
        return self.taken

    def conflicts(self, _tenant: str, _kiosks: list[str]) -> set[Key]:
        return self.odd

    def missing(self, _tenant: str, kiosk: str) -> list[tuple[int, int, int]]:
        return self.gaps[kiosk]

    def wallets(self, _tenant: str, _wallets: list[str]) -> dict[str, WalletRow]:
        return self.purses

    def captured(self, _tenant: str, _kiosks: list[str]) -> dict[str, int]:
        return self.leases

    def unbalanced(self, _tenant: str) -> int:
        return self.crooked


def _row(key: Key, due: Expected) -> RecordRow:
    one = due.dues[key]
    return RecordRow(
        key=key,
        state=one.state,
        wallet=one.wallet,
        ml=one.ml,
        cost=one.cost,
        captured=one.captured,
        receivable=one.receivable,
        overrun=one.overrun,
        refunded=one.refunded,
        day=min(one.days) if one.days else datetime.fromtimestamp(NOW, UTC).date(),
        flags=frozenset({"time_estimated"} if one.estimated else ()),
    )
