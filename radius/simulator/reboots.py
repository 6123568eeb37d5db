"""Routers that reboot: silence, then Accounting-On, which ends all their sessions (RFC 2866)."""

from collections.abc import Callable

from radius.simulator.accounting import Accounting
from radius.simulator.actions import Record, Status
from radius.simulator.board import Board, Mast

DOWN_SECONDS = 2.0


class Reboots:
    """Takes routers down and brings them up again."""

    def __init__(self, board: Board, accounting: Accounting) -> None:
        self._board = board
        self._accounting = accounting
        self.count = 0

    @property
    def all_up(self) -> bool:
        """Whether every router serves."""
        return all(mast.up for mast in self._board.masts.values())

    def power_on(self, at: float) -> None:
        """All routers start for the first time."""
        for mast in self._board.masts.values():
            mast.up = False
            self._boot(mast, at)

    def begin(self, at: float, closing: Callable[[], bool]) -> None:
        """Reboot a router now and then until `closing`."""
        if self._board.shape.reboot_every > 0:
            self._plan(closing, at)

    def settled(self, mast: Mast, at: float) -> None:
        """A packet of the router was answered or given up: go down once it was the last.

        A real router would forget its unanswered packets; whether the server has them would
        then be unknowable, so ours falls silent first.
        """
        if not mast.up and not mast.booting and mast.in_flight == 0:
            mast.booting = True
            self._board.later(at + DOWN_SECONDS, self._boot, mast)

    def acknowledged(self, record: Record) -> None:
        """The server has the Accounting-On: the router serves again."""
        mast = self._board.masts[record.router]
        mast.up, mast.booting = True, False
        for device in mast.stranded:
            device.stranded = False
        mast.stranded.clear()

    def _plan(self, closing: Callable[[], bool], at: float) -> None:
        wait = self._board.rng.expovariate(1 / self._board.shape.reboot_every)
        self._board.later(at + wait, self._reboot_one, closing)

    def _reboot_one(self, closing: Callable[[], bool], at: float) -> None:
        if closing():
            return
        mast = self._board.rng.choice(list(self._board.masts.values()))
        if mast.up and len(self._board.masts_up(mast.router.tenant)) > 1:
            self.count += 1
            self._shut(mast, at)
        self._plan(closing, at)

    def _shut(self, mast: Mast, at: float) -> None:
        """Stop serving; devices there may not begin anything elsewhere until it is up again.

        Would such a new Start or the Accounting-On end the old session? Either would be right,
        so neither could be checked.
        """
        mast.up = False
        router = mast.router
        for device in self._board.devices:
            if device in mast.online or any(r.router == router for r in device.queue):
                self._accounting.forget_on(device, mast)
                device.stranded = True
                mast.stranded.append(device)
        self.settled(mast, at)

    def _boot(self, mast: Mast, at: float) -> None:
        mast.booting = True
        number = self._board.number()
        self._board.emit(Record(number, mast.router, Status.ON, int(at)))
