"""Batch functions that are handed their lines (ADR 24)."""

from django.db import migrations

from radius.sql import TENANT_BATCHES
from wificore.kernel.db.operations import RunSqlFile


class Migration(migrations.Migration):
    dependencies = [("radius", "0005_held_devices"), ("radius_registry", "0006_batches")]
    operations = [RunSqlFile(TENANT_BATCHES)]
