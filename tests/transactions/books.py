"""Two books with one face: the product's, and what one writes at first.

The naive one reads, decides and writes, as an ORM invites to. The tests that the product's must
pass, it must fail; `between` is called between its read and its write, so that it does not depend
on luck which thread comes when.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import psycopg2

from transactions.ledger import holds
from transactions.ledger.kinds import Kind
from transactions.ledger.models import Account
from transactions.ledger.services import InsufficientFunds, account, post
from wificore.kernel.api.errors import DomainError
from wificore.kernel.db.context import tenant_context

HOUR = timedelta(hours=1)


class Refused(DomainError):
    """The naive book's way to say no."""


class Book(Protocol):
    """A wallet with holds."""

    def open(self, amount: int) -> int: ...
    def spend(self, wallet: int, amount: int) -> None: ...
    def hold(self, wallet: int, amount: int) -> int: ...
    def capture(self, hold: int, amount: int) -> None: ...
    def end(self, hold: int) -> None: ...
    def state(self, wallet: int) -> tuple[int, int]: ...


def fresh(word: str) -> str:
    """A key, or an owner, that no other test has."""
    return f"{word}:{secrets.token_hex(8)}"


@dataclass
class Ours:
    """The product's, in a tenant."""

    tenant: Any

    def open(self, amount: int) -> int:
        with tenant_context(self.tenant):
            wallet = account(Kind.WALLET, fresh("wallet"))
            entries = [(account(Kind.CLEARING, "mpesa"), -amount), (wallet, amount)]
            post("topup.mpesa", entries, key=fresh("topup"))
        return wallet

    def spend(self, wallet: int, amount: int) -> None:
        entries = [(wallet, -amount), (account(Kind.REVENUE_WIFI), amount)]
        post("sale.wallet", entries, key=fresh("sale"))

    def hold(self, wallet: int, amount: int) -> int:
        until = datetime.now(UTC) + HOUR
        return holds.place(wallet, amount, key=fresh("hold"), expires_at=until).pk

    def capture(self, hold: int, amount: int) -> None:
        to = [(account(Kind.REVENUE_WATER), amount)]
        holds.capture(hold, amount, to=to, key=fresh("capture"))

    def end(self, hold: int) -> None:
        if not holds.release(hold):
            raise Refused("it had ended")

    def state(self, wallet: int) -> tuple[int, int]:
        with tenant_context(self.tenant):
            found = Account.objects.get(pk=wallet)
        return found.posted, found.held


@dataclass
class Naive:
    """Reads, decides, writes; each in the same transaction, which helps nothing."""

    dsn: str
    between: Callable[[], None] = field(default=lambda: None)

    def create(self) -> None:
        self._run(
            "CREATE SCHEMA naive;"
            "CREATE TABLE naive.account (id serial PRIMARY KEY, posted bigint, held bigint);"
            "CREATE TABLE naive.hold (id serial PRIMARY KEY, account int, amount bigint,"
            " state text DEFAULT 'open')"
        )

    def drop(self) -> None:
        self._run("DROP SCHEMA naive CASCADE")

    def open(self, amount: int) -> int:
        statement = "INSERT INTO naive.account (posted, held) VALUES (%s, 0) RETURNING id"
        return int(self._run(statement, amount)[0][0])

    def spend(self, wallet: int, amount: int) -> None:
        with self._connected() as cursor:
            posted, held = self._read(cursor, wallet)
            self.between()
            if posted - held < amount:
                raise Refused("no funds")
            cursor.execute(
                "UPDATE naive.account SET posted = posted - %s WHERE id = %s", [amount, wallet]
            )

    def hold(self, wallet: int, amount: int) -> int:
        with self._connected() as cursor:
            posted, held = self._read(cursor, wallet)
            self.between()
            if posted - held < amount:
                raise Refused("no funds")
            cursor.execute(
                "UPDATE naive.account SET held = held + %s WHERE id = %s", [amount, wallet]
            )
            cursor.execute(
                "INSERT INTO naive.hold (account, amount) VALUES (%s, %s) RETURNING id",
                [wallet, amount],
            )
            return int(cursor.fetchone()[0])

    def capture(self, hold: int, amount: int) -> None:
        self._resolve(hold, "captured", amount)

    def end(self, hold: int) -> None:
        self._resolve(hold, "released", 0)

    def state(self, wallet: int) -> tuple[int, int]:
        posted, held = self._run("SELECT posted, held FROM naive.account WHERE id = %s", wallet)[0]
        return int(posted), int(held)

    def _resolve(self, hold: int, state: str, taken: int) -> None:
        with self._connected() as cursor:
            cursor.execute("SELECT account, amount, state FROM naive.hold WHERE id = %s", [hold])
            wallet, amount, known = cursor.fetchone()
            self.between()
            if known != "open":
                raise Refused("it had ended")
            cursor.execute("UPDATE naive.hold SET state = %s WHERE id = %s", [state, hold])
            cursor.execute(
                "UPDATE naive.account SET held = held - %s, posted = posted - %s WHERE id = %s",
                [amount, taken, wallet],
            )

    def _read(self, cursor: Any, wallet: int) -> tuple[int, int]:
        cursor.execute("SELECT posted, held FROM naive.account WHERE id = %s", [wallet])
        posted, held = cursor.fetchone()
        return posted, held

    def _connected(self) -> Any:
        return _Transaction(self.dsn)

    def _run(self, statement: str, *values: Any) -> list[Any]:
        with self._connected() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []


class _Transaction:
    """A connection, a transaction and its cursor."""

    def __init__(self, dsn: str) -> None:
        self._connection = psycopg2.connect(dsn)

    def __enter__(self) -> Any:
        return self._connection.cursor()

    def __exit__(self, kind: Any, *_rest: object) -> None:
        if kind is None:
            self._connection.commit()
        self._connection.close()


__all__ = ["Book", "InsufficientFunds", "Naive", "Ours", "Refused", "fresh"]
