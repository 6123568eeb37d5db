"""Where the ingester stands, and the functions through which it hands its batches over."""

from pathlib import Path

from django.db import migrations

from wificore.kernel.db.operations import RunSqlFile

SQL = Path(__file__).parents[2] / "sql"


class Migration(migrations.Migration):
    dependencies = [("radius_registry", "0002_row_security")]
    operations = [
        RunSqlFile(SQL / "public.sql"),
        RunSqlFile(SQL / "functions" / "public.sql"),
    ]
