"""The audit trail's table, and its unmanaged model."""

from pathlib import Path

from django.db import migrations, models

from wificore.kernel.db.operations import RunSqlFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        RunSqlFile(SQL / "tables.sql"),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(verbose_name="when")),
                ("actor_kind", models.CharField(max_length=16, verbose_name="who")),
                ("actor_id", models.CharField(max_length=64)),
                ("actor_name", models.CharField(max_length=254, verbose_name="name")),
                ("actor_token", models.CharField(max_length=64, verbose_name="API token")),
                ("address", models.GenericIPAddressField(null=True, verbose_name="from")),
                ("user_agent", models.CharField(max_length=200)),
                ("request_id", models.CharField(max_length=64, verbose_name="request")),
                ("action", models.CharField(max_length=64)),
                ("object_type", models.CharField(max_length=64, verbose_name="object")),
                ("object_id", models.CharField(max_length=253, verbose_name="object id")),
                ("old", models.JSONField(null=True, verbose_name="before")),
                ("new", models.JSONField(null=True, verbose_name="after")),
                ("reason", models.CharField(max_length=500)),
            ],
            options={
                "verbose_name_plural": "audit trail",
                "db_table": "audit_entry",
                "ordering": ("-at", "-id"),
                "managed": False,
            },
        ),
    ]
