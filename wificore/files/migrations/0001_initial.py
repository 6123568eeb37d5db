from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=32, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("logo", "Logo"),
                            ("avatar", "Avatar"),
                            ("attachment", "Attachment"),
                        ],
                        max_length=20,
                    ),
                ),
                ("subject_type", models.CharField(max_length=20)),
                ("subject_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=120)),
                ("content_type", models.CharField(max_length=40)),
                ("ending", models.CharField(max_length=8)),
                ("size", models.PositiveIntegerField()),
                ("created_by", models.CharField(max_length=254)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [
                    models.Index(fields=["subject_type", "subject_id"], name="files_subject")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "attachment"), _negated=True),
                        fields=("kind", "subject_type", "subject_id"),
                        name="files_one_of_a_kind",
                    )
                ],
            },
        ),
    ]
