"""What an app's settings may be."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from wificore.kernel import network
from wificore.kernel.api.errors import DomainError

from .models import WEBHOOK_EVENTS, App

MOST_CONNECTIONS = 100_000
MOST_ORIGINS = 100
LONGEST_URL = 500
# As browsers send it: scheme, host, perhaps a port, nothing behind it.
ORIGIN = re.compile(r"[a-z][a-z0-9+.-]{0,30}://[a-z0-9._\[\]:-]{1,255}")


class AppInvalid(DomainError):
    """A setting cannot be so."""

    code = "validation_error"


def clean(app: App) -> None:
    """Bring the settings into their one form.

    Raises:
        AppInvalid: a setting cannot be so.
    """
    if not 1 <= app.max_connections <= MOST_CONNECTIONS:
        raise AppInvalid(f"From 1 to {MOST_CONNECTIONS}.", field="max_connections")
    app.allowed_origins = _origins(app.allowed_origins)
    app.webhook_url = app.webhook_url.strip()
    if app.webhook_url:
        _check_url(app.webhook_url)
    if unknown := sorted(set(app.webhook_events) - set(WEBHOOK_EVENTS)):
        message = f"There is no {unknown[0]}: choose of {', '.join(WEBHOOK_EVENTS)}."
        raise AppInvalid(message, field="webhook_events")
    app.webhook_events = [kind for kind in WEBHOOK_EVENTS if kind in app.webhook_events]


def _origins(listed: list[Any]) -> list[str]:
    origins = list(dict.fromkeys(str(each).strip().lower().rstrip("/") for each in listed))
    if len(origins) > MOST_ORIGINS:
        raise AppInvalid(f"{MOST_ORIGINS} origins at most.", field="allowed_origins")
    for origin in origins:
        if not ORIGIN.fullmatch(origin):
            message = f"{origin[:100]!r} is no origin: give it like https://shop.example."
            raise AppInvalid(message, field="allowed_origins")
    return origins


def _check_url(url: str) -> None:
    """Once more than where it is sent to, so that a mistake is told at once."""
    try:
        parts = urlsplit(url)
        well_formed = parts.scheme in ("https", "http") and bool(parts.hostname) and url.isascii()
        well_formed = well_formed and (parts.port or 1) > 0 and not re.search(r"[\s\x00-\x1f]", url)
    except ValueError:
        well_formed = False
    if not well_formed or len(url) > LONGEST_URL:
        raise AppInvalid("Give a whole address: https://..", field="webhook_url")
    if parts.username is not None:
        raise AppInvalid("No password in the address, please.", field="webhook_url")
    networks = settings.OUTBOUND_PRIVATE_NETWORKS
    try:
        network.allowed_addresses(url, encrypted=parts.scheme == "https", networks=networks)
    except (network.AddressRefused, network.Unreachable) as error:
        raise AppInvalid(str(error), field="webhook_url") from None
