"""The functions that alone write the books."""

from django.db import migrations

from transactions.ledger.sql import FUNCTIONS, HOLDS
from wificore.kernel.db.operations import RunSqlFile


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [RunSqlFile(FUNCTIONS), RunSqlFile(HOLDS)]
