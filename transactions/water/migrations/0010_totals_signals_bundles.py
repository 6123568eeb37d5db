"""What records come to, signals, and bundles."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import wificore.kernel.public_ids


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0010_branding"),
        ("ledger", "0002_functions"),
        ("radius", "0010_plan_currency"),
        ("tills", "0001_initial"),
        ("wallets", "0001_initial"),
        ("water", "0002_dispenses"),
    ]

    operations = [
        migrations.CreateModel(
            name="KioskWatch",
            fields=[
                (
                    "kiosk",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="watch",
                        serialize=False,
                        to="water.kiosk",
                    ),
                ),
                ("counted_to", models.DateTimeField()),
                ("epoch", models.BigIntegerField(default=0)),
                ("seq", models.BigIntegerField(default=0)),
                ("gap_since", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("kiosk",),
            },
        ),
        migrations.CreateModel(
            name="Bundle",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=wificore.kernel.public_ids.new_public_id,
                        editable=False,
                        max_length=16,
                        unique=True,
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[^\\x00-\\x1f\\x7f]+\\Z", "Use printable characters only."
                            )
                        ],
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("earned", "Earned"), ("bought", "Bought")], max_length=6
                    ),
                ),
                ("ml", models.BigIntegerField()),
                ("price_micro", models.BigIntegerField(default=0)),
                ("wifi_micro", models.BigIntegerField(default=0)),
                ("active", models.BooleanField(default=True)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="radius.plan",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="BundleGrant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=wificore.kernel.public_ids.new_public_id,
                        editable=False,
                        max_length=16,
                        unique=True,
                    ),
                ),
                ("epoch", models.BigIntegerField(null=True)),
                ("seq", models.BigIntegerField(null=True)),
                ("times", models.PositiveIntegerField(default=1)),
                ("wifi_micro", models.BigIntegerField(default=0)),
                ("valid_until", models.DateTimeField(null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "bundle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to="water.bundle",
                    ),
                ),
                (
                    "kiosk",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="water.kiosk",
                    ),
                ),
                (
                    "sale",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tills.sale",
                    ),
                ),
                (
                    "transfer",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.transfer",
                    ),
                ),
                (
                    "wallet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wallets.wallet",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="BundleProgress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ml", models.BigIntegerField(default=0)),
                ("earned", models.PositiveIntegerField(default=0)),
                (
                    "bundle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="progress",
                        to="water.bundle",
                    ),
                ),
                (
                    "wallet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wallets.wallet",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="KioskDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("change_ml", models.BigIntegerField()),
                ("sold_ml", models.BigIntegerField()),
                ("test_ml", models.BigIntegerField()),
                ("free_ml", models.BigIntegerField()),
                ("income_micro", models.BigIntegerField()),
                ("overrun_micro", models.BigIntegerField()),
                ("completed", models.PositiveIntegerField()),
                ("partial", models.PositiveIntegerField()),
                ("aborted", models.PositiveIntegerField()),
                ("quarantined", models.PositiveIntegerField()),
                ("gaps", models.JSONField(default=list)),
                (
                    "counted_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "kiosk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="days",
                        to="water.kiosk",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.site",
                    ),
                ),
            ],
            options={
                "ordering": ("-day", "-id"),
            },
        ),
        migrations.CreateModel(
            name="KioskHour",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("hour", models.PositiveSmallIntegerField()),
                ("sold_ml", models.BigIntegerField()),
                ("income_micro", models.BigIntegerField()),
                ("number", models.PositiveIntegerField()),
                (
                    "kiosk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="water.kiosk",
                    ),
                ),
            ],
            options={
                "ordering": ("day", "hour", "kiosk"),
            },
        ),
        migrations.CreateModel(
            name="KioskSignal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "signal",
                    models.CharField(
                        choices=[
                            ("leak", "leak"),
                            ("dry_run", "dry_run"),
                            ("low_flow", "low_flow"),
                            ("tamper", "tamper"),
                            ("silent", "silent"),
                            ("totalizer_backwards", "totalizer_backwards"),
                            ("tag_two_places", "tag_two_places"),
                            ("gap", "gap"),
                            ("unexplained", "unexplained"),
                        ],
                        max_length=20,
                    ),
                ),
                ("about", models.CharField(blank=True, max_length=40)),
                ("since", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("over_at", models.DateTimeField(null=True)),
                ("detail", models.JSONField(default=dict)),
                (
                    "kiosk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signals",
                        to="water.kiosk",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="TagDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("ml", models.BigIntegerField()),
                ("income_micro", models.BigIntegerField()),
                ("number", models.PositiveIntegerField()),
                (
                    "kiosk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="water.kiosk",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="water.tag",
                    ),
                ),
            ],
            options={
                "ordering": ("-day", "-id"),
            },
        ),
        migrations.AddConstraint(
            model_name="bundle",
            constraint=models.CheckConstraint(
                condition=models.Q(("ml__gt", 0)), name="water_bundle_ml"
            ),
        ),
        migrations.AddConstraint(
            model_name="bundle",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "earned"), ("price_micro", 0), ("wifi_micro__gte", 0)),
                    models.Q(
                        ("kind", "bought"),
                        ("wifi_micro__gte", 0),
                        ("wifi_micro__lt", models.F("price_micro")),
                    ),
                    _connector="OR",
                ),
                name="water_bundle_split",
            ),
        ),
        migrations.AddConstraint(
            model_name="bundlegrant",
            constraint=models.UniqueConstraint(
                fields=("bundle", "kiosk", "epoch", "seq"), name="water_grant_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="bundleprogress",
            constraint=models.UniqueConstraint(
                fields=("bundle", "wallet"), name="water_progress_once"
            ),
        ),
        migrations.AddIndex(
            model_name="kioskday",
            index=models.Index(fields=["day"], name="water_day_day"),
        ),
        migrations.AddIndex(
            model_name="kioskday",
            index=models.Index(fields=["site", "day"], name="water_day_site"),
        ),
        migrations.AddConstraint(
            model_name="kioskday",
            constraint=models.UniqueConstraint(fields=("kiosk", "day"), name="water_day_once"),
        ),
        migrations.AddIndex(
            model_name="kioskhour",
            index=models.Index(fields=["day"], name="water_hour_day"),
        ),
        migrations.AddConstraint(
            model_name="kioskhour",
            constraint=models.UniqueConstraint(
                fields=("kiosk", "day", "hour"), name="water_hour_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="kioskhour",
            constraint=models.CheckConstraint(
                condition=models.Q(("hour__lt", 24)), name="water_hour_of_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="kiosksignal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("over_at", None)),
                fields=("kiosk", "signal", "about"),
                name="water_signal_one_open",
            ),
        ),
        migrations.AddIndex(
            model_name="tagday",
            index=models.Index(fields=["kiosk", "day"], name="water_tagday_kiosk"),
        ),
        migrations.AddConstraint(
            model_name="tagday",
            constraint=models.UniqueConstraint(
                fields=("tag", "day", "kiosk"), name="water_tagday_once"
            ),
        ),
    ]
