"""Tenants that are there already get their app; new ones get it while they are made."""

import secrets
from datetime import UTC, datetime
from typing import Any

from django.db import migrations

from wificore.kernel.crypto import encrypt

KINDS = ["channel_occupied", "channel_vacated", "member_added", "member_removed"]


def make_apps(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    made = apps.get_model("realtime", "App").objects.using(alias)
    known = set(made.values_list("tenant", flat=True))
    tenants = apps.get_model("tenants", "Tenant").objects.using(alias)
    for schema in tenants.values_list("schema_name", flat=True):
        if schema not in known:
            made.create(
                tenant=schema,
                key=secrets.token_hex(10),
                sealed_secrets=[_secret()],
                webhook_events=KINDS,
            )


def _secret() -> dict[str, str]:
    return {
        "id": secrets.token_hex(4),
        "sealed": encrypt(secrets.token_hex(20)),
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


class Migration(migrations.Migration):
    dependencies = [("realtime", "0002_row_security"), ("tenants", "0001_initial")]
    operations = [migrations.RunPython(make_apps, migrations.RunPython.noop)]
