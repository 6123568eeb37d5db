"""`manage.py tenant_delete SLUG`: export, then drop everything of a tenant."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from tenants.commands import TenantCommand
from tenants.models import Tenant
from tenants.services import tenant_delete


class Command(TenantCommand):
    help = "Export everything of a tenant to the archive, then drop it. Run again to go on."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--confirm", help="the slug once more; default: it is asked for")

    def work(self, tenant: Tenant, **options: Any) -> str:
        confirm = options["confirm"]
        if confirm is None:
            try:
                confirm = input(f"This drops all data of {tenant.name}. Type its slug: ")
            except EOFError:
                raise CommandError("not confirmed", returncode=2) from None
        tenant_delete(tenant=tenant, confirm=confirm)
        return f"{tenant.slug} is exported and deleted"
