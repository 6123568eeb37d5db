"""Passwords and keys of the private instance: made once, kept in var/secrets.json (mode 0600)."""

import base64
import json
import secrets
from collections.abc import Callable
from pathlib import Path

from wificore.devserver.instance import SECRETS, write_json


def _password() -> str:
    # Letters and digits only: goes into URLs and SQL without any quoting.
    return secrets.token_hex(16)


def _field_keys() -> str:
    return "k1:" + base64.b64encode(secrets.token_bytes(32)).decode()


MAKERS: dict[str, Callable[[], str]] = {
    "superuser": _password,
    "wc_provision": _password,
    "wc_app": _password,
    "wc_radius": _password,
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "FIELD_KEYS": _field_keys,
}


def load_or_create(var: Path) -> dict[str, str]:
    """The secrets of this directory; those that are missing are made now."""
    path = var / SECRETS
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = {name: make() for name, make in MAKERS.items() if name not in known}
    if missing:
        known |= missing
        write_json(path, known)
    return known
