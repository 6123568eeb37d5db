"""The ingester's functions publish what happens: session starts and stops, rejected logins."""

from django.db import migrations

from radius.sql import TENANT_EVENTS
from wificore.kernel.db.operations import RunSqlFile


class Migration(migrations.Migration):
    dependencies = [("radius", "0002_rad_tables"), ("events", "0001_initial")]
    operations = [RunSqlFile(TENANT_EVENTS)]
