"""`manage.py tenant_create SLUG`: a new operator, ready to sign in."""

import getpass
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.hooks import Owner
from tenants.selectors import primary_host
from tenants.services import TenantInvalid, tenant_create


class Command(BaseCommand):
    help = "Create a tenant: schema, role, tables, owner. Run again to resume one that failed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="small letters, digits, underscore; never changes")
        parser.add_argument("--name", help="shown to people; default: the slug")
        parser.add_argument("--owner-email", required=True)
        parser.add_argument("--host", help="default: <slug>.<TENANT_BASE_DOMAIN>")

    def handle(self, *_args: Any, **options: Any) -> None:
        owner = Owner(options["owner_email"], _password())
        try:
            tenant = tenant_create(
                slug=options["slug"],
                name=options["name"] or options["slug"],
                owner=owner,
                host=options["host"],
            )
        except TenantInvalid as error:
            text = f"{error.field or 'tenant'}: {error.message}"
            raise CommandError(text, returncode=2) from None
        self.stdout.write(f"{tenant.slug} is {tenant.state} at {primary_host(tenant)}")


def _password() -> str:
    """From OWNER_PASSWORD or typed; never an argument, which other users could see."""
    password = os.environ.get("OWNER_PASSWORD") or getpass.getpass("Owner's password: ")
    if not password:
        raise CommandError("no password: set OWNER_PASSWORD or type one", returncode=2)
    return password
