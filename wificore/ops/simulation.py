"""manage.py simulate all: every kind side by side, one summary, one exit code.

Each kind is a process of its own with a journal of its own; what they say goes through, with their
name before it. When all of them have ended, each one's journal is compared.
"""

import signal
import subprocess
import sys
import tempfile
import threading
import time
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, OutputWrapper

from wificore.devserver.inheritance import die_with_parent
from wificore.kernel.simulating import until_signal

KINDS = ("routers", "payments", "kiosks")
POLL_S = 0.2
RATES = {"routers": 10.0, "payments": 2.0, "kiosks": 10.0}
OF = {"routers": "logins", "payments": "payments", "kiosks": "dispenses"}
SETTLE_S = 180.0


class WholeSimulation:
    """Exit code: 0 clean, 1 a difference or no server, 2 misuse."""

    help = "Simulate routers, payments and kiosks together, then compare each with its journal."

    def __init__(self, stdout: OutputWrapper) -> None:
        self.stdout = stdout
        self._lock = threading.Lock()

    @staticmethod
    def add_arguments(parser: ArgumentParser) -> None:
        parser.add_argument("--tenants", default="acme,blue", help="slugs, separated by commas")
        for kind in KINDS:
            name, rate = f"--{kind}-rate", RATES[kind]
            parser.add_argument(name, type=float, default=rate, help=f"{OF[kind]} a second")
        parser.add_argument("--duration", type=float, default=60.0, help="seconds")
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same plan")
        parser.add_argument("--journal", type=Path, help="keep the journals in this directory")
        parser.add_argument("--quiet", action="store_true", help="no progress")
        parser.add_argument("--no-reconcile", action="store_true", help="do not look afterwards")
        parser.add_argument("--settle", type=float, default=SETTLE_S, help="seconds to wait")
        parser.add_argument("--reconcile", type=Path, metavar="DIR", help="only reconcile these")

    def handle(self, given: dict[str, Any]) -> None:
        if given["reconcile"]:
            self._judge(self._reconciled(given["reconcile"], given["settle"]))
            return
        directory = given["journal"] or _own_directory()
        directory.mkdir(parents=True, exist_ok=True)
        stopped = until_signal()
        codes = self._run({kind: _simulate(kind, given, directory) for kind in KINDS}, stopped)
        if stopped():
            self.stdout.write(f"stopped; check it later with --reconcile {directory}")
            return
        if not any(codes.values()) and not given["no_reconcile"]:
            codes = self._reconciled(directory, given["settle"])
        self._judge(codes)

    def _reconciled(self, directory: Path, settle: float) -> dict[str, int]:
        options = ("--settle", str(settle), "--reconcile")
        return self._run(
            {kind: [kind, *options, str(directory / f"{kind}.jsonl")] for kind in KINDS},
            lambda: False,
        )

    def _run(self, commands: Mapping[str, Sequence[str]], stopped: Any) -> dict[str, int]:
        """Exit codes of all, when all have ended."""
        children = {kind: _started(command) for kind, command in commands.items()}
        readers = [
            threading.Thread(target=self._pass_on, args=(kind, child))
            for kind, child in children.items()
        ]
        for reader in readers:
            reader.start()
        told = False
        while any(child.poll() is None for child in children.values()):
            if stopped() and not told:
                told = True
                for child in children.values():
                    child.send_signal(signal.SIGTERM)
            time.sleep(POLL_S)
        for reader in readers:
            reader.join()
        return {kind: child.returncode for kind, child in children.items()}

    def _pass_on(self, kind: str, child: "subprocess.Popen[str]") -> None:
        assert child.stdout is not None
        with child.stdout as lines:
            for line in lines:
                if line.strip():
                    with self._lock:
                        self.stdout.write(f"{kind:9}{line.rstrip()}")
                        self.stdout.flush()

    def _judge(self, codes: Mapping[str, int]) -> None:
        """The summary; raises CommandError unless all of them are clean."""
        words = {0: "clean", 2: "misuse"}
        for kind, code in codes.items():
            self.stdout.write(f"{kind:9}{words.get(code, f'exit code {code}')}")
        if worst := max(codes.values(), key=abs):
            failed = ", ".join(kind for kind, code in codes.items() if code)
            raise CommandError(f"not clean: {failed}", returncode=2 if worst == 2 else 1)


def _simulate(kind: str, given: Mapping[str, Any], directory: Path) -> list[str]:
    options = {
        "--tenants": given["tenants"],
        "--rate": given[f"{kind}_rate"],
        "--duration": given["duration"],
        "--seed": given["seed"],
        "--journal": directory / f"{kind}.jsonl",
    }
    words = [str(word) for pair in options.items() for word in pair]
    return [kind, *words, "--no-reconcile", *(["--quiet"] if given["quiet"] else [])]


def _started(command: Sequence[str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "simulate", *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )


def _own_directory() -> Path:
    parent = Path(settings.VAR_DIR) / "simulator"
    parent.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix="all-", dir=parent))
