"""Sign-in providers of a tenant, and the people they vouch for."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0006_signin"),
    ]

    operations = [
        migrations.CreateModel(
            name="SignInProvider",
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
                        choices=[("oidc", "OpenID Connect"), ("ldap", "LDAP")], max_length=8
                    ),
                ),
                (
                    "slug",
                    models.CharField(
                        max_length=40,
                        unique=True,
                        validators=[django.core.validators.validate_slug],
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("config", models.JSONField(blank=True, default=dict)),
                ("secret_encrypted", models.TextField(blank=True, editable=False)),
                ("active", models.BooleanField(default=True)),
                ("role_map", models.JSONField(blank=True, default=list)),
                ("create_users", models.BooleanField(default=False)),
                ("default_role", models.CharField(blank=True, max_length=60)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name": "sign-in provider",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="ProviderIdentity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.CharField(max_length=255)),
                ("roles_given", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identities",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identities",
                        to="access.signinprovider",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "provider identities",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("provider", "subject"), name="access_identity_one_per_subject"
                    ),
                    models.UniqueConstraint(
                        fields=("provider", "user"), name="access_identity_one_per_user"
                    ),
                ],
            },
        ),
    ]
