import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0009_user_phone"),
    ]

    operations = [
        migrations.AddField(
            model_name="settings",
            name="colour",
            field=models.CharField(
                blank=True,
                default="",
                max_length=7,
                validators=[
                    django.core.validators.RegexValidator(
                        "\\A#[0-9a-f]{6}\\Z", "Use a colour like #1f8f8b, in small letters."
                    )
                ],
            ),
        ),
    ]
