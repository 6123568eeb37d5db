"""How `make test` goes over the machine: one pytest worker for each processor, each on servers of
its own (`tests/parallel.py` is the workers' side).

A selection of tests runs in one process, as it is faster than starting servers for many.
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from wificore.devserver.config import AUTO_PORTS, ROOT
from wificore.devserver.errors import Misuse

SETTING = "TEST_WORKERS"
PLACE = "SERVERS_OF_WORKERS"
# What one worker takes at most, with its servers and the stacks that its tests start. Measured.
WORKER_MIB = 1500
# Options that pick some tests, or that need the terminal.
PICKING = ("-k", "-m", "--lf", "--last-failed", "--sw", "--stepwise", "--pdb", "--trace", "--co")


def count(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """How many workers: as TEST_WORKERS says; one for a selection; else one for each processor.

    Raises:
        Misuse: the setting is no number.
    """
    given = environment.get(SETTING)
    if given:
        if not given.isdigit() or int(given) < 1:
            raise Misuse(f"{SETTING}={given!r} is not a number of workers: use 1 or more")
        return int(given)
    if any(_picks(argument) for argument in arguments):
        return 1
    return max(1, min(len(os.sched_getaffinity(0)), available_mib() // WORKER_MIB))


def _picks(argument: str) -> bool:
    if argument.startswith("-"):
        return argument.startswith(PICKING)
    return (ROOT / argument.partition("::")[0]).exists()


def available_mib() -> int:
    """Memory that new programs may take without swapping (proc(5), MemAvailable)."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name == "MemAvailable":
            return int(rest.split()[0]) // 1024
    return 0


def name(number: int) -> str:
    """As pytest-xdist calls it."""
    return f"gw{number}"


def ports(number: int, of: int) -> range:
    """The ports that one of so many workers chooses from."""
    size = len(AUTO_PORTS) // of
    return AUTO_PORTS[number * size : (number + 1) * size]


def write_environment(directory: Path, environment: Mapping[str, str]) -> None:
    """Leave what the worker with this directory needs, besides what it inherits."""
    ours = {key: value for key, value in environment.items() if os.environ.get(key) != value}
    file = directory / "environment.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps(ours))


def pytest_options(number: int, arguments: Sequence[str]) -> list[str]:
    """Arguments of pytest for so many workers."""
    plugin = ["-p", "tests.parallel"]
    if number == 1:
        return [*plugin, *arguments]
    # When one has died, nobody knows what it had done to its servers.
    return [*plugin, "-n", str(number), "--max-worker-restart=0", *arguments]
