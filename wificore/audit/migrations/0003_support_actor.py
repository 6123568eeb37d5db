"""Writes of a support session are its own in the trail, not a user's."""

from pathlib import Path

from django.db import migrations

from wificore.kernel.db.operations import RunSqlFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_seal")]
    operations = [RunSqlFile(SQL / "support_actor.sql")]
