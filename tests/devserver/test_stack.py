"""`run` as a whole: real PostgreSQL and Redis, stand-ins for our own processes."""

import json
import os
import re
import signal
import socket
import sys
from pathlib import Path

import pytest

from tests.devserver.repository import Repository
from wificore.devserver import binaries, postgres, procfs
from wificore.devserver.config import is_free

# What a shell does to `make run &`: SIGINT is ignored, and stays so over exec.
IGNORE = "signal.signal(signal.SIGINT, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
IGNORING = (sys.executable, "-c", f"import os, signal, sys; {IGNORE}")
NAMES = [
    "postgres",
    "redis",
    "radius-clients",
    "ingester",
    "relay",
    "worker",
    "worker-outbound",
    "worker-ddl",
    "beat",
    "realtime",
    "metrics",
    "sms-simulator",
    "mpesa-simulator",
    "web",
    "freeradius",
    "simulator",
    "kiosk-simulator",
]
PLAYERS = ("simulator", "kiosk-simulator")


def contract(repository: Repository) -> dict[str, object]:
    content: dict[str, object] = json.loads((repository.var / "stack.json").read_text())
    return content


def pids(repository: Repository) -> dict[str, int]:
    found = contract(repository)["processes"]
    assert isinstance(found, dict)
    return found


