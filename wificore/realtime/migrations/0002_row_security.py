"""A tenant sees its own realtime app only."""

from pathlib import Path

from django.db import migrations

from wificore.kernel.db.operations import RunSqlFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("realtime", "0001_initial")]
    operations = [RunSqlFile(SQL / "row_security.sql")]
