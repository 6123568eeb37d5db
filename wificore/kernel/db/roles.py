"""The database's roles, and the SQL that an administrator runs once to make them (TENANCY 2).

    wc_owner      NOLOGIN               owns every object
    wc_provision  LOGIN CREATEROLE      member of wc_owner: migrations and provisioning only
    wc_app        LOGIN NOINHERIT       web, workers: may become wc_platform or one ts_* at a time
    wc_platform   NOLOGIN               the platform's own work in `public`
    wc_tenant     NOLOGIN               group of all ts_*: the few rights tenants have in `public`
    ts_<slug>     NOLOGIN               one tenant: its schema and nothing else
    wc_radius     LOGIN                 may execute the versioned functions; reads no table

`wc_tenant` keeps the access lists of shared tables one entry long however many tenants there are.
Only psycopg2 is imported, so that the launcher can use this file before Django is configured.
"""

from collections.abc import Iterator, Mapping

import psycopg2
from psycopg2 import sql

OWNER = "wc_owner"
PROVISION = "wc_provision"
APP = "wc_app"
PLATFORM = "wc_platform"
TENANT = "wc_tenant"
RADIUS = "wc_radius"

EXTENSION_SCHEMA = "extensions"
EXTENSIONS = ("pg_trgm", "btree_gist", "unaccent", "pg_stat_statements")

ATTRIBUTES = {
    OWNER: "NOLOGIN NOCREATEROLE NOCREATEDB",
    PROVISION: "LOGIN CREATEROLE NOCREATEDB",
    APP: "LOGIN NOINHERIT NOCREATEROLE NOCREATEDB NOBYPASSRLS",
    PLATFORM: "NOLOGIN NOCREATEROLE NOCREATEDB NOBYPASSRLS",
    TENANT: "NOLOGIN NOCREATEROLE NOCREATEDB NOBYPASSRLS",
    RADIUS: "LOGIN NOCREATEROLE NOCREATEDB NOBYPASSRLS",
}
LOGINS = (PROVISION, APP, RADIUS)


def role_statements(passwords: Mapping[str, str]) -> Iterator[sql.Composable]:
    """Cluster-wide: the roles and who may become whom. Safe to run again.

    Args:
        passwords: a password for each of `LOGINS`.
    """
    for role, attributes in ATTRIBUTES.items():
        yield _create_role(role)
        yield sql.SQL("ALTER ROLE {} " + attributes).format(sql.Identifier(role))
    for role in LOGINS:
        yield sql.SQL("ALTER ROLE {} PASSWORD {}").format(
            sql.Identifier(role), sql.Literal(passwords[role])
        )
    yield sql.SQL(f"GRANT {OWNER} TO {PROVISION}")
    yield sql.SQL(f"GRANT {PLATFORM} TO {APP}")
    # PostgreSQL 16 and later: CREATEROLE alone may not hand out a role somebody else made.
    yield sql.SQL(f"GRANT {TENANT} TO {PROVISION} WITH ADMIN OPTION")


def _create_role(role: str) -> sql.Composable:
    body = sql.SQL(
        "DO $do$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {}) "
        "THEN CREATE ROLE {}; END IF; END $do$"
    )
    return body.format(sql.Literal(role), sql.Identifier(role))


def create_database_statement(database: str) -> sql.Composable:
    """CREATE DATABASE, owned by wc_owner; it cannot run inside a transaction."""
    text = f"CREATE DATABASE {{}} OWNER {OWNER} ENCODING 'UTF8' TEMPLATE template0"
    return sql.SQL(text).format(sql.Identifier(database))


def database_statements(database: str) -> Iterator[sql.Composable]:
    """Inside the database: extensions, and nothing left open to PUBLIC. Safe to run again."""
    name = sql.Identifier(database)
    yield sql.SQL(f"ALTER DATABASE {{}} OWNER TO {OWNER}").format(name)
    yield sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name)
    yield sql.SQL(f"GRANT CONNECT ON DATABASE {{}} TO {', '.join(LOGINS)}").format(name)
    yield sql.SQL(f"CREATE SCHEMA IF NOT EXISTS {EXTENSION_SCHEMA} AUTHORIZATION {OWNER}")
    for extension in EXTENSIONS:
        yield sql.SQL(f"CREATE EXTENSION IF NOT EXISTS {extension} SCHEMA {EXTENSION_SCHEMA}")
    yield sql.SQL(f"ALTER SCHEMA public OWNER TO {OWNER}")
    yield sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    yield sql.SQL(
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC"
    )


def bootstrap(admin_dsn: str, database: str, passwords: Mapping[str, str]) -> None:
    """Make roles and database with an administrator's connection; safe to run again.

    Raises:
        psycopg2.errors.InsufficientPrivilege: the login may not create roles or extensions.
    """
    _run(admin_dsn, role_statements(passwords))
    if not _database_exists(admin_dsn, database):
        _run(admin_dsn, [create_database_statement(database)])
    _run(psycopg2.extensions.make_dsn(admin_dsn, dbname=database), database_statements(database))


def bootstrap_script(database: str, passwords: Mapping[str, str]) -> str:
    """The same as `bootstrap`, as a psql script for an administrator to read and run."""
    lines = [_text(statement) for statement in role_statements(passwords)]
    create = _text(create_database_statement(database))
    lines.append(
        f"SELECT '{create.replace(chr(39), chr(39) * 2)}'"
        f" WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}')\\gexec"
    )
    lines.append(f'\\connect "{database}"')
    lines += [_text(statement) for statement in database_statements(database)]
    return "".join(f"{line}\n" if "\\" in line else f"{line};\n" for line in lines)


def _text(statement: sql.Composable) -> str:
    """SQL text without a connection: names and passwords here hold no quote characters."""
    if isinstance(statement, sql.Composed):
        return "".join(_text(part) for part in statement)
    if isinstance(statement, sql.Identifier):
        return ".".join(f'"{part}"' for part in statement.strings)
    if isinstance(statement, sql.Literal):
        return "'" + str(statement.wrapped).replace("'", "''") + "'"
    assert isinstance(statement, sql.SQL)
    return statement.string


def _run(dsn: str, statements: "Iterator[sql.Composable] | list[sql.Composable]") -> None:
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.close()


def _database_exists(dsn: str, database: str) -> bool:
    connection = psycopg2.connect(dsn)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
            return cursor.fetchone() is not None
    finally:
        connection.close()
