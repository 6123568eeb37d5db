"""A database for each variant: the same table, once or in every tenant's schema."""

import os
import sys

import psycopg2
from psycopg2.extensions import make_dsn, parse_dsn

from wificore.devserver.checks import Step, run_steps
from wificore.devserver.errors import Failed
from wificore.kernel.db import roles

ITEMS = 200
TABLE = f"""
CREATE TABLE {{schema}}.shop_item (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, username varchar(64) NOT NULL,
    name varchar(120) NOT NULL, phone varchar(32) NOT NULL, plan varchar(64) NOT NULL,
    status varchar(12) NOT NULL, octets bigint NOT NULL, created_at timestamptz NOT NULL);
INSERT INTO {{schema}}.shop_item (username, name, phone, plan, status, octets, created_at)
    SELECT 'user' || n, 'Name ' || n, '+2547' || n, 'monthly', 'active', n * 1000, now()
    FROM generate_series(1, {ITEMS}) n;
"""
DIRECTORY = """
CREATE TABLE customers_client (id bigint PRIMARY KEY, schema_name varchar(63) UNIQUE NOT NULL);
CREATE TABLE customers_domain (id bigint PRIMARY KEY, domain varchar(253) UNIQUE NOT NULL,
    is_primary boolean NOT NULL, tenant_id bigint NOT NULL REFERENCES customers_client);
"""
ROLE_URLS = {
    roles.APP: "DATABASE_URL",
    roles.PROVISION: "DATABASE_OWNER_URL",
    roles.RADIUS: "DATABASE_RADIUS_URL",
}


def schema(tenant: int) -> str:
    return f"ts_shop{tenant}"


def host(tenant: int) -> str:
    return f"shop{tenant}.localhost"


def plain() -> dict[str, str]:
    """The environment that leads to it."""
    dsn = _recreate("bench_tenancy_plain")
    _run(dsn, TABLE.format(schema="public"), "VACUUM ANALYZE")
    return {"BENCH_DATABASE": dsn}


def stock(tenants: int) -> dict[str, str]:
    dsn = _recreate("bench_tenancy_stock")
    _run(dsn, DIRECTORY)
    for number in range(tenants):
        name = schema(number)
        _run(
            dsn,
            f"CREATE SCHEMA {name}",
            TABLE.format(schema=name),
            f"INSERT INTO customers_client VALUES ({number}, '{name}')",
            f"INSERT INTO customers_domain VALUES ({number}, '{host(number)}', true, {number})",
        )
    _run(dsn, "VACUUM ANALYZE")
    return {"BENCH_DATABASE": dsn}


def ours(tenants: int) -> dict[str, str]:
    """Migrated by the product; each tenant with its role, and rights on the one table."""
    name = "bench_tenancy_ours"
    admin, urls = os.environ["DATABASE_ADMIN_URL"], {}
    _run(admin, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    parts = {role: parse_dsn(os.environ[variable]) for role, variable in ROLE_URLS.items()}
    roles.bootstrap(admin, name, {role: each["password"] for role, each in parts.items()})
    for role, variable in ROLE_URLS.items():
        each = parts[role]
        place = f"{each['host']}:{each['port']}/{name}"
        urls[variable] = f"postgresql://{role}:{each['password']}@{place}"
    steps = [
        Step("migrate", [sys.executable, "manage.py", "migrate", "-v0"], urls),
        Step("tenants", [sys.executable, "-m", f"{__package__}.project.fill", str(tenants)], urls),
    ]
    if run_steps(steps, os.environ):
        raise Failed("our database cannot be made")
    for number in range(tenants):
        _our_schema(make_dsn(admin, dbname=name), schema(number))
    _run(make_dsn(admin, dbname=name), "VACUUM ANALYZE")
    return urls


def _our_schema(dsn: str, name: str) -> None:
    _run(
        dsn,
        f"DROP ROLE IF EXISTS {name}",
        f"CREATE ROLE {name} NOLOGIN",
        f"GRANT {roles.TENANT} TO {name}",
        f"GRANT {name} TO {roles.APP}",
        f"CREATE SCHEMA {name} AUTHORIZATION {roles.OWNER}",
        TABLE.format(schema=name),
        f"GRANT USAGE ON SCHEMA {name} TO {name}",
        f"GRANT SELECT ON {name}.shop_item TO {name}",
    )


def _recreate(name: str) -> str:
    admin = os.environ["DATABASE_ADMIN_URL"]
    _run(admin, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    _run(admin, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    return make_dsn(admin, dbname=name)


def _run(dsn: str, *statements: str) -> None:
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()
