"""Deliveries in weekly partitions, which the partition engine makes; the endpoint's user."""

from pathlib import Path

from django.db import migrations

from wificore.kernel.db.operations import RunSqlFile

SQL = Path(__file__).parents[1] / "sql" / "tables.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("webhooks", "0001_initial"),
        ("access", "0002_organisation"),
    ]
    operations = [RunSqlFile(SQL)]
