"""The database `wificore` and its roles, on a private server or on an administrator's.

On an external server our login may not be allowed to make roles. Then the SQL is written to a file
for the administrator, and the next start goes on from there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, quote, urlsplit

import psycopg2
from psycopg2 import sql

from wificore.devserver.errors import Misuse
from wificore.devserver.instance import write_atomically
from wificore.devserver.postgres import answering
from wificore.kernel.db import roles

NAME = "wificore"


@dataclass(frozen=True)
class Urls:
    """Connection URLs of one server."""

    admin: str
    """An administrator's login; the superuser on a private server."""

    def of(self, role: str, password: str, database: str = NAME) -> str:
        """The same server and options, another login and database."""
        parts = urlsplit(self.admin)
        address = parts.netloc.rpartition("@")[2]
        return _with(parts, f"{role}:{quote(password, safe='')}@{address}", database)

    def admin_of(self, database: str) -> str:
        parts = urlsplit(self.admin)
        return _with(parts, parts.netloc, database)


def _with(parts: SplitResult, netloc: str, database: str) -> str:
    return parts._replace(netloc=netloc, path=f"/{database}").geturl()


def ensure(urls: Urls, secrets: Mapping[str, str], var: Path) -> None:
    """Make roles and database if they are not as they should be.

    Raises:
        Misuse: only an administrator can; says which file to run.
    """
    passwords = {role: secrets[role] for role in roles.LOGINS}
    try:
        roles.bootstrap(urls.admin, NAME, passwords)
    except psycopg2.errors.InsufficientPrivilege as error:
        if not _bootstrapped(urls, passwords):
            raise Misuse(_ask_administrator(urls, passwords, var, str(error))) from None
    except psycopg2.OperationalError as error:
        raise Misuse(f"cannot connect with DATABASE_URL: {str(error).strip()}") from None


def _bootstrapped(urls: Urls, passwords: Mapping[str, str]) -> bool:
    """Whether an administrator has run the script: all logins work and the extensions are there."""
    if not all(answering(urls.of(role, passwords[role])) for role in roles.LOGINS):
        return False
    connection = psycopg2.connect(urls.of(roles.PROVISION, passwords[roles.PROVISION]))
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT extname FROM pg_extension")
            return set(roles.EXTENSIONS) <= {name for (name,) in cursor.fetchall()}
    finally:
        connection.close()


def _ask_administrator(urls: Urls, passwords: Mapping[str, str], var: Path, reason: str) -> str:
    script = var / "bootstrap.sql"
    write_atomically(script, roles.bootstrap_script(NAME, passwords))
    address = urlsplit(urls.admin)
    server = f"-h {address.hostname} -p {address.port or 5432}"
    return (
        f"the login of DATABASE_URL may not prepare the server ({reason.splitlines()[0]}). "
        "An administrator must run once:\n"
        f"    psql {server} -U postgres -d postgres -v ON_ERROR_STOP=1 -f {script}\n"
        "(the file holds passwords, mode 0600); then start again"
    )


def recreate(urls: Urls, secrets: Mapping[str, str], var: Path, *, private: bool) -> None:
    """Drop the database with all its content and make it anew.

    Args:
        private: the server is ours alone, so the tenants' roles go too.
    """
    connection = psycopg2.connect(urls.admin)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            name = sql.Identifier(NAME)
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            if private:
                _drop_tenant_roles(cursor)
    finally:
        connection.close()
    ensure(urls, secrets, var)


def _drop_tenant_roles(cursor: "psycopg2.extensions.cursor") -> None:
    """Roles belong to the server, not to the database; tenants' would be left over."""
    cursor.execute(r"SELECT rolname FROM pg_roles WHERE rolname LIKE 'ts\_%'")
    for (role,) in cursor.fetchall():
        cursor.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
