"""Spool lines as FreeRADIUS writes them, from field names and Python values."""

import time
from urllib.parse import quote

NOW = int(time.time()) // 86400 * 86400 - 43200
"""Noon of yesterday, UTC: hours around it are all past, and meet no midnight."""

ACCOUNTING = (
    "version", "tenant", "received", "event", "nas", "status", "session", "user", "mac", "called",
    "identifier", "port", "port_type", "seconds", "octets_in", "gigawords_in", "octets_out",
    "gigawords_out", "cause", "ip", "ipv6", "ipv6_prefix", "delegated", "interface", "service",
    "protocol", "authentic", "connect", "class_",
)  # fmt: skip
LOGINS = (
    "version", "tenant", "received", "nas", "user", "reply", "reason", "mac", "called", "port",
    "identifier",
)  # fmt: skip
MAC = "02-00-00-00-00-01"


def _line(names: tuple[str, ...], fields: dict[str, object]) -> bytes:
    unknown = fields.keys() - set(names)
    assert not unknown, unknown
    values = (fields.get(name) for name in names)
    return "\t".join("" if v is None else _quote(v) for v in values).encode() + b"\n"


def _quote(value: object) -> str:
    return quote(value if isinstance(value, bytes) else str(value), safe="")


def record(status: str, at: int = NOW, **fields: object) -> bytes:
    """One accounting record at an event time, unix seconds; received at the same time."""
    defaults: dict[str, object] = {
        "version": 1, "tenant": "ts_sqla", "received": at, "event": at, "nas": "10.0.0.1",
        "status": status, "session": "s1", "user": "amina", "mac": MAC,
    }  # fmt: skip
    return _line(ACCOUNTING, defaults | fields)


def start(at: int = NOW, **fields: object) -> bytes:
    return record("Start", at, **fields)


def interim(at: int = NOW, **fields: object) -> bytes:
    return record("Interim-Update", at, **fields)


def stop(at: int = NOW, **fields: object) -> bytes:
    return record("Stop", at, **{"cause": "User-Request"} | fields)


def restart(at: int = NOW, **fields: object) -> bytes:
    """Accounting-On of a router."""
    return record("Accounting-On", at, **{"session": None, "user": None, "mac": None} | fields)


def login(user: str = "amina", at: int = NOW, **fields: object) -> bytes:
    defaults: dict[str, object] = {
        "version": 1, "tenant": "ts_sqla", "received": at, "nas": "10.0.0.1", "user": user,
        "reply": "Access-Accept",
    }  # fmt: skip
    return _line(LOGINS, defaults | fields)
