"""manage.py simulate routers: real RADIUS packets, and the proof of what was stored."""

import os
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, OutputWrapper
from django.db import connections

from radius.simulator.database import DatabaseRows
from radius.simulator.journal import Journal, JournalError, read_journal
from radius.simulator.ledger import read_ledger
from radius.simulator.model import World
from radius.simulator.options import OptionError, Options
from radius.simulator.participants import Party
from radius.simulator.provision import NoTenant, TenantParticipants
from radius.simulator.reconcile import SETTLE, Unavailable, reconcile
from radius.simulator.runner import NoAnswer, Runner
from radius.simulator.shape import shape_for
from radius.simulator.transport import Wire
from wificore.kernel.simulating import differences_left, until_signal

MISUSE = 2


class RouterSimulation:
    """Exit code: 0 clean, 1 a difference or no server, 2 misuse."""

    help = "Simulate routers with real RADIUS packets, then check every session in the database."

    def __init__(self, stdout: OutputWrapper) -> None:
        self.stdout = stdout

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        parser.add_argument("--tenants", default="acme,blue", help="slugs, separated by commas")
        parser.add_argument("--subscribers", type=int, default=100, help="of each tenant")
        parser.add_argument("--rate", type=float, default=1.0, help="logins a second in total")
        parser.add_argument("--duration", type=float, default=60.0, help="seconds")
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same plan")
        parser.add_argument("--journal", type=Path, help="keep the journal in this file")
        parser.add_argument("--forever", action="store_true", help="until stopped, no reconciling")
        parser.add_argument("--quiet", action="store_true", help="no live summary")
        parser.add_argument("--no-reconcile", action="store_true", help="do not look afterwards")
        parser.add_argument(
            "--settle", type=float, default=SETTLE, help="seconds to wait for the rest"
        )
        parser.add_argument("--reconcile", type=Path, metavar="JOURNAL", help="only reconcile this")

    def handle(self, given: dict[str, Any]) -> None:
        if given["reconcile"]:
            self._reconcile(given["reconcile"], given["settle"])
            return
        options = _options(given)
        run = f"{int(time.time()):x}{os.getpid() & 0xFFF:03x}"
        journal = _journal_path(options, run)
        if not self._simulate(options, run, journal):
            if journal and not options.endless:
                self.stdout.write(f"stopped; check it later with --reconcile {journal}")
        elif options.reconcile and journal:
            self._reconcile(journal, given["settle"])
            if options.journal is None:
                journal.unlink()

    def _simulate(self, options: Options, run: str, journal_path: Path | None) -> bool:
        """Run; return whether it came to its planned end."""
        parties = _parties(options)
        shape = shape_for(options.rate, options.duration, sum(len(p.subscribers) for p in parties))
        world = World(parties, shape, options.seed, run)
        wire = Wire(options.host, options.auth_port, options.acct_port)
        journal = _journal(journal_path)
        journal.begin(run, list(options.tenants), options.seed, time.time())
        out = None if options.quiet else sys.stdout
        stopped = until_signal()
        runner = Runner(world, wire, journal, out, stopped)
        try:
            if not options.endless:
                runner.power_on()
            runner.run(options.duration)
        except NoAnswer as error:
            where = f"{options.host}:{options.acct_port}"
            raise CommandError(f"{error}: is FreeRADIUS running at {where}?") from None
        finally:
            wire.close()
            journal.close()
        self.stdout.write("\n" + runner.summary.line(time.time()))
        return not stopped()

    def _reconcile(self, path: Path, settle: float) -> None:
        try:
            ledger = read_ledger(read_journal(path))
            show = differences_left(self.stdout)
            report = reconcile(ledger, DatabaseRows(), settle=settle, progress=show)
        except (OSError, JournalError) as error:
            raise CommandError(f"--reconcile: {error}", returncode=MISUSE) from None
        except Unavailable as error:
            raise CommandError(f"the database cannot be asked: {error}") from None
        self.stdout.write(report.text())
        if not report.clean:
            raise CommandError(f"the database is not what the journal {path} says")


def _options(given: dict[str, Any]) -> Options:
    options = Options(
        tenants=tuple(slug.strip() for slug in given["tenants"].split(",") if slug.strip()),
        subscribers=given["subscribers"],
        rate=given["rate"],
        duration=None if given["forever"] else given["duration"],
        seed=given["seed"],
        host=settings.RADIUS.host,
        auth_port=settings.RADIUS.auth_port,
        acct_port=settings.RADIUS.acct_port,
        journal=given["journal"],
        quiet=given["quiet"],
        reconcile=not given["no_reconcile"],
    )
    try:
        options.check()
    except OptionError as error:
        raise CommandError(str(error), returncode=MISUSE) from None
    return options


def _journal_path(options: Options, run: str) -> Path | None:
    """Return where the journal goes; the demo and a run nobody checks keep none unless asked."""
    if options.journal is not None or options.endless or not options.reconcile:
        return options.journal
    directory = Path(settings.VAR_DIR) / "simulator"
    directory.mkdir(parents=True, exist_ok=True)
    return directory / f"{run}.jsonl"


def _journal(path: Path | None) -> Journal:
    try:
        return Journal(path)
    except OSError as error:
        raise CommandError(f"--journal: {error}", returncode=MISUSE) from None


def _parties(options: Options) -> list[Party]:
    participants = TenantParticipants(options.seed, own_routers=not options.endless)
    try:
        return participants.gather(options.tenants, options.subscribers)
    except NoTenant as error:
        raise CommandError(str(error), returncode=MISUSE) from None
    finally:
        connections.close_all()  # the run needs none, and may outlive the server
