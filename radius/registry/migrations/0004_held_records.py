"""Records that a tenant's schema cannot take wait here, and stop nobody else (ADR 8)."""

from django.db import migrations

from radius.sql import PUBLIC_HELD, PUBLIC_HELD_FUNCTIONS
from wificore.kernel.db.operations import RunSqlFile


class Migration(migrations.Migration):
    # The functions ask `tenants_tenant` who is a tenant.
    dependencies = [("radius_registry", "0003_spools"), ("tenants", "0001_initial")]
    operations = [RunSqlFile(PUBLIC_HELD), RunSqlFile(PUBLIC_HELD_FUNCTIONS)]
