"""Jobs in daily partitions, which the partition engine makes."""

from pathlib import Path

from django.db import migrations

from wificore.kernel.db.operations import RunSqlFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]
    operations = [RunSqlFile(SQL / "tables.sql")]
