"""The whole platform as `make run` starts it, on free ports, for the tests of this folder."""

import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from wificore.devserver.services import RunningStack, running_stack

# Generous: nothing here is about speed.
DEADLINE_S = 60.0


@dataclass(frozen=True)
class Stack:
    """A running platform, seen through `var/stack.json` like any other program sees it."""

    contract: dict[str, Any]
    running: RunningStack

    @property
    def configured(self) -> set[str]:
        """Names that a process beside the stack must take from it, not from our environment."""
        lines = (self.running.var / "stack.env").read_text().splitlines()
        return {line.partition("=")[0] for line in lines}

    def command_environment(self) -> dict[str, str]:
        """For a management command beside the stack, as a developer would start it."""
        own = {
            name: value
            for name, value in os.environ.items()
            if not name.endswith(("_URL", "_PORT")) and name not in self.configured
        }
        var = str(self.running.var)
        return {**own, "VAR_DIR": var, "DJANGO_SETTINGS_MODULE": "wificore.settings.dev"}

    def tenant(self, slug: str) -> dict[str, Any]:
        found: dict[str, Any] = next(t for t in self.contract["tenants"] if t["slug"] == slug)
        return found

    def api(
        self, slug: str, path: str, method: str = "GET", body: Any = None, key: str = ""
    ) -> tuple[int, Any]:
        """Status and JSON of one request as the tenant's owner; `key` is its Idempotency-Key."""
        tenant = self.tenant(slug)
        request = urllib.request.Request(
            self.contract["web"]["url"] + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Host": tenant["host"],
                "Authorization": f"Token {tenant['owner']['token']}",
                "Content-Type": "application/json",
                **({"Idempotency-Key": key} if key else {}),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or "null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def radius(self, kind: str, nas: dict[str, Any], tries: int = 3, **attributes: Any) -> str:
        """The answer's name ("Access-Accept", ...), or "" when there is none."""
        pairs = {
            "Packet-Src-IP-Address": nas["ip"],
            "Message-Authenticator": "0x00",
            **{name.replace("_", "-"): value for name, value in attributes.items()},
        }
        port = self.contract["radius"]["auth_port" if kind == "auth" else "acct_port"]
        if kind == "acct":
            del pairs["Message-Authenticator"]
        done = subprocess.run(
            ["radclient", "-r", str(tries), "-t", "2", f"127.0.0.1:{port}", kind, nas["secret"]],
            input=",".join(f'{name}="{value}"' for name, value in pairs.items()),
            capture_output=True,
            text=True,
            check=False,
            timeout=DEADLINE_S,
        )
        answers = [line.split()[1] for line in done.stdout.splitlines() if "Received" in line]
        return answers[-1] if answers else ""

    def sql(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows, as the superuser of the private instance."""
        connection = psycopg2.connect(self.contract["postgres"]["dsn"])
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows
        finally:
            connection.close()


def eventually(condition: Callable[[], Any], seconds: float = DEADLINE_S) -> Any:
    """The first true value of a condition.

    Raises:
        AssertionError: it did not become true in time.
    """
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.2)
    return value


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One platform for all tests of this folder, without simulated routers."""
    var: Path = tmp_path_factory.mktemp("stack")
    with running_stack(var, "--no-simulator") as running:
        yield Stack(dict(running.contract), running)
