"""FreeRADIUS' tables, the sessions, and the functions that FreeRADIUS and the ingester call."""

from pathlib import Path

from django.db import migrations

from wificore.kernel.db.operations import RunSqlFile

SQL = Path(__file__).parents[1] / "sql"
FUNCTIONS = ("login", "partitions", "postauth", "accounting")


class Migration(migrations.Migration):
    dependencies = [("radius", "0001_initial")]
    operations = [
        RunSqlFile(SQL / "tables.sql"),
        *(RunSqlFile(SQL / "functions" / f"{name}.sql") for name in FUNCTIONS),
    ]
