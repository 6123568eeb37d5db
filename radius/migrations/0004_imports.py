"""Files of subscribers on their way in."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("radius", "0003_events")]
    operations = [
        migrations.CreateModel(
            name="Import",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content", models.TextField()),
                ("update", models.BooleanField()),
                ("dry_run", models.BooleanField()),
                ("created", models.PositiveIntegerField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "batch",
                        "line",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("line", models.PositiveIntegerField()),
                ("username", models.TextField()),
                ("has_password", models.BooleanField()),
                ("plan", models.TextField()),
                ("name", models.TextField()),
                ("phone", models.TextField()),
                ("status", models.TextField()),
                ("expires_at", models.DateTimeField(null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="radius.import",
                    ),
                ),
            ],
            options={"db_table": "radius_import_row"},
        ),
    ]
