"""Where the ingester stands, and the functions through which it hands its batches over."""

from django.db import migrations

from radius.sql import PUBLIC_FUNCTIONS, PUBLIC_TABLES
from wificore.kernel.db.operations import RunSqlFile


class Migration(migrations.Migration):
    dependencies = [("radius_registry", "0002_row_security")]
    operations = [RunSqlFile(PUBLIC_TABLES), RunSqlFile(PUBLIC_FUNCTIONS)]
