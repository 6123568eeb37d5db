"""Row security for tenants that read their own stream."""

from pathlib import Path

from django.db import migrations

from wificore.kernel.db.operations import RunSqlFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]
    operations = [RunSqlFile(SQL / "reading_policies.sql")]
