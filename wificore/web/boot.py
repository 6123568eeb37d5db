"""What the web client must know before it asks the API anything: at whose host it is."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from wificore.access.models import Settings
from wificore.files.selectors import logo_url
from wificore.realtime.registry import RegistryAway, registry

Json = dict[str, Any]
PLATFORM_NAME = "WifiCore platform"
NOTHING_OF_ITS_OWN: Json = {"zone": "UTC", "logo": None, "colour": "", "live": None}


def boot(request: HttpRequest) -> Json:
    """Public: strangers see it on the sign-in page.

    Returns:
        {"kind": "tenant" or "platform", "name", "slug", "zone", "logo": address or None,
         "colour": "#rrggbb" or "", "live": {"key", "port"} or None,
         "currency": ISO 4217}
    """
    tenant = getattr(request, "tenant", None)
    if tenant is None:
        nothing = {**NOTHING_OF_ITS_OWN, "currency": settings.CURRENCY}
        return {"kind": "platform", "name": PLATFORM_NAME, "slug": "", **nothing}
    zone, colour = Settings.objects.values_list("zone", "colour").get(pk=1)
    return {
        "kind": "tenant",
        "name": tenant.name,
        "slug": tenant.slug,
        "zone": zone,
        "logo": logo_url(),
        "colour": colour,
        "live": _live(tenant.schema_name),
        "currency": settings.CURRENCY,
    }


def _live(schema: str) -> Json | None:
    """Where its sockets are; None: it has none, or nobody knows at the moment."""
    try:
        app = registry.find("schema", schema)
    except RegistryAway:
        return None
    if app is None or not app.open:
        return None
    return {"key": app.key, "port": settings.REALTIME_PUBLIC_PORT}
