from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0001_initial"),
        ("invoicing", "0001_initial"),
        ("kernel", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="JournalEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("source", models.CharField(max_length=60)),
                ("posted_on", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("at", models.DateTimeField()),
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
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "journal entries",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source",), name="receivables_journalentry_source_once"
                    ),
                ],
                "indexes": [
                    models.Index(fields=["posted_on", "id"], name="receivables_journal_by_day"),
                ],
            },
        ),
        migrations.CreateModel(
            name="JournalLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "account",
                    models.CharField(
                        choices=[
                            ("1000", "bank clearing"),
                            ("1200", "receivables"),
                            ("1290", "unapplied cash"),
                            ("2200", "tax payable"),
                            ("4000", "revenue"),
                            ("4900", "payment differences"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "debit",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=16),
                ),
                (
                    "credit",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=16),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="receivables.journalentry",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("credit", 0), ("debit__gt", 0)),
                            models.Q(("credit__gt", 0), ("debit", 0)),
                            _connector="OR",
                        ),
                        name="receivables_journalline_one_side",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OpenItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.DecimalField(decimal_places=3, max_digits=16)),
                (
                    "applied",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=16),
                ),
                ("issued_on", models.DateField()),
                ("due_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("settled", "Paid")],
                        default="open",
                        max_length=50,
                    ),
                ),
                ("settled_on", models.DateField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="open_items",
                        to="customers.customer",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="open_items",
                        to="invoicing.invoice",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("invoice",), name="receivables_openitem_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("applied__gte", 0), ("applied__lte", models.F("amount"))
                        ),
                        name="receivables_openitem_applied_within",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("applied", models.F("amount")),
                                ("settled_on__isnull", False),
                                ("state", "settled"),
                            ),
                            models.Q(
                                ("applied__lt", models.F("amount")),
                                ("settled_on", None),
                                ("state", "open"),
                            ),
                            _connector="OR",
                        ),
                        name="receivables_openitem_settled_is_zero",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["due_on", "customer"],
                        name="receivables_items_open",
                    ),
                    models.Index(fields=["customer", "-id"], name="receivables_item_by_customer"),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceReview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Due soon"),
                            ("fine", "Fine"),
                            ("corrected", "Corrected"),
                            ("disputed", "Disputed"),
                            ("asked", "Customer asked"),
                        ],
                        default="open",
                        max_length=50,
                    ),
                ),
                ("flagged_on", models.DateField()),
                ("note", models.CharField(blank=True, max_length=300)),
                ("reminded_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review",
                        to="receivables.openitem",
                    ),
                ),
            ],
            options={
                "permissions": [("work_invoicereview", "Can work invoice reviews")],
            },
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=3, max_digits=16)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("price", "price"),
                            ("quantity", "quantity"),
                            ("damage", "damage"),
                            ("other", "other"),
                        ],
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(max_length=500)),
                ("resolution", models.CharField(blank=True, max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "New"),
                            ("investigating", "Investigating"),
                            ("accepted", "Accepted"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=50,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="receivables.openitem",
                    ),
                ),
            ],
            options={
                "permissions": [("work_dispute", "Can open and resolve disputes")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)),
                        name="receivables_dispute_amount_positive",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["open", "investigating"])),
                        fields=("item",),
                        name="receivables_dispute_one_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Application",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=60)),
                ("amount", models.DecimalField(decimal_places=3, max_digits=16)),
                ("applied_on", models.DateField()),
                ("at", models.DateTimeField()),
                (
                    "reverses",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversal",
                        to="receivables.application",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="receivables.openitem",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount__gt", 0), ("reverses", None)),
                            models.Q(("amount__lt", 0), ("reverses__isnull", False)),
                            _connector="OR",
                        ),
                        name="receivables_application_sign",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["source"], name="receivables_appl_by_source"),
                    models.Index(fields=["applied_on"], name="receivables_appl_by_day"),
                ],
            },
        ),
    ]
