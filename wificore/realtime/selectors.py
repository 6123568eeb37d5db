"""Reads: the app of the active tenant."""

from typing import Any

from wificore.kernel.db.context import current

from .models import App


def own_app() -> App:
    """The active tenant's app.

    Raises:
        App.DoesNotExist: it has none (it is being made, or this is the platform).
    """
    return App.objects.get(tenant=current().schema)


def secrets_shown(app: App) -> list[dict[str, Any]]:
    """The app's secrets, newest first, without what is secret of them."""
    return [{"id": each["id"], "created_at": each["created_at"]} for each in app.sealed_secrets]
