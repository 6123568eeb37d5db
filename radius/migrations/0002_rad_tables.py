"""FreeRADIUS' tables, the sessions, and the functions that FreeRADIUS and the ingester call."""

from django.db import migrations

from radius.sql import TENANT_FUNCTIONS, TENANT_TABLES
from wificore.kernel.db.operations import RunSqlFile


class Migration(migrations.Migration):
    dependencies = [("radius", "0001_initial")]
    operations = [RunSqlFile(TENANT_TABLES), *map(RunSqlFile, TENANT_FUNCTIONS)]
