from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models

import o2c.kernel.numbering


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0001_initial"),
        ("kernel", "0001_initial"),
        ("receivables", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE receipt_number START 4001", "DROP SEQUENCE receipt_number"
        ),
        migrations.CreateModel(
            name="DunningLevel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("level", models.PositiveSmallIntegerField(unique=True)),
                ("name", models.CharField(max_length=60)),
                ("days", models.PositiveSmallIntegerField()),
                (
                    "minimum_amount",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=16),
                ),
                ("subject", models.CharField(max_length=200)),
                ("text", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="DunningRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("as_of", models.DateField(unique=True)),
                ("run_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="DunningNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("total", models.DecimalField(decimal_places=3, max_digits=16)),
                ("recipient", models.EmailField(blank=True, max_length=254)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("withheld", "Held back"),
                        ],
                        default="proposed",
                        max_length=50,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dunning_notices",
                        to="customers.customer",
                    ),
                ),
                (
                    "level",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="collections.dunninglevel",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="collections.dunningrun",
                    ),
                ),
            ],
            options={
                "permissions": [("send_dunningnotice", "Can send or withhold dunning notices")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "customer", "level", "currency"),
                        name="collections_dunningnotice_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        db_default=o2c.kernel.numbering.PlainNumber(
                            prefix="RC-", sequence="receipt_number"
                        ),
                        max_length=20,
                        unique=True,
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("transfer", "bank transfer"),
                            ("cheque", "cheque"),
                            ("card", "card"),
                            ("cash", "cash"),
                        ],
                        default="transfer",
                        max_length=10,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.DecimalField(decimal_places=3, max_digits=16)),
                (
                    "applied",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=16),
                ),
                ("received_on", models.DateField()),
                ("reference", models.CharField(max_length=100)),
                ("payer_text", models.CharField(blank=True, max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("unidentified", "Unknown payer"),
                            ("identified", "On account"),
                            ("applied", "Matched"),
                        ],
                        default="unidentified",
                        max_length=50,
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.company",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("record_receipt", "Can record receipts"),
                    ("apply_receipt", "Can apply cash and take applications back"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "method", "reference", "received_on", "amount"),
                        name="collections_receipt_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="collections_receipt_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("applied__gte", 0), ("applied__lte", models.F("amount"))
                        ),
                        name="collections_receipt_applied_within",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("applied", 0), ("customer", None), ("state", "unidentified")),
                            models.Q(
                                ("applied__lt", models.F("amount")),
                                ("customer__isnull", False),
                                ("state", "identified"),
                            ),
                            models.Q(
                                ("applied", models.F("amount")),
                                ("customer__isnull", False),
                                ("state", "applied"),
                            ),
                            _connector="OR",
                        ),
                        name="collections_receipt_state_fits",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "applied"), _negated=True),
                        fields=["received_on", "id"],
                        name="collections_receipts_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DunnedItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("level", models.PositiveSmallIntegerField()),
                ("balance", models.DecimalField(decimal_places=3, max_digits=16)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dunned",
                        to="receivables.openitem",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="collections.dunningnotice",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("item", "level"), name="collections_dunneditem_once_per_level"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("balance__gt", 0)),
                        name="collections_dunneditem_balance_positive",
                    ),
                ],
            },
        ),
    ]
