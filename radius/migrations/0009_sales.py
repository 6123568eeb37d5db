from django.core.validators import MinValueValidator
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("radius", "0008_search")]

    operations = [
        migrations.AddField(
            model_name="plan",
            name="validity_s",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="How long one sale of it lasts, in seconds. Empty: it does not end.",
                null=True,
                validators=[MinValueValidator(60)],
            ),
        ),
        migrations.AlterField(
            model_name="subscriber",
            name="plan",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty: none yet, so no login.",
                null=True,
                on_delete=models.deletion.PROTECT,
                related_name="subscribers",
                to="radius.plan",
            ),
        ),
    ]