def cluster(repository: Repository) -> postgres.Cluster:
    """The stack's PostgreSQL as an operator with pg_ctl sees it."""
    programs, directory = postgres.choose(repository.var, binaries.postgres_choices())
    return postgres.Cluster(programs, directory, 0, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_run_gets_ready_and_a_signal_stops_all_of_it(
    repository: Repository, number: signal.Signals
) -> None:
    process = repository.up()
    assert list(pids(repository)) == NAMES
    process.send_signal(number)
    assert process.wait(60) == 0
    assert repository.processes() == set()
    assert not (repository.var / "stack.json").exists()


def test_the_contract_file_is_private_and_complete(repository: Repository) -> None:
    process = repository.up("--no-simulator")
    stack = contract(repository)
    assert (repository.var / "stack.json").stat().st_mode & 0o777 == 0o600
    assert {
        "web",
        "websocket",
        "radius",
        "postgres",
        "redis",
        "sms",
        "platform",
        "tenants",
        "launcher",
    } <= set(stack)
    assert stack["launcher"] == {"pid": process.pid}
    assert list(pids(repository)) == [name for name in NAMES if name not in PLAYERS]
    assert repository.text().rstrip().splitlines().index("ready") > 0
    assert "radclient 127.0.0.1:" in repository.text()
    process.terminate()
    assert process.wait(60) == 0


def test_no_process_gets_a_secret_it_does_not_need(repository: Repository) -> None:
    process = repository.up()
    process.terminate()
    process.wait(60)
    owner = json.loads((repository.var / "migrate.env").read_text())
    ingester = json.loads((repository.var / "ingester.env").read_text())
    clients = json.loads((repository.var / "radius_clients.env").read_text())
    workers = json.loads((repository.var / "worker.env").read_text())
    ddl = json.loads((repository.var / "worker_ddl.env").read_text())
    assert "wc_provision" in owner["DATABASE_OWNER_URL"]
    assert "wc_provision" in ddl["DATABASE_OWNER_URL"]
    assert "DATABASE_RADIUS_URL" not in {**workers, **ddl}
    assert "DATABASE_OWNER_URL" not in workers
    assert "DATABASE_OWNER_URL" not in {**ingester, **clients}
    assert "wc_radius" in ingester["DATABASE_RADIUS_URL"]
    assert "DATABASE_RADIUS_URL" not in clients
    assert "wc_app" in clients["DATABASE_URL"]


def test_an_ignored_sigint_of_the_parent_is_not_inherited(repository: Repository) -> None:
    process = repository.up(wrapper=IGNORING)
    ignored = [
        name
        for name, pid in pids(repository).items()
        if ignores(pid, signal.SIGINT) and name != "redis"  # which ignores it by itself
    ]
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert ignored == []


def is_alive(pid: int) -> bool:
    found = procfs.stat(pid)
    return found is not None and not found.dead


def ignores(pid: int, number: signal.Signals) -> bool:
    status = Path(f"/proc/{pid}/status").read_text()
    mask = next(line.split()[1] for line in status.splitlines() if line.startswith("SigIgn"))
    return bool(int(mask, 16) & 1 << (number - 1))


def test_nothing_is_left_after_kill_9_of_the_launcher_and_it_starts_again(
    repository: Repository,
) -> None:
    process = repository.up("--no-simulator")
    process.kill()
    process.wait()
    repository.wait(lambda: not repository.processes())
    assert not (repository.var / "stack.json").exists()
    again = repository.up("--no-simulator")
    again.terminate()
    assert again.wait(60) == 0


def test_a_start_right_after_kill_9_waits_for_the_guardian(repository: Repository) -> None:
    process = repository.up("--no-simulator")
    process.kill()
    process.wait()
    again = repository.up("--no-simulator")
    again.terminate()
    assert again.wait(60) == 0


def test_our_processes_end_even_when_launcher_and_guardian_are_killed_together(
    repository: Repository,
) -> None:
    process = repository.up("--no-simulator")
    ours = pids(repository)
    guardian = next(
        pid
        for pid in repository.processes()
        if "wificore.devserver.guardian" in procfs.command_line(pid)
    )
    os.kill(guardian, signal.SIGKILL)
    process.kill()
    process.wait()
    repository.wait(lambda: not any(is_alive(pid) for pid in ours.values()))
    for pid in repository.processes():  # what our processes started; the guardian's task
        os.kill(pid, signal.SIGKILL)
    again = repository.up("--no-simulator")
    again.terminate()
    assert again.wait(60) == 0


def test_the_death_of_a_child_stops_all_and_shows_its_last_lines(repository: Repository) -> None:
    process = repository.up()
    (repository.var / "ingester.die").touch()
    assert process.wait(60) == 1
    message = repository.text().partition("failed: ingester ended with exit code 7")[2]
    lines = [line.strip() for line in message.splitlines() if "last words" in line]
    assert lines == [f"last words {number}" for number in range(10, 30)]
    assert repository.processes() == set()


def test_a_worker_that_is_killed_is_started_again_and_its_leavings_are_gone(
    repository: Repository,
) -> None:
    process = repository.up("--no-simulator")
    before = pids(repository)["worker"]
    left = [p.pid for p in procfs.processes() if p.session == before and p.pid != before]
    os.kill(before, signal.SIGKILL)
    repository.wait(lambda: pids(repository).get("worker", before) != before)
    assert "worker was killed by SIGKILL: starting it again" in repository.text()
    assert left
    assert not any(is_alive(pid) for pid in left)
    assert is_alive(pids(repository)["worker"])
    process.terminate()
    assert process.wait(60) == 0
    assert repository.processes() == set()


def test_a_worker_that_cannot_live_is_a_failure(repository: Repository) -> None:
    process = repository.up("--no-simulator")
    (repository.var / "worker.die").touch()
    assert process.wait(120) == 1
    text = repository.text()
    failed = re.search(r"failed: (worker\S*) ended with exit code 7", text)
    assert failed is not None, text
    assert text.count(f"| {failed[1]} ended with exit code 7: starting it again") == 5


def test_postgresql_that_is_killed_stops_all(repository: Repository) -> None:
    process = repository.up()
    os.kill(pids(repository)["postgres"], signal.SIGKILL)
    assert process.wait(60) == 1
    assert "postgres was killed by SIGKILL" in repository.text()


@pytest.mark.parametrize("name", ["postgres", "redis", "freeradius", "ingester", "web"])
def test_with_restart_whatever_is_killed_comes_back_alone(
    repository: Repository, name: str
) -> None:
    process = repository.up("--no-simulator", "--restart")
    before = pids(repository)
    os.kill(before[name], signal.SIGKILL)
    repository.wait(lambda: pids(repository)[name] != before[name])
    after = pids(repository)
    assert [other for other in after if after[other] != before[other]] == [name]
    if name == "postgres":
        repository.wait(lambda: repository.call("psql", "-Atc", "SELECT 1") == (0, "1\n"))
    process.terminate()
    assert process.wait(60) == 0
    assert repository.processes() == set()


def test_postgresql_may_be_stopped_and_started_for_maintenance(repository: Repository) -> None:
    process = repository.up()
    before = pids(repository)["postgres"]
    operator = cluster(repository)
    operator.pg_ctl("stop", "-m", "fast")
    repository.wait(lambda: "postgres was stopped cleanly" in repository.text())
    operator.pg_ctl("start")
    repository.wait(lambda: "postgres is back" in repository.text())
    # stack.json is written a moment after the line.
    repository.wait(lambda: pids(repository)["postgres"] != before)
    after = pids(repository)["postgres"]
    assert procfs.stat(after) is not None
    assert process.poll() is None
    process.terminate()
    assert process.wait(60) == 0
    assert operator.running_pid() is None


def test_a_second_run_in_the_same_directory_is_refused(repository: Repository) -> None:
    process = repository.up()
    code, text = repository.call("run", "--auto-ports")
    assert code == 2
    assert f"already running for {repository.var} (pid {process.pid})" in text
    assert repository.call("stop") == (0, "stopped\n")
    assert process.wait(60) == 0
    assert repository.call("stop") == (0, "nothing is running\n")


def test_a_taken_port_is_named_before_anything_is_started(repository: Repository) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code, text = repository.call("run", "--auto-ports", "--redis-port", str(port))
    assert code == 2
    assert f"port {port} (Redis) is taken" in text
    assert "REDIS_PORT" in text
    assert not list(repository.var.glob("postgres-*"))


def test_an_unknown_option_is_misuse(repository: Repository) -> None:
    assert repository.call("run", "--frehs")[0] == 2


def test_data_survives_a_second_start_and_fresh_drops_it(repository: Repository) -> None:
    repository.up("--no-simulator")
    psql = ("psql", "-Atc")
    assert repository.call(*psql, "CREATE TABLE kept AS SELECT 42 AS n")[0] == 0
    assert repository.call("stop")[0] == 0
    repository.up("--no-simulator")
    assert repository.call(*psql, "SELECT n FROM kept") == (0, "42\n")
    # Fresh also stops the one that is running.
    repository.up("--no-simulator", "--fresh")
    assert repository.call(*psql, "SELECT to_regclass('kept') IS NULL") == (0, "t\n")
    assert repository.call("stop")[0] == 0


def test_db_reset_makes_the_database_anew_while_the_stack_is_stopped(
    repository: Repository,
) -> None:
    repository.up("--no-simulator")
    repository.call("psql", "-c", "CREATE TABLE kept AS SELECT 42 AS n")
    assert repository.call("stop")[0] == 0
    code, text = repository.call("db-reset", "--auto-ports")
    assert code == 0, text
    assert "demo: done" in text
    repository.up("--no-simulator")
    assert repository.call("psql", "-Atc", "SELECT to_regclass('kept') IS NULL") == (0, "t\n")
    assert repository.call("stop")[0] == 0


def test_the_ports_are_free_again_after_a_stop(repository: Repository) -> None:
    process = repository.up()
    ports = contract(repository)["ports"]
    assert isinstance(ports, dict)
    process.terminate()
    process.wait(60)
    kinds = {"RADIUS_AUTH_PORT": socket.SOCK_DGRAM, "RADIUS_ACCT_PORT": socket.SOCK_DGRAM}
    assert all(
        is_free(number, kinds.get(setting, socket.SOCK_STREAM)) for setting, number in ports.items()
    )
