"""The lines of many tenants are applied in one call (ADR 24)."""

from django.db import migrations

from radius.sql import PUBLIC_BATCH_FUNCTIONS, PUBLIC_BATCHES
from wificore.kernel.db.operations import RunSqlFile


class Migration(migrations.Migration):
    dependencies = [("radius_registry", "0005_site")]
    operations = [RunSqlFile(PUBLIC_BATCHES), RunSqlFile(PUBLIC_BATCH_FUNCTIONS)]
