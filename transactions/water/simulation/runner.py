"""Plays the plan: every kiosk in a thread of its own, its spells one after another."""

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from .journal import Journal
from .life import Life
from .link import Link
from .plan import Spell
from .stage import Kiosk, Party
from .wire import Wire

PAUSE_S = 0.25


class Runner:
    """One run."""

    def __init__(self, parties: Sequence[Party], wire: Wire, journal: Journal, run: str) -> None:
        self._parties, self._wire, self._journal, self._run = parties, wire, journal, run
        self.counts: Counter[str] = Counter()

    def play(self, spells: Sequence[Spell], stopped: Callable[[], bool]) -> Iterator[Spell]:
        """Each spell when it is through; raises what ended a kiosk's life too early."""
        done: queue.SimpleQueue[Spell | Exception | None] = queue.SimpleQueue()
        began = time.monotonic()
        threads = []
        for party in self._parties:
            for number, kiosk in enumerate(party.kiosks):
                own = [s for s in spells if (s.tenant, s.kiosk) == (party.door.slug, number)]
                life = self._life(kiosk, party)
                threads.append(
                    threading.Thread(target=_live, args=(life, own, began, stopped, done))
                )
        for thread in threads:
            thread.start()
        yield from self._through(done, len(threads))
        for thread in threads:
            thread.join()

    def _life(self, kiosk: Kiosk, party: Party) -> Life:
        link = Link(kiosk, self._wire, self._journal, self.counts, self._run)
        return Life(link, party.known, self.counts)

    def _through(
        self, done: "queue.SimpleQueue[Spell | Exception | None]", living: int
    ) -> Iterator[Spell]:
        failed: Exception | None = None
        while living:
            match done.get():
                case None:
                    living -= 1
                case Exception() as error:
                    failed = failed or error
                case Spell() as spell:
                    yield spell
        if failed:
            raise failed


def _live(
    life: Life,
    spells: Sequence[Spell],
    began: float,
    stopped: Callable[[], bool],
    done: "queue.SimpleQueue[Spell | Exception | None]",
) -> None:
    try:
        for spell in spells:
            while not stopped() and (wait := began + spell.at - time.monotonic()) > 0:
                time.sleep(min(wait, PAUSE_S))
            if stopped():
                return
            life.play(spell)
            done.put(spell)
    except Exception as error:  # noqa: BLE001  it ends the run, in the thread that waits
        done.put(error)
    finally:
        done.put(None)
