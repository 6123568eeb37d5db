"""What an honest ingester would store of a responder's packets: the rules of RADIUS 3 once more."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from radius.simulator.compare import LoginRow, SessionRow
from radius.simulator.ledger import Ledger

from .responder import Got, Responder

GIGAWORD = 2**32


@dataclass
class Bookkeeper:
    """Implements `reconcile.Rows` from what a responder got."""

    responder: Responder

    def sessions(self, ledger: Ledger) -> Iterable[SessionRow]:
        return fold(self.responder.records, self.responder.tenant_of)

    def logins(self, ledger: Ledger) -> Iterable[LoginRow]:
        counts = Counter(
            (
                self.responder.tenant_of(got.source[0]),
                _mac(got),
                got.attributes["User-Name"],
                "Access-Accept" if accepted else "Access-Reject",
            )
            for got, accepted in self.responder.logins
        )
        return [LoginRow(*key, count) for key, count in counts.items()]


def fold(records: Iterable[Got], tenant_of: object) -> list[SessionRow]:
    assert callable(tenant_of)
    rows: dict[str, SessionRow] = {}
    updated: dict[str, float] = {}
    for got in records:
        tenant, status = tenant_of(got.source[0]), got.attributes["Acct-Status-Type"]
        event = float(
            got.attributes.get("Event-Timestamp", int(got.at) - _number(got, "Acct-Delay-Time"))
        )
        if status == "Accounting-On":
            _close(rows, updated, "NAS-Reboot", lambda r, g=got: r.router == g.source[0])
            continue
        name = got.attributes["Acct-Session-Id"]
        if name not in rows:
            fresh = _row(got, tenant, event)
            _close(
                rows,
                updated,
                "Lost-Carrier",
                lambda r, f=fresh: (r.tenant, r.mac) == (f.tenant, f.mac),
            )
            rows[name] = fresh
        row = rows[name]
        if row.stop is not None:
            continue
        updated[name] = event
        rows[name] = replace(
            row,
            stop=event if status == "Stop" else None,
            cause=got.attributes.get("Acct-Terminate-Cause", ""),
            octets_in=max(row.octets_in, _octets(got, "Input")),
            octets_out=max(row.octets_out, _octets(got, "Output")),
        )
    return list(rows.values())


def _close(
    rows: dict[str, SessionRow], updated: dict[str, float], cause: str, which: object
) -> None:
    assert callable(which)
    for name, row in rows.items():
        if row.stop is None and which(row):
            rows[name] = replace(row, stop=updated[name], cause=cause)


def _row(got: Got, tenant: str, event: float) -> SessionRow:
    return SessionRow(
        tenant=tenant,
        session=got.attributes["Acct-Session-Id"],
        username=got.attributes["User-Name"],
        router=got.source[0],
        mac=_mac(got),
        start=event - _number(got, "Acct-Session-Time"),
        stop=None,
        octets_in=0,
        octets_out=0,
        cause="",
    )


def _mac(got: Got) -> str:
    return re.sub("[^0-9A-F]", "", got.attributes["Calling-Station-Id"].upper())


def _number(got: Got, attribute: str) -> int:
    return int(got.attributes.get(attribute, 0))


def _octets(got: Got, way: str) -> int:
    gigawords = _number(got, f"Acct-{way}-Gigawords")
    return gigawords * GIGAWORD + _number(got, f"Acct-{way}-Octets")
