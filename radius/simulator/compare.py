"""Finds every difference between a ledger and the rows of the tenants' databases."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from radius.simulator.ledger import ROAMED_CAUSE, Ledger, LoginCount, Owner, State

EXAMPLES = 10  # differences spelled out for each table


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A row of the view `sessions`; times in Unix seconds, `mac` as twelve hex digits."""

    tenant: str  # whose schema holds it
    session: str
    username: str
    router: str
    mac: str
    start: float | None
    stop: float | None
    octets_in: int
    octets_out: int
    cause: str


@dataclass(frozen=True, slots=True)
class LoginRow:
    """So many rows of radpostauth: `reply` is Access-Accept or Access-Reject."""

    tenant: str
    mac: str
    username: str
    reply: str
    rows: int


@dataclass(slots=True)
class Tally:
    """One line of the report."""

    expected: int = 0
    found: int = 0
    missing: int = 0
    doubled: int = 0
    different: int = 0
    foreign: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def faults(self) -> int:
        """How many things are not as they must be."""
        return self.missing + self.doubled + self.different + self.foreign

    def note(self, text: str) -> None:
        """Keep an example of a fault."""
        if len(self.examples) < EXAMPLES:
            self.examples.append(text)


def compare_sessions(ledger: Ledger, rows: Iterable[SessionRow]) -> dict[str, Tally]:
    """Return a tally for each tenant.

    A row is foreign where its session belongs to another tenant, or to nobody in the journal.
    """
    tallies = {tenant: Tally() for tenant in ledger.tenants}
    own: dict[str, list[SessionRow]] = defaultdict(list)
    for row in rows:
        tally, owner = tallies[row.tenant], ledger.owners.get(row.session)
        if owner is not None and owner.tenant == row.tenant:
            own[row.session].append(row)
        else:
            tally.foreign += 1
            whose = f"of {owner.tenant}" if owner else "unknown to the journal"
            tally.note(f"session {row.session} is {whose}")
    for name, states in ledger.states.items():
        tally = tallies[ledger.owners[name].tenant]
        _compare_session(tally, ledger, name, states, own[name])
    return tallies


def _compare_session(
    tally: Tally,
    ledger: Ledger,
    name: str,
    states: Sequence[State | None],
    rows: Sequence[SessionRow],
) -> None:
    if not rows and None in states:  # its only record was never acknowledged
        return
    tally.expected += 1
    tally.found += len(rows)
    if not rows:
        tally.missing += 1
        tally.note(f"session {name} is missing")
    elif len(rows) > 1:
        tally.doubled += 1
        tally.note(f"session {name} is there {len(rows)} times")
    else:
        faults = _best_match(ledger, ledger.owners[name], states, rows[0])
        tally.different += bool(faults)
        if faults:
            tally.note(f"session {name}: {', '.join(faults)}")


def _best_match(
    ledger: Ledger, owner: Owner, states: Sequence[State | None], row: SessionRow
) -> list[str]:
    """Return the differences from the state that fits best; none if one fits."""
    possible = [state for state in states if state is not None]
    if not ledger.ended:  # later the server may have closed what a killed simulator left open
        possible += [state.closed_at_update(ROAMED_CAUSE) for state in possible]
    return min((_differences(owner, state, row) for state in possible), key=len)


def _differences(owner: Owner, state: State, row: SessionRow) -> list[str]:
    same = {
        "username": (row.username == owner.username, owner.username, row.username),
        "router": (row.router == owner.router, owner.router, row.router),
        "device": (row.mac == owner.mac, owner.mac, row.mac),
        "start": (state.start.holds(row.start), tuple(state.start), row.start),
        "stop": (_stops(state, row), state.stop and tuple(state.stop), row.stop),
        "octets in": (row.octets_in == state.octets_in, state.octets_in, row.octets_in),
        "octets out": (row.octets_out == state.octets_out, state.octets_out, row.octets_out),
        "cause": (state.cause in (row.cause, ROAMED_CAUSE), state.cause, row.cause),
    }
    return [f"{what} {is_} instead of {due}" for what, (ok, due, is_) in same.items() if not ok]


def _stops(state: State, row: SessionRow) -> bool:
    return row.stop is None if state.stop is None else state.stop.holds(row.stop)


def compare_logins(
    ledger: Ledger, rows: Iterable[LoginRow], tag: Mapping[str, str]
) -> dict[str, Tally]:
    """Return a tally for each tenant; `tag` is the beginning of each tenant's MACs."""
    tallies = {tenant: Tally() for tenant in ledger.tenants}
    found: dict[tuple[str, str], LoginCount] = defaultdict(LoginCount)
    for row in rows:
        if not row.mac.startswith(tag[row.tenant]):
            tallies[row.tenant].foreign += row.rows
            tallies[row.tenant].note(f"login of {row.username} by a device of another tenant")
            continue
        count = found[row.tenant, row.username]
        if row.reply == "Access-Accept":
            count.accepts += row.rows
        else:
            count.rejects += row.rows
    for key in ledger.logins.keys() | found.keys():
        due = ledger.logins.get(key, LoginCount())
        _compare_count(tallies[key[0]], key[1], due, found.get(key, LoginCount()))
    return tallies


def _compare_count(tally: Tally, username: str, due: LoginCount, found: LoginCount) -> None:
    least, total = due.accepts + due.rejects, found.accepts + found.rejects
    most = least + due.spare_accepts + due.spare_rejects
    tally.expected += least
    tally.found += total
    tally.missing += max(0, least - total)
    tally.doubled += max(0, total - most)
    fits = (
        due.accepts <= found.accepts <= due.accepts + due.spare_accepts
        and due.rejects <= found.rejects <= due.rejects + due.spare_rejects
    )
    tally.different += least <= total <= most and not fits
    if not fits:
        tally.note(
            f"{username}: {found.accepts} accepts and {found.rejects} rejects "
            f"instead of {due.accepts} and {due.rejects}"
        )
