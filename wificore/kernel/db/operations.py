"""A migration step that runs a file of named SQL in the active schema."""

from pathlib import Path
from typing import Any

from django.db import router
from django.db.migrations.operations.base import Operation

from ..sql import statements
from .context import PUBLIC, current


class RunSqlFile(Operation):
    """Every statement of the file, one by one, rendered for the schema that is being migrated.

    The file is frozen once released: a change is a new file and a new migration (STYLE 17).

    Args:
        public_only: skip tenants' schemas; for an app that is in both.
    """

    reduces_to_sql = True
    reversible = False

    def __init__(self, path: Path, *, public_only: bool = False) -> None:
        self.path = path
        self.public_only = public_only

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The tables are `managed = False`: Django's state does not change."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        schema = current().schema
        if self.public_only and schema != PUBLIC:
            return
        if router.allow_migrate(schema_editor.connection.alias, app_label):
            for statement in statements(self.path, schema):
                schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return f"Run SQL file {self.path.name}"
