"""The private PostgreSQL: which one, and a real one through all that can happen to it."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg2
import pytest

from wificore.devserver import binaries, postgres, procfs
from wificore.devserver.config import is_free
from wificore.devserver.errors import Misuse
from wificore.devserver.services import private_postgres
from wificore.kernel.db import roles

FIFTEEN = binaries.Postgres(Path("/opt/15/bin"), 15, "system")
EIGHTEEN = binaries.Postgres(Path("/opt/18/bin"), 18, "wheel")


def existing(var: Path, major: int) -> None:
    (var / f"postgres-{major}").mkdir()
    (var / f"postgres-{major}" / "PG_VERSION").write_text(f"{major}\n")


def query(cluster: postgres.Cluster, text: str) -> str:
    connection = psycopg2.connect(cluster.dsn())
    try:
        with connection.cursor() as cursor:
            cursor.execute(text)
            row = cursor.fetchone()
            return str(row[0]) if row else ""
    finally:
        connection.close()


def wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_new_cluster_gets_the_preferred_version(tmp_path: Path) -> None:
    assert postgres.choose(tmp_path, [FIFTEEN, EIGHTEEN]) == (FIFTEEN, tmp_path / "postgres-15")


def test_an_existing_data_directory_chooses_its_own_major(tmp_path: Path) -> None:
    existing(tmp_path, 18)
    chosen, directory = postgres.choose(tmp_path, [FIFTEEN, EIGHTEEN])
    assert (chosen, directory) == (EIGHTEEN, tmp_path / "postgres-18")


def test_an_existing_data_directory_without_its_programs_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WIFICORE_POSTGRES", raising=False)
    existing(tmp_path, 17)
    with pytest.raises(Misuse, match=r"postgres-17 was made by PostgreSQL 17.*install"):
        postgres.choose(tmp_path, [FIFTEEN, EIGHTEEN])


def test_no_postgresql_at_all_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="DATABASE_URL"):
        postgres.choose(tmp_path, [])


def test_a_word_that_is_no_source_is_named_with_its_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WIFICORE_POSTGRES", "whel")
    with pytest.raises(ValueError, match="WIFICORE_POSTGRES='whel'"):
        binaries.postgres_choices()


def test_it_runs_as_this_user_even_root_with_our_settings(tmp_path: Path) -> None:
    with private_postgres(tmp_path / "pg") as cluster:
        assert query(cluster, "SHOW listen_addresses") == "127.0.0.1"
        assert query(cluster, "SHOW shared_preload_libraries") == "pg_stat_statements"
        assert query(cluster, "SHOW idle_in_transaction_session_timeout") == "30s"
        assert query(cluster, "SELECT lower('É')") == "é"
        assert (tmp_path / "pg").stat().st_mode & 0o777 == 0o700
    assert cluster.running_pid() is None
    assert is_free(cluster.port, socket.SOCK_STREAM)


def test_every_installed_postgresql_runs_with_our_extensions(tmp_path: Path) -> None:
    for programs in [*binaries.system_postgres(), *binaries.wheel_postgres()]:
        directory = tmp_path / f"{programs.source}-{programs.major}"
        with private_postgres(directory, programs=programs) as cluster:
            assert query(cluster, "SHOW server_version").startswith(str(programs.major))
            for extension in roles.EXTENSIONS:
                found = f"SELECT count(*) FROM pg_available_extensions WHERE name = '{extension}'"
                assert query(cluster, found) == "1", extension


def test_a_login_without_the_password_is_refused(tmp_path: Path) -> None:
    with (
        private_postgres(tmp_path / "pg") as cluster,
        pytest.raises(psycopg2.OperationalError, match="password"),
    ):
        psycopg2.connect(cluster.dsn().replace(cluster.password, "wrong"))


def test_data_is_still_there_at_the_second_start(tmp_path: Path) -> None:
    with private_postgres(tmp_path / "pg") as cluster:
        query(cluster, "CREATE TABLE kept AS SELECT 42 AS n; COMMIT; SELECT 1")
    with private_postgres(tmp_path / "pg") as cluster:
        assert query(cluster, "SELECT n FROM kept") == "42"


def test_a_path_longer_than_a_socket_allows_does_not_matter(tmp_path: Path) -> None:
    with private_postgres(tmp_path / ("long" * 30) / "pg") as cluster:
        assert cluster.answering()


def test_a_stale_pid_file_that_names_a_living_process_does_not_stop_the_next_start(
    tmp_path: Path,
) -> None:
    with private_postgres(tmp_path / "pg") as cluster:
        pass
    (cluster.directory / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.directory}\n0\n")
    with private_postgres(tmp_path / "pg") as cluster:
        assert cluster.answering()


def test_backends_that_outlive_a_killed_server_are_ended_by_the_next_start(tmp_path: Path) -> None:
    with private_postgres(tmp_path / "pg") as cluster:
        busy = subprocess.Popen(
            [cluster.programs.program("psql"), cluster.dsn(), "-c", "SELECT pg_sleep(600)"],
            stderr=subprocess.DEVNULL,
        )
        sleeping = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
        wait(lambda: query(cluster, sleeping) == "1")
        pid = cluster.running_pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        wait(lambda: cluster.running_pid() is None)
        cluster.clear_leftovers()
        here = str(cluster.directory)
        assert not [p for p in procfs.processes() if procfs.working_directory(p.pid) == here]
        busy.wait()
