"""`manage.py migrate`: public first, then every tenant, each followed by its rights."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.db.migrations.autodetector import MigrationAutodetector

from tenants.provisioning import schema_migrate
from tenants.selectors import tenants_with_schema
from wificore.kernel.db.context import PUBLIC, platform_context, tenant_context
from wificore.kernel.db.router import OWNER_ALIAS


class Command(BaseCommand):
    help = "Migrate public and all tenants, with progress; one bad tenant stops no other."
    # Django's checks compare it with makemigrations'.
    autodetector = MigrationAutodetector

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--public-only", action="store_true", help="leave tenants as they are")

    def handle(self, *_args: Any, public_only: bool, **_options: Any) -> None:
        if OWNER_ALIAS not in connections:
            raise CommandError("DATABASE_OWNER_URL is not set: only the owner may migrate.")
        with platform_context():
            self._timed("public", partial(schema_migrate, PUBLIC))
        failures = [] if public_only else self._migrate_tenants()
        if failures:
            raise CommandError("not migrated: " + ", ".join(failures))

    def _migrate_tenants(self) -> list[str]:
        tenants = tenants_with_schema(OWNER_ALIAS)
        failures = []
        for number, tenant in enumerate(tenants, start=1):
            label = f"[{number}/{len(tenants)}] {tenant.schema_name}"
            with tenant_context(tenant):
                try:
                    self._timed(label, partial(schema_migrate, tenant.schema_name))
                except Exception as error:  # noqa: BLE001  # the other tenants go on
                    self.stderr.write(f"{label}: {error}")
                    failures.append(tenant.slug)
        return failures

    def _timed(self, label: str, work: Callable[[], None]) -> None:
        started = time.monotonic()
        work()
        self.stdout.write(f"migrated {label} in {time.monotonic() - started:.1f} s")
