"""manage.py simulate kiosks."""

import os
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, OutputWrapper

from wificore.kernel.progress import progress
from wificore.kernel.simulating import JournalError, NoAnswer, differences_left, until_signal

from .database import DatabaseRows
from .fold import expected
from .journal import Journal, read_journal
from .plan import plan
from .reconcile import SETTLE_S, Unavailable, reconcile
from .runner import Runner
from .stage import NotReady, Stage, doors
from .wire import Wire

MISUSE = 2
MOST_KIOSKS = 40


class KioskSimulation:
    """Exit code: 0 clean, 1 a difference or no server, 2 misuse."""

    help = "Simulate kiosks that are often offline, then check the books against the journal."

    def __init__(self, stdout: OutputWrapper) -> None:
        self.stdout = stdout

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        parser.add_argument("--tenants", default="acme,blue", help="slugs, separated by commas")
        parser.add_argument("--kiosks", type=int, default=4, help="of each tenant, new ones")
        parser.add_argument("--rate", type=float, default=10.0, help="dispenses a second in total")
        parser.add_argument("--duration", type=float, default=60.0, help="seconds")
        parser.add_argument(
            "--spell", type=int, default=24, help="dispenses in one spell without the network"
        )
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same plan")
        parser.add_argument("--url", default=f"http://127.0.0.1:{settings.WEB_PORT}")
        parser.add_argument("--journal", type=Path, help="keep the journal in this file")
        parser.add_argument("--quiet", action="store_true", help="no progress")
        parser.add_argument("--no-reconcile", action="store_true", help="do not look afterwards")
        parser.add_argument("--settle", type=float, default=SETTLE_S, help="seconds to wait")
        parser.add_argument("--reconcile", type=Path, metavar="JOURNAL", help="only reconcile this")

    def handle(self, given: dict[str, Any]) -> None:
        if given["reconcile"]:
            self._reconcile(given["reconcile"], given["settle"])
            return
        _check(given)
        run = f"{int(time.time()):x}{os.getpid() & 0xFFF:03x}"
        path = given["journal"] or _own_journal(run)
        if not self._simulate(given, run, path):
            self.stdout.write(f"stopped; check it later with --reconcile {path}")
        elif not given["no_reconcile"]:
            self._reconcile(path, given["settle"])
            if given["journal"] is None:
                path.unlink()

    def _simulate(self, given: dict[str, Any], run: str, path: Path) -> bool:
        """Run; return whether it came to its planned end."""
        stopped = until_signal()
        try:
            journal = Journal(path)
        except OSError as error:
            raise CommandError(f"--journal: {error}", returncode=MISUSE) from None
        wire = Wire(given["url"], stopped)
        try:
            with doors(_slugs(given), run) as open_doors:
                parties = [Stage(wire, door, run).party(given["kiosks"]) for door in open_doors]
                known = {party.door.slug: party.known for party in parties}
                journal.begin(run=run, seed=given["seed"], tenants=known)
                runner = Runner(parties, wire, journal, run)
                spells = _planned(given)
                self._show(runner.play(spells, stopped), len(spells), quiet=given["quiet"])
                if not stopped():
                    journal.end()
                self.stdout.write(", ".join(f"{n} {what}" for what, n in runner.counts.items()))
        except NotReady as error:
            raise CommandError(str(error), returncode=MISUSE) from None
        except NoAnswer as error:
            if not stopped():
                raise CommandError(
                    f"no answer: {error}; is it running at {given['url']}?"
                ) from None
        finally:
            journal.close()
        return not stopped()

    def _show(self, spells: Any, total: int, *, quiet: bool) -> None:
        if not quiet:
            out = sys.stdout
            spells = progress(spells, total, out, label="spells", drawn=out.isatty())
        for _ in spells:
            pass

    def _reconcile(self, path: Path, settle: float) -> None:
        try:
            due = expected(read_journal(path))
            report = reconcile(
                due, DatabaseRows(), settle=settle, progress=differences_left(self.stdout)
            )
        except (OSError, JournalError) as error:
            raise CommandError(f"--reconcile: {error}", returncode=MISUSE) from None
        except Unavailable as error:
            raise CommandError(f"the database cannot be asked: {error}") from None
        self.stdout.write(report.text())
        if not report.clean:
            raise CommandError(f"the books are not what the journal {path} says")


def _slugs(given: dict[str, Any]) -> list[str]:
    return [slug.strip() for slug in given["tenants"].split(",") if slug.strip()]


def _planned(given: dict[str, Any]) -> Any:
    names = ("seed", "kiosks", "rate", "duration", "spell")
    return plan(tenants=_slugs(given), **{name: given[name] for name in names})


def _check(given: dict[str, Any]) -> None:
    wrong = [name for name in ("kiosks", "rate", "duration", "spell") if given[name] <= 0]
    if given["kiosks"] > MOST_KIOSKS:
        wrong.append("kiosks")
    if wrong:
        raise CommandError(
            f"--{wrong[0]} must be above 0, and kiosks at most {MOST_KIOSKS}", returncode=MISUSE
        )


def _own_journal(run: str) -> Path:
    directory = Path(settings.VAR_DIR) / "simulator"
    directory.mkdir(parents=True, exist_ok=True)
    return directory / f"kiosks-{run}.jsonl"
