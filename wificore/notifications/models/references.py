"""Foreign keys to `access`: kept by the database, unknown to Django's own deletions."""

from typing import Any

from django.conf import settings
from django.db import models


def user_key(**options: Any) -> Any:
    """A user of this tenant; migrations say what becomes of the row when the user is deleted."""
    return _key(settings.AUTH_USER_MODEL, **options)


def site_key(**options: Any) -> Any:
    """A site, or none."""
    return _key("access.Site", null=True, blank=True, **options)


def _key(to: str, **options: Any) -> Any:
    return models.ForeignKey(
        to, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", **options
    )
