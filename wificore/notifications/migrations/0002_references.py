"""Users and sites of this schema, by keys of the database's own."""

from pathlib import Path

from django.db import migrations

from wificore.kernel.db.operations import RunSqlFile

SQL = Path(__file__).parents[1] / "sql" / "references.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0001_initial"),
        ("access", "0002_organisation"),
    ]
    operations = [RunSqlFile(SQL)]
