"""`manage.py tenant_list`: every tenant with state, schema and host."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tenants.models import Domain, Tenant
from wificore.kernel.db.context import platform_context

ROW = "{slug:<20} {state:<10} {schema:<24} {host:<32} {error}"


class Command(BaseCommand):
    help = "List all tenants."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON array instead of a table")

    def handle(self, *_args: Any, **options: Any) -> None:
        rows = _rows()
        if options["json"]:
            self.stdout.write(json.dumps(rows))
            return
        header = {name: name for name in ("slug", "state", "schema", "host", "error")}
        for row in [header, *rows]:
            self.stdout.write(ROW.format(**row).rstrip())


def _rows() -> list[dict[str, str]]:
    with platform_context():
        hosts = dict(Domain.objects.filter(is_primary=True).values_list("tenant_id", "domain"))
        return [
            {
                "slug": tenant.slug,
                "state": tenant.state,
                "schema": tenant.schema_name,
                "host": hosts.get(tenant.pk, ""),
                "error": tenant.error,
            }
            for tenant in Tenant.objects.all()
        ]
