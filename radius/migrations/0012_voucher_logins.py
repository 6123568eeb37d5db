"""The key of voucher codes, and logins by them (ADR 41)."""

from django.db import migrations

from radius.sql import TENANT_VOUCHER_FUNCTIONS, TENANT_VOUCHERS
from wificore.kernel.db.operations import RunSqlFile


class Migration(migrations.Migration):
    dependencies = [("radius", "0011_vouchers")]
    operations = [RunSqlFile(TENANT_VOUCHERS), RunSqlFile(TENANT_VOUCHER_FUNCTIONS)]
