"""How many pytest workers there are, what each gets, and what becomes of one that dies."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import parallel
from wificore.devserver import config, workers
from wificore.devserver.config import ROOT
from wificore.devserver.errors import Misuse

PLENTY = 1_000_000


@pytest.fixture
def four_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1, 2, 3})
    monkeypatch.setattr(workers, "available_mib", lambda: PLENTY)


@pytest.mark.usefixtures("four_processors")
def test_everything_is_done_by_one_worker_for_each_processor() -> None:
    assert workers.count([], {}) == 4
    assert workers.count(["-v", "--durations=5", "-x"], {}) == 4


@pytest.mark.usefixtures("four_processors")
@pytest.mark.parametrize(
    "arguments",
    [
        ["-k", "ingester"],
        ["-kingester"],
        ["-m", "soak"],
        ["--lf"],
        ["-v", "tests/kernel"],
        ["tests/devserver/test_workers.py::test_everything"],
    ],
)
def test_a_selection_is_done_by_one(arguments: list[str]) -> None:
    assert workers.count(arguments, {}) == 1


@pytest.mark.usefixtures("four_processors")
def test_the_setting_wins() -> None:
    assert workers.count(["-k", "ingester"], {"TEST_WORKERS": "3"}) == 3
    with pytest.raises(Misuse, match="TEST_WORKERS"):
        workers.count([], {"TEST_WORKERS": "many"})


@pytest.mark.usefixtures("four_processors")
def test_little_memory_means_fewer_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "available_mib", lambda: 2 * workers.WORKER_MIB + 1)
    assert workers.count([], {}) == 2
    monkeypatch.setattr(workers, "available_mib", lambda: 1)
    assert workers.count([], {}) == 1


def test_the_machine_says_how_much_memory_it_has() -> None:
    assert workers.available_mib() > 0


def test_no_two_workers_choose_from_the_same_ports() -> None:
    ranges = [workers.ports(number, 5) for number in range(5)]
    together = [port for ports in ranges for port in ports]
    assert len(together) == len(set(together))
    assert set(together) <= set(config.AUTO_PORTS)


def test_a_worker_gets_what_differs_from_what_it_inherits(tmp_path: Path) -> None:
    workers.write_environment(tmp_path, {**os.environ, "REDIS_URL": "redis://here"})
    file = tmp_path / "environment.json"
    assert json.loads(file.read_text())["REDIS_URL"] == "redis://here"
    assert "PATH" not in json.loads(file.read_text())
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_file_is_one_workers_and_the_platform_too() -> None:
    assert parallel.group("tests/kernel/test_env.py::test_a[x::y]") == "tests/kernel/test_env.py"
    assert parallel.group("tests/e2e/test_a.py::test_b") == parallel.group("tests/e2e/test_c.py::d")


SUITE = {
    "test_first.py": """
import os
def test_says_where_it_is():
    assert os.environ["SERVER"] == os.environ["PYTEST_XDIST_WORKER"]
def test_again():
    assert os.environ["SERVER"] == os.environ["PYTEST_XDIST_WORKER"]
""",
    "test_second.py": """
import os
def test_says_where_it_is():
    assert os.environ["SERVER"] == os.environ["PYTEST_XDIST_WORKER"]
""",
}


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """Some tests far from Django, and the environments of two workers."""
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p no:django -p no:randomly\n")
    for name, text in SUITE.items():
        (tmp_path / name).write_text(text)
    for worker in ("gw0", "gw1"):
        (tmp_path / worker).mkdir()
        workers.write_environment(tmp_path / worker, {"SERVER": worker})
    return tmp_path


def test_a_worker_that_dies_between_tests_fails_the_run_too(suite: Path) -> None:
    (suite / "conftest.py").write_text(
        "import os\ndef pytest_sessionfinish():\n"
        "    if os.environ.get('PYTEST_XDIST_WORKER') == 'gw1':\n        os._exit(0)\n"
    )
    code, output = outcome(suite)
    assert code != 0, output
    assert "gw1" in output


def outcome(suite: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and output of two workers."""
    options = workers.pytest_options(2, arguments)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--rootdir", str(suite), *options, str(suite)],
        cwd=ROOT,
        env={**_without_xdist(), workers.PLACE: str(suite)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def _without_xdist() -> dict[str, str]:
    """Our own worker's name is not the inner run's."""
    return {name: value for name, value in os.environ.items() if "XDIST" not in name}


def test_each_worker_has_its_own_environment(suite: Path) -> None:
    code, output = outcome(suite)
    assert code == 0, output
    assert "3 passed" in output


def test_a_worker_that_dies_fails_the_run_and_its_test_is_named(suite: Path) -> None:
    fatal = "import os\ndef test_ends_its_process():\n    os._exit(0)\n"
    (suite / "test_fatal.py").write_text(fatal)
    code, output = outcome(suite)
    assert code != 0, output
    assert "test_ends_its_process" in output
    assert "crashed" in output


def test_a_worker_without_servers_says_which_setting_gives_them(suite: Path) -> None:
    code, output = outcome(suite, "-n", "3")
    assert code != 0, output
    assert "TEST_WORKERS" in output
