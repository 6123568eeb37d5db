"""The state all parts of the model share: virtual time, devices, routers, what is to be sent."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2s
from heapq import heappop, heappush
from itertools import count
from random import Random

from radius.simulator.actions import Action, Record
from radius.simulator.participants import Party, Router, Subscriber
from radius.simulator.shape import SessionPlan, Shape

Task = Callable[[float], None]


class Agenda:
    """Tasks in virtual time; a task is called with the second it was planned for."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Task]] = []
        self._order = count()

    def at(self, when: float, task: Task) -> None:
        """Plan `task`; of two at one time the one planned first goes first."""
        heappush(self._heap, (when, next(self._order), task))

    def next_due(self) -> float | None:
        """Return when the next task is due."""
        return self._heap[0][0] if self._heap else None

    def run_due(self, now: float) -> None:
        """Run everything due until `now`, also what these tasks plan until then."""
        while self._heap and self._heap[0][0] <= now:
            when, _, task = heappop(self._heap)
            task(when)


@dataclass(slots=True, eq=False)
class Session:
    """An online session of a device on a router; `ended` once nothing more will be reported."""

    name: str
    mast: "Mast"
    began: int
    plan: SessionPlan
    ended: bool = False


@dataclass(slots=True, eq=False)
class Device:
    """A subscriber's one device. Its records go out one after the other (`queue`, `waiting`).

    A second record before the first one's answer could reach the server first; which session
    "the older one" is would then be chance, and the journal could not know.
    """

    tenant: str
    subscriber: Subscriber
    mac: str
    framed_ip: str
    session: Session | None = None
    logging_in: bool = False
    stranded: bool = False  # its router reboots
    waiting: bool = False
    queue: deque[Record] = field(default_factory=deque)

    @property
    def quiet(self) -> bool:
        """Whether the device may start something new."""
        return not (self.logging_in or self.stranded or self.waiting or self.queue)


@dataclass(slots=True, eq=False)
class Mast:
    """A router at work: `in_flight` unanswered packets; while not `up` it serves nobody."""

    router: Router
    up: bool = True
    in_flight: int = 0
    booting: bool = False
    online: set[Device] = field(default_factory=set)
    stranded: list[Device] = field(default_factory=list)


def mac_tag(run: str) -> str:
    """Return the six hexadecimal digits with which every MAC of a run begins.

    They keep two runs' devices apart in the database, also when both use the same subscribers.
    02 marks a locally administered address (IEEE 802).
    """
    return "02" + blake2s(run.encode(), digest_size=2).hexdigest().upper()


def tenant_tag(run: str, index: int) -> str:
    """Return the beginning of the MACs of the run's tenant number `index`, from 0."""
    return f"{mac_tag(run)}{index:02X}"


class Board:
    """Who is where, and what is to be sent next."""

    def __init__(self, parties: Sequence[Party], shape: Shape, seed: int, run: str) -> None:
        self.shape, self.seed, self.run = shape, seed, run
        self.agenda = Agenda()
        self.rng = Random(f"{seed}/board")
        self.parties = {party.tenant: party for party in parties}
        self.passwords = {
            party.tenant: {person.username: person.password for person in party.subscribers}
            for party in parties
        }
        self.masts = {router: Mast(router) for party in parties for router in party.routers}
        self.devices = [d for i, party in enumerate(parties) for d in self._devices(i, party)]
        self.by_mac = {device.mac: device for device in self.devices}
        self.outbox: list[Action] = []
        self._numbers = count(1)

    def _devices(self, index: int, party: Party) -> list[Device]:
        tag = tenant_tag(self.run, index)
        net = f"10.{index}"
        return [
            Device(party.tenant, person, f"{tag}{i:04X}", f"{net}.{i >> 8}.{i & 255}")
            for i, person in enumerate(party.subscribers)
        ]

    def number(self) -> int:
        """Return the next number of a login or record, unique in the run."""
        return next(self._numbers)

    def emit(self, action: Action) -> None:
        """Send an action now."""
        self.masts[action.router].in_flight += 1
        self.outbox.append(action)

    def masts_up(self, tenant: str, besides: Mast | None = None) -> list[Mast]:
        """Return the tenant's routers that serve, in their order."""
        routers = self.parties[tenant].routers
        return [m for m in map(self.masts.__getitem__, routers) if m.up and m is not besides]

    def later(self, when: float, function: Callable[..., None], *args: object) -> None:
        """Plan `function(*args, when)`."""
        self.agenda.at(when, partial(function, *args))
