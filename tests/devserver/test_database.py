"""Roles and database, also where only an administrator may make them."""

from collections.abc import Iterator
from pathlib import Path
from subprocess import run

import psycopg2
import pytest

from wificore.devserver import credentials, database, postgres
from wificore.devserver.errors import Misuse
from wificore.devserver.services import private_postgres
from wificore.kernel.db import roles


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[postgres.Cluster]:
    with private_postgres(tmp_path / "pg") as running:
        yield running


def execute(dsn: str, text: str) -> None:
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(text)
    finally:
        connection.close()


def test_urls_keep_server_and_options() -> None:
    urls = database.Urls("postgresql://root:p%40ss@db.example:5433/postgres?sslmode=require")
    assert urls.of("wc_app", "s/ecret") == (
        "postgresql://wc_app:s%2Fecret@db.example:5433/wificore?sslmode=require"
    )
    assert urls.admin_of("other") == (
        "postgresql://root:p%40ss@db.example:5433/other?sslmode=require"
    )


def test_a_superuser_makes_everything_and_may_do_so_again(
    cluster: postgres.Cluster, tmp_path: Path
) -> None:
    secrets = credentials.load_or_create(tmp_path)
    urls = database.Urls(cluster.dsn())
    database.ensure(urls, secrets, tmp_path)
    database.ensure(urls, secrets, tmp_path)
    assert all(postgres.answering(urls.of(role, secrets[role])) for role in roles.LOGINS)


def test_recreate_drops_what_was_in_the_database(cluster: postgres.Cluster, tmp_path: Path) -> None:
    secrets = credentials.load_or_create(tmp_path)
    urls = database.Urls(cluster.dsn())
    database.ensure(urls, secrets, tmp_path)
    execute(urls.admin_of(database.NAME), "CREATE TABLE kept (n int); CREATE ROLE ts_acme")
    database.recreate(urls, secrets, tmp_path, private=True)
    execute(urls.admin_of(database.NAME), "CREATE TABLE kept (n int); CREATE ROLE ts_acme")


def test_a_login_that_may_not_is_given_the_script_for_an_administrator(
    cluster: postgres.Cluster, tmp_path: Path
) -> None:
    execute(cluster.dsn(), "CREATE ROLE clerk LOGIN PASSWORD 'pw'")
    secrets = credentials.load_or_create(tmp_path)
    clerk = database.Urls(cluster.dsn().replace(f"postgres:{cluster.password}", "clerk:pw"))
    script = tmp_path / "bootstrap.sql"
    with pytest.raises(Misuse, match="administrator must run once") as refusal:
        database.ensure(clerk, secrets, tmp_path)
    assert str(script) in str(refusal.value)
    assert script.stat().st_mode & 0o777 == 0o600
    psql = cluster.programs.program("psql")
    run([psql, cluster.dsn(), "-v", "ON_ERROR_STOP=1", "-qf", script], check=True)
    database.ensure(clerk, secrets, tmp_path)


def test_a_server_that_is_not_there_is_named_with_its_setting(tmp_path: Path) -> None:
    secrets = credentials.load_or_create(tmp_path)
    with pytest.raises(Misuse, match="DATABASE_URL"):
        database.ensure(database.Urls("postgresql://a:b@127.0.0.1:1/postgres"), secrets, tmp_path)
