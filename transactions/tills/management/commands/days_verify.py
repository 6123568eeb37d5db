"""`manage.py days_verify`: are closed days what they were when they were closed? (docs/money.md)

Exit codes: 0 clean, 1 something was changed, 2 wrong arguments.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.models import Tenant
from tenants.selectors import tenant_get, tenants_with_schema
from transactions.tills.chain import findings
from transactions.tills.models import DayClose
from wificore.kernel.db.context import tenant_context


class Command(BaseCommand):
    help = "Verify the hash chain of closed days, and their shifts against the books."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument(
            "--tenant", action="append", metavar="SLUG", help="one tenant; may be given again"
        )
        which.add_argument("--all", action="store_true", help="every tenant")

    def handle(self, *_args: Any, **options: Any) -> None:
        found = sum(self._one(tenant) for tenant in _tenants(options))
        if found:
            raise CommandError(f"{found} findings: closed days were changed", returncode=1)

    def _one(self, tenant: Tenant) -> int:
        """How much is wrong with one tenant's days."""
        with tenant_context(tenant):
            wrong = [f"{close.day}, site {close.site_id}: {what}" for close, what in findings()]
            number = DayClose.objects.count()
        state = "clean" if not wrong else f"{len(wrong)} findings"
        self.stdout.write(f"{tenant.schema_name}: {number} closed days: {state}")
        self.stdout.writelines(f"  {line}" for line in wrong)
        return len(wrong)


def _tenants(options: dict[str, Any]) -> list[Tenant]:
    if options["all"]:
        return list(tenants_with_schema("default"))
    return [_tenant(slug) for slug in options["tenant"]]


def _tenant(slug: str) -> Tenant:
    try:
        return tenant_get(slug=slug)
    except Tenant.DoesNotExist:
        raise CommandError(f"there is no tenant {slug!r}", returncode=2) from None
