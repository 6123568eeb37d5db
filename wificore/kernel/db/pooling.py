"""Refuses a connection pool that hands one client's session to another (TENANCY 3).

A tenant is session state: search_path, role, app.tenant. PgBouncer in transaction or statement mode
gives each transaction whichever server connection is free, so that a client reads another
tenant's rows, without any error. No setting tells a client which mode it got; what two clients see
does:

    P  which backend?           X
    P  which backend?           another than X: refused
    Q  which backend? (twice)   X, or two different ones: refused
    Q  begins a transaction     holds what it has
    P  which backend?           another than X: refused

In session mode, and without a pool, none of it can happen: P's backend is P's as long as P lives.
A busy pool of the other modes may look right in one round, hardly in eight that keep no rhythm
(measured with 3 clients on 2 connections: three rounds missed 1 of 40, eight none of 2,000).
Whatever cannot be decided (nobody there, no answer) is an OperationalError, so that nothing is
served until it is.
"""

import random
import select
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import psycopg2
from django.core.exceptions import ImproperlyConfigured
from psycopg2.extensions import POLL_OK, POLL_READ

# A backend's number alone may be another server's too, where an address has several.
QUESTION = "SELECT pg_backend_pid(), pg_postmaster_start_time()"
ROUNDS = 8
LONGEST_PAUSE_S = 0.003
CONNECT_S = 10.0
# How long Q may wait for a backend before we ask whether P has one of its own.
PATIENCE_S = 2.0
WATCH_S = 2.0
WATCH_STEP_S = 0.1

Place = tuple[str, ...]
Backend = tuple[Any, ...]

_accepted: set[Place] = set()
_one_at_a_time = threading.Lock()


class PoolModeRefused(ImproperlyConfigured):
    """The database is reached through a pool that mixes sessions; names setting and fix."""


class _Silence(Exception):
    """No answer within the time given."""


def require_session_mode(parameters: Mapping[str, Any], setting: str) -> None:
    """Look once a process and database; after that it costs nothing.

    Args:
        parameters: what psycopg2 connects with.
        setting: the variable that holds the address, for messages.

    Raises:
        PoolModeRefused: a pool in transaction or statement mode.
        psycopg2.OperationalError: nobody is there, or it could not be told; try again later.
    """
    place = tuple(str(parameters.get(name)) for name in ("host", "port", "dbname", "user"))
    if place in _accepted:
        return
    if not _one_at_a_time.acquire(timeout=CONNECT_S):
        raise psycopg2.OperationalError(f"{setting}: another thread is still connecting")
    try:
        if place not in _accepted:
            _look(parameters, setting)
            _accepted.add(place)
    finally:
        _one_at_a_time.release()


def forget() -> None:
    """Look again at the next connection."""
    _accepted.clear()


def _look(parameters: Mapping[str, Any], setting: str) -> None:
    try:
        with closing(_Client(parameters)) as first, closing(_Client(parameters)) as second:
            if _backends_are_shared(first, second):
                raise PoolModeRefused(
                    f"{setting} leads to a connection pool in transaction or statement mode, in "
                    "which one tenant would read another's rows: set pool_mode = session for this "
                    f"database and user (deploy/pgbouncer/pgbouncer.ini), or let {setting} name "
                    "PostgreSQL itself"
                )
    except _Silence:
        raise psycopg2.OperationalError(
            f"{setting}: no answer in time, so that the mode of its pool is not known yet"
        ) from None


def _backends_are_shared(first: "_Client", second: "_Client") -> bool:
    for _ in range(ROUNDS):
        # Out of step with clients that take turns in a small pool.
        time.sleep(random.uniform(0, LONGEST_PAUSE_S))
        ours = {first.ask(CONNECT_S) for _ in range(random.randint(2, 4))}
        try:
            theirs = {second.ask() for _ in range(random.randint(2, 4))}
            if len(ours) == len(theirs) == 1 and not ours & theirs:
                theirs.add(second.ask(statement="BEGIN; " + QUESTION))
        except _Silence:
            _require_a_backend_of_its_own(first, second)
            return False
        # Before P asks again: the pool's only connection may be in Q's hands.
        if len(ours) > 1 or len(theirs) > 1 or ours & theirs:
            return True
        ours.add(first.ask())
        if len(ours) > 1:
            return True
        second.ask(statement="ROLLBACK; " + QUESTION)
    return False


def _require_a_backend_of_its_own(first: "_Client", waiting: "_Client") -> None:
    """A full pool lets Q wait. If P is served meanwhile, again and again, P is not in that queue.

    Raises:
        _Silence: P waits as well, or Q got its turn: try again later.
    """
    end = time.monotonic() + WATCH_S
    while time.monotonic() < end:
        first.ask()
        if waiting.answered(WATCH_STEP_S):
            raise _Silence


class _Client:
    """A connection that is never waited for longer than said (psycopg2's asynchronous mode)."""

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        plain = {name: value for name, value in parameters.items() if name != "cursor_factory"}
        self._connection = psycopg2.connect(**plain, async_=True)
        try:
            if not self.answered(CONNECT_S):
                raise _Silence
        except BaseException:
            self.close()
            raise
        self._cursor = self._connection.cursor()

    def ask(self, seconds: float = PATIENCE_S, statement: str = QUESTION) -> Backend:
        """Which backend runs this.

        Raises:
            _Silence: it has not answered yet.
        """
        self._cursor.execute(statement)
        if not self.answered(seconds):
            raise _Silence
        row: Backend = self._cursor.fetchone()
        return row

    def answered(self, seconds: float) -> bool:
        """Whether what was asked is done, after waiting so long for it."""
        deadline = time.monotonic() + seconds
        while (state := self._connection.poll()) != POLL_OK:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            ready = select.poll()
            wanted = select.POLLIN if state == POLL_READ else select.POLLOUT
            ready.register(self._connection.fileno(), wanted)
            ready.poll(left * 1000)
        return True

    def close(self) -> None:
        self._connection.close()
