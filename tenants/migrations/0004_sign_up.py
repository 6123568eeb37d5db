"""What strangers ask for."""

import django.core.validators
from django.db import migrations, models

SLUG = django.core.validators.RegexValidator(
    "^[a-z0-9_]{1,40}\\Z", "Use 1 to 40 of: small letters a-z, digits, underscore."
)
STATES = [
    ("asked", "Asked"),
    ("confirmed", "Confirmed"),
    ("approved", "Approved"),
    ("declined", "Declined"),
]


class Migration(migrations.Migration):
    dependencies = [("tenants", "0003_orders")]

    operations = [
        migrations.CreateModel(
            name="SignUp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.CharField(max_length=40, validators=[SLUG])),
                ("name", models.CharField(max_length=120)),
                ("owner_email", models.CharField(max_length=254)),
                ("owner_password", models.CharField(blank=True, max_length=255)),
                ("state", models.CharField(choices=STATES, default="asked", max_length=9)),
                ("key_hash", models.CharField(blank=True, db_index=True, max_length=64)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={"ordering": ("-created_at", "-id")},
        ),
    ]
