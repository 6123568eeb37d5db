"""WifiCore: the rendered FreeRADIUS, the real functions and spools, and the process `ingester`."""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2.extensions import make_dsn, parse_dsn

from radius import sql as radius_sql
from radius.freeradius.clients import sync
from radius.freeradius.config import FreeradiusConfig
from radius.freeradius.render import write_config
from wificore.devserver import binaries
from wificore.devserver.checks import Step, run_steps
from wificore.devserver.errors import Failed
from wificore.kernel.db import grants, roles
from wificore.kernel.sql import statements

from .packets import ACCOUNTS, SECRET, router_address
from .peers import GROUP_REPLIES, Peer, free_udp_ports, password_rows
from .processes import running

DAYS = 8
ROLE_URLS = {
    roles.APP: "DATABASE_URL",
    roles.PROVISION: "DATABASE_OWNER_URL",
    roles.RADIUS: "DATABASE_RADIUS_URL",
}


@dataclass(frozen=True)
class Router:
    """A row of the registry."""

    address: str
    tenant: str
    shortname: str
    secret: str = SECRET.decode()
    require_message_authenticator: bool = False


TENANT = """
INSERT INTO public.tenants_tenant (slug, name, schema_name, state, error, created_at)
VALUES (%s, '', %s, 'active', '', now())
"""


class Ours(Peer):
    """A schema for each tenant, with 8 partitions of radacct and of radpostauth."""

    title = "WifiCore"

    def __init__(self, admin_dsn: str, name: str, directory: Path) -> None:
        """Make the database and its public schema; tenants come by `add_tenant`."""
        passwords = {role: secrets.token_hex(8) for role in roles.LOGINS}
        roles.bootstrap(admin_dsn, name, passwords)
        super().__init__(make_dsn(admin_dsn, dbname=name))
        self.directory = directory
        parts = parse_dsn(admin_dsn)
        place = f"{parts['host']}:{parts['port']}/{name}"
        self.environment = {
            variable: f"postgresql://{role}:{passwords[role]}@{place}"
            for role, variable in ROLE_URLS.items()
        } | {"RADIUS_SPOOL_DIR": str(directory / "spool")}
        self.schemas: list[str] = []
        self._migrate_public()

    def add_tenant(self, tenant: int) -> None:
        """As provisioning does, without the tables that no packet touches."""
        schema = f"ts_bench{tenant}"
        connection = psycopg2.connect(self.dsn)
        with connection, connection.cursor() as cursor:
            cursor.execute(TENANT, [f"bench{tenant}", schema])
            cursor.execute(f"CREATE ROLE {schema} NOLOGIN")
            cursor.execute(f"CREATE SCHEMA {schema} AUTHORIZATION {roles.OWNER}")
            cursor.execute(f"SET ROLE {roles.OWNER}")
            for file in (
                radius_sql.TENANT_TABLES,
                *radius_sql.TENANT_FUNCTIONS,
                radius_sql.TENANT_EVENTS,
                radius_sql.TENANT_HELD_DEVICES,
                radius_sql.TENANT_BATCHES,
            ):
                for statement in statements(file, schema):
                    cursor.execute(statement)
            grants.apply(cursor, schema)
            cursor.execute(f"SELECT {schema}.wc_partitions_ahead_v1(current_date, {DAYS})")
            self._accounts(cursor, schema, tenant)
        connection.close()
        self.schemas.append(schema)

    @contextmanager
    def serving(self, tenants: int) -> Iterator[None]:
        self.auth_port, self.acct_port = free_udp_ports(2)
        config = FreeradiusConfig(
            config_dir=self.directory / "raddb",
            clients_dir=self.directory / "clients",
            spool_dir=self.directory / "spool",
            database_url=self.environment["DATABASE_RADIUS_URL"],
            auth_port=self.auth_port,
            acct_port=self.acct_port,
        )
        write_config(config)
        sync(
            config.clients_dir,
            [Router(router_address(n), self.schemas[n], f"t{n}") for n in range(tenants)],
        )
        program = binaries.freeradius()
        assert program
        radiusd = [program, "-f", "-l", "stdout", "-d", str(config.config_dir)]
        ingester = [sys.executable, "manage.py", "ingester"]
        with ExitStack() as stack:
            self.ingester = stack.enter_context(
                running(ingester, self.directory / "ingester.log", "ready", self.environment)
            )
            self.radiusd = stack.enter_context(
                running(radiusd, self.directory / "radiusd.log", "Ready to process requests")
            )
            yield

    def applied(self, kind: str) -> int | None:
        rows = self.sql(f"SELECT applied FROM public.spool_state WHERE spool = '{kind}'")
        return int(rows[0][0]) if rows else 0

    def counts(self) -> tuple[int, int, int]:
        found = [
            self.sql(
                f"SELECT (SELECT count(*) FROM {schema}.sessions),"
                f" (SELECT count(acctstoptime) FROM {schema}.sessions),"
                f" (SELECT count(*) FROM {schema}.radpostauth)"
            )[0]
            for schema in self.schemas
        ]
        sessions, stopped, logins = (sum(column) for column in zip(*found, strict=True))
        return sessions, stopped, logins

    @staticmethod
    def _accounts(cursor: "psycopg2.extensions.cursor", schema: str, tenant: int) -> None:
        cursor.execute(
            f"INSERT INTO {schema}.radcheck (username, attribute, op, value)"
            f" {password_rows(tenant)}"
        )
        cursor.execute(
            f"INSERT INTO {schema}.radusergroup (username, groupname, priority)"
            f" SELECT 't{tenant}u' || n, 'plan', 1 FROM generate_series(0, {ACCOUNTS - 1}) n"
        )
        cursor.executemany(
            f"INSERT INTO {schema}.radgroupreply (groupname, attribute, op, value)"
            " VALUES ('plan', %s, ':=', %s)",
            GROUP_REPLIES,
        )
        cursor.execute(f"SELECT {schema}.wc_compile_v1(NULL)")

    def _migrate_public(self) -> None:
        command = [sys.executable, "manage.py", "migrate", "-v0"]
        if run_steps([Step("migrate", command, self.environment)], os.environ):
            raise Failed("the public schema cannot be migrated")
