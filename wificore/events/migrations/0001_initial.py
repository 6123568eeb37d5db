"""Outbox, event log, streams and the relay's state."""

from pathlib import Path

from django.db import migrations

from wificore.kernel.db.operations import RunSqlFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [RunSqlFile(SQL / "tables.sql")]
