"""The deterministic model: given the same seed and the same answers it does the same things.

The driver calls `advance(now)` for what is to be sent, and tells the fate of each login
(`answered`) and record (`acknowledged`). Nothing here reads a clock, a socket or a database.
"""

from collections.abc import Sequence
from random import Random

from radius.simulator.accounting import Accounting
from radius.simulator.actions import Action, Answer, Flavour, Login, Record, Status
from radius.simulator.board import Board, Device, Mast
from radius.simulator.participants import Party
from radius.simulator.reboots import Reboots
from radius.simulator.shape import Shape

TRIES_TO_PICK = 12
RETRY_SECONDS = 3.0  # a subscriber whose login was not answered tries again after this


class World:
    """All tenants' routers and devices."""

    def __init__(self, parties: Sequence[Party], shape: Shape, seed: int, run: str) -> None:
        self._board = Board(parties, shape, seed, run)
        self._accounting = Accounting(self._board)
        self._reboots = Reboots(self._board, self._accounting)
        self._arrivals = Random(f"{seed}/arrivals")
        self._closing = False

    @property
    def online(self) -> int:
        """Sessions that are open now."""
        return self._accounting.online

    @property
    def reboots(self) -> int:
        """Routers rebooted so far."""
        return self._reboots.count

    @property
    def ready(self) -> bool:
        """Whether every router is up."""
        return self._reboots.all_up

    @property
    def idle(self) -> bool:
        """Whether nothing is on its way, online or planned any more."""
        masts = self._board.masts.values()
        return self.ready and self.online == 0 and not any(mast.in_flight for mast in masts)

    def power_on(self, at: float) -> None:
        """Every router reports Accounting-On; `ready` when the server knows them all."""
        self._reboots.power_on(at)

    def open(self, at: float) -> None:
        """Logins begin."""
        self._plan_arrival(at)
        self._reboots.begin(at, lambda: self._closing)

    def close(self, at: float) -> None:
        """No more logins; open sessions stop, a little faster than they came."""
        self._closing = True
        pace = max(50.0, 4 * self._board.shape.rate)
        online = [device for device in self._board.devices if device.session]
        for i, device in enumerate(online):
            self._board.later(at + i / pace, self._accounting.end, device)

    def next_due(self) -> float | None:
        """Return when `advance` has something to do next (Unix seconds)."""
        return self._board.agenda.next_due()

    def advance(self, now: float) -> list[Action]:
        """Return what is to be sent now, in order."""
        self._board.agenda.run_due(now)
        actions, self._board.outbox = self._board.outbox, []
        return actions

    def answered(self, login: Login, answer: Answer, at: float) -> None:
        """Take notice of a login's end."""
        mast = self._board.masts[login.router]
        mast.in_flight -= 1
        if login.flavour is Flavour.RIGHT:
            self._proceed(self._board.by_mac[login.mac], mast, login.number, answer, at)
        self._reboots.settled(mast, at)

    def acknowledged(self, record: Record, at: float) -> None:
        """Take notice that the server has a record."""
        mast = self._board.masts[record.router]
        mast.in_flight -= 1
        if record.status is Status.ON:
            self._reboots.acknowledged(record)
            return
        self._accounting.acknowledged(record)
        self._reboots.settled(mast, at)

    def _proceed(self, device: Device, mast: Mast, number: int, answer: Answer, at: float) -> None:
        if self._closing or not mast.up:
            device.logging_in = False
        elif answer is Answer.NONE:
            self._board.later(at + RETRY_SECONDS, self._try_again, device, number)
        else:
            device.logging_in = False
            if answer is Answer.ACCEPT:
                self._accounting.begin(device, mast, number, at)

    def _plan_arrival(self, at: float) -> None:
        wait = self._arrivals.expovariate(self._board.shape.rate)
        self._board.later(at + wait, self._arrive)

    def _arrive(self, at: float) -> None:
        if self._closing:
            return
        self._plan_arrival(at)
        number = self._board.number()
        rng = Random(f"{self._board.seed}/login/{number}")
        flavour = self._flavour(rng)
        device = self._pick(rng) if flavour is Flavour.RIGHT else rng.choice(self._board.devices)
        if device is not None:
            self._log_in(device, flavour, rng, number)

    def _try_again(self, device: Device, number: int, at: float) -> None:
        device.logging_in = False
        if not self._closing and device.quiet:
            rng = Random(f"{self._board.seed}/again/{number}")
            self._log_in(device, Flavour.RIGHT, rng, self._board.number())

    def _flavour(self, rng: Random) -> Flavour:
        shape = self._board.shape
        weights = (1 - shape.wrong - shape.foreign - shape.unknown, shape.wrong, shape.foreign)
        return rng.choices(tuple(Flavour), (*weights, shape.unknown))[0]

    def _pick(self, rng: Random) -> Device | None:
        """Return a device for a right login, mostly an offline one; None if all are busy."""
        roaming = rng.random() < self._board.shape.roam
        fallback = None
        for device in rng.choices(self._board.devices, k=TRIES_TO_PICK):
            if device.quiet:
                if (device.session is not None) == roaming:
                    return device
                fallback = device
        return fallback

    def _log_in(self, device: Device, flavour: Flavour, rng: Random, number: int) -> None:
        here = device.session.mast if device.session else None
        masts = self._board.masts_up(device.tenant, besides=here)
        if not masts:
            return
        username, password, flavour = self._credentials(device, flavour, rng)
        device.logging_in = device.logging_in or flavour is Flavour.RIGHT
        shape = self._board.shape
        self._board.emit(
            Login(
                number=number,
                router=rng.choice(masts).router,
                username=username,
                password=password,
                mac=device.mac,
                flavour=flavour,
                chap=rng.random() < shape.chap,
                doubled=rng.random() < shape.doubled,
            )
        )

    def _credentials(
        self, device: Device, flavour: Flavour, rng: Random
    ) -> tuple[str, str, Flavour]:
        name, password = device.subscriber.username, device.subscriber.password
        if flavour is Flavour.UNKNOWN:
            return f"nobody-{rng.randrange(10**6):06d}", password, flavour
        if flavour is Flavour.FOREIGN:
            other = self._elsewhere(device, rng)
            if other is not None and other != password:
                return name, other, flavour
            flavour = Flavour.WRONG
        return name, password if flavour is Flavour.RIGHT else f"{password}x", flavour

    def _elsewhere(self, device: Device, rng: Random) -> str | None:
        """Return the password of the same username in another tenant."""
        others = [t for t in self._board.parties if t != device.tenant]
        if not others:
            return None
        return self._board.passwords[rng.choice(others)].get(device.subscriber.username)
