"""manage.py radius_compile: compiled login rows anew from the standard rad* tables."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from tenants.models import Tenant
from tenants.selectors import tenant_get, tenants_active
from wificore.kernel.db.context import current, tenant_context


class Command(BaseCommand):
    help = "Rebuild what logins read, after other programs changed radcheck and its sisters."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", help="slug of one tenant; all active ones without it")

    def handle(self, *_args: object, **options: Any) -> None:
        for tenant in _tenants(options["tenant"]):
            with tenant_context(tenant), connection.cursor() as cursor:
                cursor.execute(f'SELECT "{current().schema}".wc_compile_v1()')
                count = cursor.fetchone()[0]
            self.stdout.write(f"{tenant.slug}: {count} users compiled")


def _tenants(slug: str | None) -> list[Tenant]:
    if slug is None:
        return tenants_active()
    try:
        return [tenant_get(slug=slug)]
    except Tenant.DoesNotExist:
        raise CommandError(f"no tenant {slug!r}: see manage.py tenant_list") from None
