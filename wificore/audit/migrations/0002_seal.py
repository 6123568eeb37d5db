"""The hash chain: a table of seals in each schema, and in `public` the newest one of each."""

from pathlib import Path

from django.db import migrations

from wificore.kernel.db.operations import RunSqlFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        RunSqlFile(SQL / "seal_tables.sql"),
        RunSqlFile(SQL / "head_table.sql", public_only=True),
    ]
