"""`manage.py tenant_resume SLUG`: open a suspended tenant again, or go on with a failed one."""

from typing import Any

from tenants.commands import TenantCommand
from tenants.models import Tenant
from tenants.services import tenant_go_on


class Command(TenantCommand):
    help = "Open a suspended tenant's hosts again, or let worker-ddl go on with a failed one."

    def work(self, tenant: Tenant, **_options: Any) -> str:
        return f"{tenant.slug} is {tenant_go_on(tenant=tenant)}"
