"""The lock-out's counters, and an address in allauth's table for every user there is."""

from django.db import migrations, models

BATCH = 1_000


def addresses_of_users(apps, schema_editor):
    alias = schema_editor.connection.alias
    users = apps.get_model("access", "User").objects.using(alias)
    addresses = apps.get_model("account", "EmailAddress")
    missing = users.exclude(pk__in=addresses.objects.using(alias).values("user_id"))
    rows = (
        addresses(user_id=pk, email=email, verified=True, primary=True)
        for pk, email in missing.values_list("pk", "email")
    )
    addresses.objects.using(alias).bulk_create(rows, batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0005_invitations"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [
        migrations.CreateModel(
            name="Lockout",
            fields=[
                (
                    "account",
                    models.CharField(max_length=64, primary_key=True, serialize=False),
                ),
                ("tries", models.PositiveSmallIntegerField()),
                ("tried_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.RunPython(addresses_of_users, migrations.RunPython.noop, elidable=True),
    ]
