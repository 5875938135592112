from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models

import o2c.kernel.numbering


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0001_initial"),
        ("orders", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE credit_number START 501", "DROP SEQUENCE credit_number"),
        migrations.CreateModel(
            name="GuidelineTable",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Draft"), ("active", "Active"), ("retired", "Retired")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("rules", models.JSONField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "active")),
                        fields=("status",),
                        name="credit_guidelinetable_one_active",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[("approved", "Approved"), ("declined", "Declined")], max_length=10
                    ),
                ),
                (
                    "limit",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=16),
                ),
                ("valid_until", models.DateField(null=True)),
                ("inputs", models.JSONField(default=dict)),
                ("rule", models.CharField(blank=True, max_length=60)),
                ("reason", models.CharField(max_length=500)),
                ("decided_at", models.DateTimeField()),
                ("decided_by", models.CharField(max_length=200)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "guideline",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="credit.guidelinetable",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("limit__gte", 0)),
                        name="credit_creditdecision_limit_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "approved"), _negated=True),
                            ("valid_until__isnull", False),
                            _connector="OR",
                        ),
                        name="credit_creditdecision_approval_ends",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditAccount",
            fields=[
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="credit_account",
                        serialize=False,
                        to="customers.customer",
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                (
                    "limit",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=16),
                ),
                (
                    "exposure",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=16),
                ),
                (
                    "latest_decision",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="credit.creditdecision",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("limit__gte", 0)),
                        name="credit_creditaccount_limit_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExposureEntry",
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
                        choices=[
                            ("open_order", "open orders"),
                            ("shipped_unbilled", "shipped, not yet invoiced"),
                            ("open_item", "open invoices"),
                            ("unapplied_cash", "unapplied cash"),
                        ],
                        max_length=20,
                    ),
                ),
                ("source", models.CharField(max_length=60)),
                ("amount", models.DecimalField(decimal_places=3, max_digits=16)),
                ("at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="credit.creditaccount",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "exposure entries",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "kind"), name="credit_exposureentry_source_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount", 0), _negated=True),
                        name="credit_exposureentry_not_zero",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Hold",
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
                        choices=[("overdue", "overdue invoices"), ("manual", "placed by a person")],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("placed_at", models.DateTimeField()),
                ("placed_by", models.CharField(max_length=200)),
                ("released_at", models.DateTimeField(null=True)),
                ("released_by", models.CharField(blank=True, max_length=200)),
                ("release_reason", models.CharField(blank=True, max_length=300)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("place_hold", "Can place credit holds"),
                    ("release_hold", "Can release credit holds"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("released_at", None)),
                        fields=("customer", "kind"),
                        name="credit_hold_one_active_per_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="credit_hold_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderRelease",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=3, max_digits=16)),
                ("expires_on", models.DateField()),
                ("reason", models.CharField(max_length=300)),
                ("released_at", models.DateTimeField()),
                ("released_by", models.CharField(max_length=200)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_releases",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "permissions": [("release_order", "Can release orders from credit hold")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="credit_orderrelease_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="credit_orderrelease_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditApplication",
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
                            prefix="CR-", sequence="credit_number"
                        ),
                        max_length=20,
                        unique=True,
                    ),
                ),
                ("requested_amount", models.DecimalField(decimal_places=3, max_digits=16)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "New"),
                            ("referred", "In review"),
                            ("awaiting_documents", "Documents asked"),
                            ("approved", "Approved"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=50,
                    ),
                ),
                ("inputs", models.JSONField(default=dict)),
                ("rule", models.CharField(blank=True, max_length=60)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("opened_at", models.DateTimeField()),
                ("answer_by", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "guideline",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="credit.guidelinetable",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_applications",
                        to="customers.customer",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "permissions": [("decide_creditapplication", "Can decide credit applications")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ["open", "referred", "awaiting_documents"])
                        ),
                        fields=("customer",),
                        name="credit_creditapplication_one_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("allow", "allowed"),
                            ("hold", "held"),
                            ("refer", "referred"),
                            ("decline", "declined"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reasons", models.JSONField(default=list)),
                ("inputs", models.JSONField(default=dict)),
                ("checked_at", models.DateTimeField()),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_checks",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["order", "-id"], name="credit_check_by_order"),
                ],
            },
        ),
    ]
