"""A run's rows in the tenants' databases, each read in its own tenant's context."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.db.models import Count

from radius.selectors import logins, sessions
from radius.simulator.board import mac_tag
from radius.simulator.compare import LoginRow, SessionRow
from radius.simulator.ledger import Ledger
from radius.simulator.reconcile import Unavailable
from tenants.selectors import tenant_get
from wificore.kernel.db.context import tenant_context

# A row with a wrong time must be found too, so we look further than the run was long.
MARGIN = timedelta(hours=1)
SESSION_COLUMNS = (
    "acctsessionid",
    "username",
    "nasipaddress",
    "callingstationid",
    "acctstarttime",
    "acctstoptime",
    "acctinputoctets",
    "acctoutputoctets",
    "acctterminatecause",
)
LOGIN_COLUMNS = ("callingstationid", "username", "reply")


class DatabaseRows:
    """Implements `reconcile.Rows`."""

    def sessions(self, ledger: Ledger) -> list[SessionRow]:
        """Return all tenants' sessions with a name of the run."""
        found: list[SessionRow] = []
        for slug in ledger.tenants:
            with _tenant(slug):
                rows = sessions(**_range(ledger)).filter(acctsessionid__startswith=f"{ledger.run}-")
                found += [_session(slug, row) for row in rows.values_list(*SESSION_COLUMNS)]
        return found

    def logins(self, ledger: Ledger) -> list[LoginRow]:
        """Return all tenants' logins from a device of the run, counted."""
        found: list[LoginRow] = []
        for slug in ledger.tenants:
            with _tenant(slug):
                rows = logins(**_range(ledger)).order_by().values_list(*LOGIN_COLUMNS)
                found += [
                    LoginRow(slug, _hex(mac), username, reply, count)
                    for mac, username, reply, count in rows.annotate(rows=Count("id"))
                ]
        tag = mac_tag(ledger.run)
        return [row for row in found if row.mac.startswith(tag)]


@contextmanager
def _tenant(slug: str) -> Iterator[None]:
    """Read as this tenant; a connection that broke is forgotten, so the next look has a new one."""
    try:
        with tenant_context(tenant_get(slug=slug)):
            yield
    except (OperationalError, InterfaceError) as error:
        connection.close()
        raise Unavailable(str(error).strip()) from error


def _range(ledger: Ledger) -> dict[str, datetime]:
    since = datetime.fromtimestamp(ledger.at, UTC) - MARGIN
    return {"since": since, "until": datetime.now(UTC) + MARGIN}


def _session(tenant: str, row: tuple[Any, ...]) -> SessionRow:
    name, username, router, mac, start, stop, octets_in, octets_out, cause = row
    return SessionRow(
        tenant=tenant,
        session=name,
        username=username,
        router=str(router),
        mac=_hex(mac),
        start=start and start.timestamp(),
        stop=stop and stop.timestamp(),
        octets_in=octets_in or 0,
        octets_out=octets_out or 0,
        cause=cause or "",
    )


def _hex(mac: str | None) -> str:
    """Return a MAC as twelve capital digits, however it was written."""
    return re.sub(r"[^0-9A-F]", "", (mac or "").upper())
