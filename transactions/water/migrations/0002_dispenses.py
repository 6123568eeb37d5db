"""The partitioned table of dispenses."""

from django.db import migrations

from transactions.water.sql import DISPENSES
from wificore.kernel.db.operations import RunSqlFile


class Migration(migrations.Migration):
    dependencies = [("water", "0001_initial")]
    operations = [RunSqlFile(DISPENSES)]
