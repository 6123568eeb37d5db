"""Django's own `migrate` for the schema of the active context; `migrate` calls it."""

from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as DjangoMigrate

from wificore.kernel.db.context import current
from wificore.kernel.db.router import OWNER_ALIAS


class Command(DjangoMigrate):
    help = "Internal: migrate the schema of the active context."
    # Checks run once, in `migrate`.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database=OWNER_ALIAS, interactive=False)

    def handle(self, *args: Any, **options: Any) -> None:
        current()
        super().handle(*args, **options)
