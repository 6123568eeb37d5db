"""The private Redis."""

import os
import signal
import time
from pathlib import Path

from wificore.devserver import redis_server
from wificore.devserver.services import private_redis


def test_it_answers_and_stops(tmp_path: Path) -> None:
    with private_redis(tmp_path / "redis") as server:
        assert redis_server.ask(server.port, "SET a 1").startswith("+OK")
        pid = server.running_pid()
        assert pid is not None
        assert server.url == f"redis://127.0.0.1:{server.port}"
    assert not server.answering()


def test_a_server_that_was_killed_is_no_trouble_at_the_end(tmp_path: Path) -> None:
    with private_redis(tmp_path / "redis") as server:
        pid = server.running_pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 60
        while server.answering():
            assert time.monotonic() < deadline
            time.sleep(0.05)
