"""Lets the model and the sockets run in real time, and tells how it goes."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

from radius.simulator.actions import Answer, Login
from radius.simulator.journal import Journal
from radius.simulator.model import World
from radius.simulator.transport import Outcome, Wire

LONGEST_WAIT = 0.25  # seconds until a signal is noticed
BOOT_SECONDS = 90.0  # for the server to learn new routers (client lifetime, RADIUS 2)
DRAIN_SECONDS = 180.0  # at the end, for what is not answered yet


class NoAnswer(Exception):
    """The server does not know the routers, or is not there."""


@dataclass(slots=True)
class Summary:
    """Counts of the run, and the line that shows them."""

    out: TextIO | None
    world: World
    wire: Wire
    began: float
    answers: Counter[Answer] = field(default_factory=Counter)
    sent: int = 0
    acked: int = 0
    shown: float = 0.0

    def tick(self, now: float) -> None:
        """Show the line each second on a terminal, else every ten seconds."""
        if self.out is None:
            return
        live = self.out.isatty()
        if now - self.shown >= (1.0 if live else 10.0):
            self.shown = now
            self.out.write(f"\r{self.line(now)}\x1b[K" if live else f"{self.line(now)}\n")
            self.out.flush()

    def line(self, now: float) -> str:
        """Return the counts in words."""
        a = self.answers
        return (
            f"{now - self.began:5.0f} s  logins {a[Answer.ACCEPT]} ok {a[Answer.REJECT]} rejected "
            f"{a[Answer.NONE]} unanswered  online {self.world.online}  "
            f"accounting {self.sent} sent {self.acked} acked  retries {self.wire.retries}  "
            f"reboots {self.world.reboots}"
        )

    def count(self, outcome: Outcome) -> None:
        """Take an outcome into account."""
        if isinstance(outcome.action, Login):
            self.answers[outcome.answer] += 1
        else:
            self.acked += 1


class Runner:
    """One run. `stopped` is asked often; once it says yes, nothing more is sent."""

    def __init__(
        self,
        world: World,
        wire: Wire,
        journal: Journal,
        out: TextIO | None,
        stopped: Callable[[], bool],
    ) -> None:
        self._world, self._wire, self._journal = world, wire, journal
        self._stopped = stopped
        self.summary = Summary(out, world, wire, time.time())

    def power_on(self) -> None:
        """Bring all routers up; raises NoAnswer when the server does not answer one of them."""
        self._world.power_on(time.time())
        deadline = time.time() + BOOT_SECONDS
        if not self._loop(lambda now: self._world.ready or now > deadline):
            return
        if not self._world.ready:
            raise NoAnswer("no Accounting-Response for the routers' Accounting-On")

    def run(self, duration: float | None) -> bool:
        """Simulate `duration` seconds (None: until stopped), then end all sessions.

        Returns whether everything was answered at the end; False also when stopped.
        """
        begin = time.time()
        self._world.open(begin)
        end = begin + duration if duration is not None else float("inf")
        if not self._loop(lambda now: now >= end):
            return False
        self._world.close(time.time())
        deadline = time.time() + DRAIN_SECONDS
        self._loop(lambda now: self._world.idle or now > deadline)
        if self._stopped():
            return False
        self._journal.end(time.time())
        return self._world.idle

    def _loop(self, over: Callable[[float], bool]) -> bool:
        """Work until `over`; False if it was stopped before."""
        while not self._stopped():
            now = time.time()
            if over(now):
                return True
            self._send(now)
            for outcome in self._wire.retry_due(now):
                self._settle(outcome)
            for outcome in self._wire.receive(self._patience(now), time.time):
                self._settle(outcome)
            self.summary.tick(now)
        return False

    def _send(self, now: float) -> None:
        for action in self._world.advance(now):
            self._journal.sent(action, now)
            self.summary.sent += not isinstance(action, Login)
            self._wire.send(action, now)

    def _settle(self, outcome: Outcome) -> None:
        self._journal.done(outcome)
        self.summary.count(outcome)
        action = outcome.action
        if isinstance(action, Login):
            self._world.answered(action, outcome.answer, outcome.at)
        else:
            self._world.acknowledged(action, outcome.at)

    def _patience(self, now: float) -> float:
        """Return how many seconds nothing is due."""
        due = [when for when in (self._world.next_due(), self._wire.next_due()) if when is not None]
        return min([LONGEST_WAIT, *(when - now for when in due)])
