"""Indexes of the search box."""

from django.db import migrations

from radius.sql import TENANT_SEARCH
from wificore.kernel.db.operations import RunSqlFile


class Migration(migrations.Migration):
    dependencies = [("radius", "0007_nas_state")]
    operations = [RunSqlFile(TENANT_SEARCH)]
