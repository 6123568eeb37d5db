"""What a schema asks of everybody who signs in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0007_sign_in_providers"),
    ]

    operations = [
        migrations.CreateModel(
            name="SignInPolicy",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("mfa_roles", models.JSONField(blank=True, default=list)),
            ],
            options={
                "verbose_name_plural": "sign-in policy",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="access_signinpolicy_one"
                    )
                ],
            },
        ),
    ]
