"""A simulator beside the stack that a storm kills."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.conftest import Stack
from wificore.devserver.config import ROOT


@contextmanager
def simulation(
    stack: Stack, journal: Path, what: str, options: Mapping[str, object]
) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py simulate WHAT`; what it says is in `journal`.log."""
    pairs = [str(word) for pair in options.items() for word in pair]
    with journal.with_suffix(".log").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "simulate", what, *pairs],
            cwd=ROOT,
            env=stack.command_environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
