"""What the database must hold, derived from a journal by the rules of RADIUS 3, 4 and 6.

Only acknowledged records count. A record that was sent and not acknowledged when the simulator
was killed may or may not have arrived: its session then has two right states.
"""

import math
from collections import Counter
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from radius.simulator.actions import Answer, Status
from radius.simulator.journal import Fact
from radius.simulator.transport import LOGIN_WAITS

UNKNOWN_DELAY = 3600.0  # seconds a packet may be late whose answer was never seen
TRIES_AT_MOST = len(LOGIN_WAITS)
REBOOT_CAUSE = "NAS-Reboot"  # RADIUS 3.8
ROAMED_CAUSE = "*"  # of a session ended by its device's next one: any


class Span(NamedTuple):
    """A time known to lie between two Unix seconds, both included."""

    first: float
    last: float

    def holds(self, moment: float | None) -> bool:
        """Whether `moment` is in the span."""
        return moment is not None and self.first <= moment <= self.last

    def hull(self, other: "Span") -> "Span":
        """The shortest span that holds both."""
        return Span(min(self.first, other.first), max(self.last, other.last))

    def back(self, seconds: int) -> "Span":
        """The span `seconds` earlier."""
        return Span(self.first - seconds, self.last - seconds)


@dataclass(frozen=True, slots=True)
class State:
    """A session as it must stand: `stop` None while it is open, `guessed` if it had no Stop."""

    start: Span
    update: Span
    octets_in: int
    octets_out: int
    stop: Span | None = None
    cause: str = ""
    guessed: bool = False

    def closed_at_update(self, cause: str) -> "State":
        """The session ended without its Stop: at its last update (RADIUS 3.8, 3.10)."""
        if self.stop is not None:
            return self
        return replace(self, stop=self.update, cause=cause, guessed=True)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose session it is and where."""

    tenant: str
    username: str
    router: str
    mac: str


@dataclass(slots=True)
class Books:
    """All sessions of a journal; `open_of` the open ones by device (tenant and MAC)."""

    owners: dict[str, Owner] = field(default_factory=dict)
    states: dict[str, State] = field(default_factory=dict)
    open_of: dict[tuple[str, str], str] = field(default_factory=dict)

    def apply(self, record: Fact, event: Span) -> None:
        """The server has this record."""
        if record["status"] == Status.ON:
            self._reboot(record["tenant"], record["router"])
        elif record["session"] not in self.states:
            self._create(record, event)
        self._update(record, event)

    def _reboot(self, tenant: str, router: str) -> None:
        for device, name in list(self.open_of.items()):
            owner = self.owners[name]
            if (owner.tenant, owner.router) == (tenant, router):
                self.states[name] = self.states[name].closed_at_update(REBOOT_CAUSE)
                del self.open_of[device]

    def _create(self, record: Fact, event: Span) -> None:
        name, device = record["session"], (record["tenant"], record["mac"])
        older = self.open_of.pop(device, None)
        if older is not None:
            self.states[older] = self.states[older].closed_at_update(ROAMED_CAUSE)
        self.owners[name] = Owner(device[0], record["user"], record["router"], device[1])
        self.states[name] = State(event.back(record["seconds"]), event, 0, 0)
        self.open_of[device] = name

    def _update(self, record: Fact, event: Span) -> None:
        state = self.states.get(record["session"])
        if state is None or state.stop is not None:
            return
        update = state.update.hull(event) if record["repeat"] else event
        state = replace(state, update=update, octets_in=record["in"], octets_out=record["out"])
        if record["status"] == Status.STOP:
            state = replace(state, stop=event, cause=record["cause"])
            self.open_of.pop((record["tenant"], record["mac"]), None)
        self.states[record["session"]] = state


@dataclass(slots=True)
class LoginCount:
    """Answers to one username in one tenant: at least and at most so many rows each."""

    accepts: int = 0
    rejects: int = 0
    spare_accepts: int = 0
    spare_rejects: int = 0


@dataclass(slots=True)
class Ledger:
    """Everything a journal says. `wrong`: answers that were not the right ones."""

    run: str
    tenants: list[str]
    at: float
    ended: bool = False
    owners: dict[str, Owner] = field(default_factory=dict)
    states: dict[str, tuple[State | None, ...]] = field(default_factory=dict)
    logins: dict[tuple[str, str], LoginCount] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    rejected_right: list[Fact] = field(default_factory=list)
    accepted_wrong: list[Fact] = field(default_factory=list)
    unacknowledged: int = 0


def read_ledger(facts: Iterable[Fact]) -> Ledger:
    """Fold a journal's facts, in their order."""
    ledger: Ledger | None = None
    books, logins, records = Books(), dict[int, Fact](), dict[int, Fact]()
    for fact in facts:
        match fact["fact"]:
            case "run":
                ledger = Ledger(fact["run"], fact["tenants"], fact["at"])
            case "login":
                logins[fact["n"]] = fact
            case "record":
                records[fact["n"]] = fact
            case "acked":
                record = records.pop(fact["n"])
                books.apply(record, _span(record, fact["at"] - fact["sent"]))
            case "answer" if ledger is not None:
                _count_login(ledger, logins.pop(fact["n"]), fact)
            case "end" if ledger is not None:
                ledger.ended = True
    if ledger is None:
        raise ValueError("the journal is empty")
    _close_logins(ledger, logins.values())
    _close_books(ledger, books, records.values())
    return ledger


def _span(record: Fact, waited: float) -> Span:
    """Return when the server may think a record happened.

    With Event-Timestamp exactly then; with Acct-Delay-Time, which counts whole seconds, the
    time of arrival minus the delay.
    """
    event = float(record["event"])
    if record["stamped"]:
        return Span(event, event)
    return Span(event - 1, event + 2 + math.ceil(waited))


def _count_login(ledger: Ledger, login: Fact, answer: Fact) -> None:
    count = ledger.logins.setdefault((login["tenant"], login["user"]), LoginCount())
    given = Answer(answer["answer"])
    spare = answer["tries"] - 1
    ledger.answers[f"{login['flavour']}: {given}"] += 1
    if given is Answer.NONE:
        _spare(count, login, answer["tries"])
        return
    if given is Answer.ACCEPT:
        count.accepts += 1
    else:
        count.rejects += 1
    _spare(count, login, spare)
    if given != login["expected"]:
        wrong = ledger.rejected_right if given is Answer.REJECT else ledger.accepted_wrong
        wrong.append(login)


def _spare(count: LoginCount, login: Fact, tries: int) -> None:
    """Each try without an answer may have left a row of its own."""
    if login["expected"] == Answer.ACCEPT:
        count.spare_accepts += tries
    else:
        count.spare_rejects += tries


def _close_logins(ledger: Ledger, unanswered: Iterable[Fact]) -> None:
    for login in unanswered:
        count = ledger.logins.setdefault((login["tenant"], login["user"]), LoginCount())
        _spare(count, login, TRIES_AT_MOST)


def _close_books(ledger: Ledger, books: Books, pending: Iterable[Fact]) -> None:
    """Both worlds: none of the pending records arrived, all of them did.

    At most one is pending for a device, so that for each session these two are all there are.
    """
    pending = list(pending)
    ledger.unacknowledged = len(pending)
    after = deepcopy(books) if pending else books
    for record in pending:
        after.apply(record, _span(record, UNKNOWN_DELAY))
    ledger.owners = after.owners
    for name, state in after.states.items():
        before = books.states.get(name)
        ledger.states[name] = (state,) if before == state else (before, state)
