"""What both contestants have in common."""

import socket
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import psycopg2

from .packets import ACCOUNTS, PASSWORD

GROUP_REPLIES = (
    ("Session-Timeout", "3600"),
    ("Acct-Interim-Interval", "300"),
    ("WISPr-Bandwidth-Max-Up", "2000000"),
    ("WISPr-Bandwidth-Max-Down", "5000000"),
)


class Peer(ABC):
    """One contestant: a database of its own, and servers while it is `serving`."""

    title: str
    auth_port: int
    acct_port: int
    radiusd: int
    ingester: int | None = None

    def __init__(self, dsn: str) -> None:
        """Connect as the superuser."""
        self.dsn = dsn
        self._connection = psycopg2.connect(dsn)
        self._connection.autocommit = True

    def sql(self, *statements: str) -> list[Any]:
        """Rows of the last statement."""
        with self._connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        self._connection.close()

    @abstractmethod
    def add_tenant(self, tenant: int) -> None:
        """Its accounts, all with the same password and plan."""

    @abstractmethod
    def serving(self, tenants: int) -> AbstractContextManager[None]:
        """The servers, for this many routers."""

    @abstractmethod
    def applied(self, kind: str) -> int | None:
        """Records of "acct" or "postauth" that are rows so far; None: all that are answered."""

    @abstractmethod
    def counts(self) -> tuple[int, int, int]:
        """Sessions, of which stopped, and logins in the database."""


def password_rows(tenant: int) -> str:
    return (
        f"SELECT 't{tenant}u' || n, 'Cleartext-Password', ':=', '{PASSWORD.decode()}'"
        f" FROM generate_series(0, {ACCOUNTS - 1}) n"
    )


def free_udp_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [
            stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            for _ in range(count)
        ]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
