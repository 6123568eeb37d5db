"""What commands about one tenant share: its slug, and exit code 2 on misuse."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from .models import Tenant
from .selectors import tenant_get
from .services import TenantInvalid


class TenantCommand(BaseCommand):
    """A command with a tenant's slug as its argument."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")

    def handle(self, *_args: Any, slug: str, **options: Any) -> None:
        try:
            self.stdout.write(self.work(tenant_get(slug=slug), **options))
        except Tenant.DoesNotExist:
            raise CommandError(f"there is no tenant {slug!r}", returncode=2) from None
        except TenantInvalid as error:
            text = f"{error.field or 'tenant'}: {error.message}"
            raise CommandError(text, returncode=2) from None

    def work(self, tenant: Tenant, **options: Any) -> str:
        """Do it; returns the line that is printed."""
        raise NotImplementedError
