"""pytest as `make test` uses it: files side by side, each worker on servers of its own.

launcher    starts PostgreSQL and Redis for gw0, gw1, .. and leaves each worker's environment in
            SERVERS_OF_WORKERS/<worker>/environment.json (wificore/devserver/workers.py)
worker      takes its environment over before Django reads its settings
controller  hands out files, the longest first, so that no worker is left with one at the end

With one worker there is neither controller nor worker: pytest runs as ever.
"""

import json
import os
import signal
from pathlib import Path
from typing import Any, NoReturn

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import NodeManager

PLACE = "SERVERS_OF_WORKERS"

# One platform serves all tests of such a folder: they stay together.
TOGETHER = ("tests/e2e/",)
# What takes longer than half a minute (`--durations=50`).
FIRST = ("tests/e2e/",)

# Seconds that workers get to put things away after Ctrl-C; then guardians end what they started.
NodeManager.EXIT_TIMEOUT = 60

_dead: list[str] = []


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Before pytest-django reads the settings."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _stop_once)
        return
    # The terminal's Ctrl-C is for the controller: it ends the workers, who then put things away.
    os.setpgid(0, 0)
    file = Path(os.environ[PLACE]) / worker / "environment.json"
    if not file.exists():
        raise pytest.UsageError(f"no servers for worker {worker}: set TEST_WORKERS, not -n")
    os.environ.update(json.loads(file.read_text()))


def _stop_once(_number: int, _frame: Any) -> NoReturn:
    """Ctrl-C comes from the terminal and as SIGTERM from the launcher; one of them is enough."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After the shuffling: all workers get the same order."""
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: Any) -> None:
    """A worker has ended; it may have died where there is no test to blame."""
    if error:
        _dead.append(node.gateway.id)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if _dead and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = pytest.ExitCode.INTERNAL_ERROR


def group(nodeid: str) -> str:
    """What one worker does in one go: a file, or a folder that shares something dear."""
    file = nodeid.partition("::")[0]
    return next((folder for folder in TOGETHER if file.startswith(folder)), file)


class Files(LoadScopeScheduling):
    """Files, in the order of the collection."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Files:
    config.option.loadscopereorder = False
    return Files(config, log)
