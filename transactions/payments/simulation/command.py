"""manage.py simulate payments."""

import secrets
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, OutputWrapper
from django.db import connections

from wificore.kernel.progress import progress
from wificore.kernel.simulating import JournalError, NoAnswer, differences_left, until_signal

from .database import DatabaseRows
from .expected import expected
from .journal import Journal, read_journal
from .plan import LETTERS, plan
from .reconcile import SETTLE_S, Unavailable, reconcile
from .runner import Runner
from .stage import NotReady, staged
from .wire import Wire

MISUSE = 2
MOST_WALLETS = 500


class PaymentSimulation:
    """Exit code: 0 clean, 1 a difference or no server, 2 misuse."""

    help = "Simulate payers and M-Pesa's callbacks, then check the books against the journal."

    def __init__(self, stdout: OutputWrapper) -> None:
        self.stdout = stdout

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        parser.add_argument("--tenants", default="acme,blue", help="slugs, separated by commas")
        parser.add_argument("--wallets", type=int, default=20, help="of each tenant, new ones")
        parser.add_argument("--rate", type=float, default=2.0, help="payments a second in total")
        parser.add_argument("--duration", type=float, default=60.0, help="seconds")
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
        run = "".join(secrets.choice(LETTERS) for _ in range(8))
        path = given["journal"] or _own_journal(run)
        if not self._simulate(given, run, path):
            self.stdout.write(f"stopped; check it later with --reconcile {path}")
        elif not given["no_reconcile"]:
            self._reconcile(path, given["settle"])
            if given["journal"] is None:
                path.unlink()

    def _simulate(self, given: dict[str, Any], run: str, path: Path) -> bool:
        """Run; return whether it came to its planned end."""
        slugs = [slug.strip() for slug in given["tenants"].split(",") if slug.strip()]
        stopped = until_signal()
        try:
            journal = Journal(path)
        except OSError as error:
            raise CommandError(f"--journal: {error}", returncode=MISUSE) from None
        try:
            with staged(slugs, run=run, wallets=given["wallets"]) as tenants:
                connections.close_all()  # the run needs none, and may outlive the server
                journal.begin(
                    run=run, seed=given["seed"], wallets={t.slug: t.wallets for t in tenants}
                )
                scripts = plan(
                    seed=given["seed"],
                    run=run,
                    tenants=slugs,
                    wallets=given["wallets"],
                    rate=given["rate"],
                    duration=given["duration"],
                )
                runner = Runner(tenants, Wire(given["url"], stopped), journal)
                self._show(runner.play(scripts, stopped), len(scripts), quiet=given["quiet"])
                if not stopped():
                    journal.end()
                self.stdout.write(", ".join(f"{n} {what}" for what, n in runner.counts.items()))
        except NotReady as error:
            raise CommandError(str(error), returncode=MISUSE) from None
        except NoAnswer as error:
            raise CommandError(f"no answer: {error}; is it running at {given['url']}?") from None
        finally:
            journal.close()
        return not stopped()

    def _show(self, scripts: Any, total: int, *, quiet: bool) -> None:
        if not quiet:
            out = sys.stdout
            scripts = progress(scripts, total, out, label="payments", drawn=out.isatty())
        for _ in scripts:
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


def _check(given: dict[str, Any]) -> None:
    wrong = [name for name in ("wallets", "rate", "duration") if given[name] <= 0]
    if given["wallets"] > MOST_WALLETS:
        wrong.append("wallets")
    if wrong:
        raise CommandError(
            f"--{wrong[0]} must be above 0, and wallets at most {MOST_WALLETS}", returncode=MISUSE
        )


def _own_journal(run: str) -> Path:
    directory = Path(settings.VAR_DIR) / "simulator"
    directory.mkdir(parents=True, exist_ok=True)
    return directory / f"payments-{run}.jsonl"
