"""Web without PostgreSQL: it starts, says 503 in the one error shape, and recovers by itself."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import InterfaceError, OperationalError
from django.test import RequestFactory

from tests.conftest import World
from tests.radius.freeradius.conftest import free_tcp_port
from tests.radius.freeradius.postgres import Postgres
from tests.web import Answer, once, running_web
from tests.worker import until
from wificore.devserver.config import ROOT
from wificore.kernel.api.views import server_error
from wificore.kernel.db import roles

NAME = "outage"
PASSWORD = "trusted-anyway"
PATHS = [
    ("nobody.localhost", "/api/v1/me/"),
    ("nobody.localhost", "/"),
    ("platform.localhost", "/api/v1/me/"),
    ("platform.localhost", "/api/platform/tenants/"),
    ("platform.localhost", "/admin/"),
]
# A token and a cookie, so that the platform's host has something to look up.
KEYS = {"Authorization": f"Token {'a' * 64}", "Cookie": "wc_platform_session=" + "a" * 32}


@pytest.fixture(scope="module")
def postgres(superuser_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A server with a migrated database, which tests stop and start."""
    with closing(psycopg2.connect(superuser_dsn)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT setting FROM pg_config WHERE name = 'BINDIR'")
        (bin_dir,) = cursor.fetchone()
    data = tmp_path_factory.mktemp("outage") / "data"
    server = Postgres(Path(bin_dir), data, free_tcp_port())
    server.initialise()
    server.start()
    roles.bootstrap(server.dsn, NAME, dict.fromkeys(roles.LOGINS, PASSWORD))
    migrate = [sys.executable, "manage.py", "migrate", "--public-only"]
    subprocess.run(migrate, cwd=ROOT, env={**os.environ, **urls(server)}, check=True)
    yield server
    server.stop()


def urls(server: Postgres) -> dict[str, str]:
    def url(login: str) -> str:
        return f"postgresql://{login}:{PASSWORD}@127.0.0.1:{server.port}/{NAME}"

    return {"DATABASE_URL": url(roles.APP), "DATABASE_OWNER_URL": url(roles.PROVISION)}


def assert_away(answer: Answer, path: str) -> None:
    assert answer.status == 503, (path, answer)
    assert int(answer.headers["retry-after"]) > 0
    if path.startswith("/api/"):
        error = answer.json()["error"]
        assert set(error) == {"code", "message", "fields", "request_id"}
        assert (error["code"], error["request_id"]) == (
            "unavailable",
            answer.headers["x-request-id"],
        )


def test_web_starts_without_postgresql_answers_503_and_recovers(
    world: World, postgres: Postgres, tmp_path: Path
) -> None:
    postgres.stop()
    with running_web(tmp_path / "web.log", **urls(postgres)) as port:
        for _ in range(3):
            for host, path in PATHS:
                assert_away(once(port, host, path, **KEYS), path)
        postgres.start()
        for host, path in PATHS:
            until(lambda h=host, p=path: once(port, h, p, **KEYS).status != 503)  # type: ignore[misc]
        assert once(port, "nobody.localhost", "/api/v1/me/").status == 404
        assert once(port, "platform.localhost", "/api/v1/me/", **KEYS).status == 401
        assert once(port, "platform.localhost", "/admin/", **KEYS).status == 302
        postgres.stop()
        # Connections that were open and are dead now.
        for host, path in PATHS[2:]:
            assert_away(once(port, host, path, **KEYS), path)
        assert once(port, "127.0.0.1", "/api/health").status == 200
        postgres.start()
        until(lambda: once(port, "platform.localhost", "/api/v1/me/", **KEYS).status == 401)


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed")])
def test_a_database_error_under_another_one_is_503_too(error: Exception) -> None:
    def answer() -> Any:
        request = RequestFactory().get("/api/v1/me/")
        try:
            try:
                raise error
            except Exception as cause:
                raise RuntimeError("while rendering") from cause
        except RuntimeError:
            return server_error(request)

    assert (answer().status_code, answer()["Retry-After"]) == (503, "5")


def test_any_other_fault_is_500_in_the_one_shape_and_tells_nothing() -> None:
    try:
        raise ValueError("a secret")
    except ValueError:
        answer = server_error(RequestFactory().get("/api/v1/me/"))
    assert answer.status_code == 500
    assert b"a secret" not in answer.content
