import django.db.models.deletion
from django.db import migrations, models

STATES = [
    "requested",
    "schema",
    "role",
    "migrated",
    "granted",
    "seeded",
    "active",
    "suspended",
    "failed",
    "deleting",
]


class Migration(migrations.Migration):
    dependencies = [("tenants", "0002_partition_override")]

    operations = [
        migrations.AlterField(
            model_name="tenant",
            name="state",
            field=models.CharField(
                choices=[(state, state.capitalize()) for state in STATES],
                default="requested",
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("create", "Create"), ("delete", "Delete")], max_length=6
                    ),
                ),
                ("owner_email", models.CharField(blank=True, max_length=254)),
                ("owner_password", models.CharField(blank=True, max_length=255)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("retry_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "tenant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="order",
                        to="tenants.tenant",
                    ),
                ),
            ],
        ),
    ]
