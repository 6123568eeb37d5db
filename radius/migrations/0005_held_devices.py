"""Limits on devices go on counting while a tenant's records wait (ADR 8)."""

from django.db import migrations

from radius.sql import TENANT_HELD_DEVICES
from wificore.kernel.db.operations import RunSqlFile


class Migration(migrations.Migration):
    dependencies = [("radius", "0004_imports"), ("radius_registry", "0004_held_records")]
    operations = [RunSqlFile(TENANT_HELD_DEVICES)]
