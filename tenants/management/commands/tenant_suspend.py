"""`manage.py tenant_suspend SLUG --reason ..`: close a tenant's hosts."""

from typing import Any

from django.core.management.base import CommandParser

from tenants.commands import TenantCommand
from tenants.models import Tenant
from tenants.services import tenant_suspend


class Command(TenantCommand):
    help = "Close a tenant's hosts; its routers and data stay."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--reason", required=True, help="kept in the audit trail")

    def work(self, tenant: Tenant, **options: Any) -> str:
        tenant_suspend(tenant=tenant, reason=options["reason"])
        return f"{tenant.slug} is suspended"
