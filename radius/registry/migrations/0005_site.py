"""The tenant's site that a router stands at."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("radius_registry", "0004_held_records")]
    operations = [
        migrations.AddField("nas", "site_id", models.BigIntegerField(null=True, blank=True))
    ]
