from django.core.validators import RegexValidator
from django.db import migrations, models

from wificore.kernel.currency import own_currency


class Migration(migrations.Migration):
    dependencies = [("radius", "0009_sales")]

    operations = [
        migrations.AlterField(
            model_name="plan",
            name="currency",
            field=models.CharField(
                default=own_currency,
                max_length=3,
                validators=[
                    RegexValidator("\\A[A-Z]{3}\\Z", "Use an ISO 4217 code, for example KES.")
                ],
            ),
        ),
    ]
