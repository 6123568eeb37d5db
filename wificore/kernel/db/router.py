"""Which app's tables live in which schema, and on which connection they are made."""

from typing import Any

from django.apps import apps
from django.conf import settings

from .context import PUBLIC, peek

OWNER_ALIAS = "owner"


class SchemaRouter:
    """Shared apps in public, tenant apps in ts_*; only the owner's connection migrates."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        if db != OWNER_ALIAS:
            return False
        scope = peek()
        schema = scope.schema if scope else PUBLIC
        lives_here = settings.SHARED_APPS if schema == PUBLIC else settings.TENANT_APPS
        config = apps.get_app_config(app_label)
        path = f"{type(config).__module__}.{type(config).__name__}"
        return config.name in lives_here or path in lives_here
