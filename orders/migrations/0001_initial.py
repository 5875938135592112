from decimal import Decimal

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import o2c.kernel.numbering


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalog", "0001_initial"),
        ("customers", "0001_initial"),
        ("kernel", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE orders_number START 10001", "DROP SEQUENCE orders_number"
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=40, unique=True)),
                (
                    "number",
                    models.CharField(
                        db_default=o2c.kernel.numbering.PlainNumber(
                            prefix="SO-", sequence="orders_number"
                        ),
                        max_length=20,
                        unique=True,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("rep", "sales rep"),
                            ("portal", "customer portal"),
                            ("api", "REST API"),
                            ("email", "e-mail"),
                            ("edi", "EDI"),
                            ("csv", "file"),
                        ],
                        max_length=10,
                    ),
                ),
                ("customer_po", models.CharField(blank=True, max_length=60)),
                ("currency", models.CharField(max_length=3)),
                ("requested_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Entered"),
                            ("in_review", "In review"),
                            ("on_hold", "On hold"),
                            ("released", "Approved"),
                            ("fulfilling", "Picking"),
                            ("shipped", "Shipped"),
                            ("delivered", "Delivered"),
                            ("invoiced", "Invoiced"),
                            ("closed", "Closed"),
                            ("declined", "Declined"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        max_length=50,
                    ),
                ),
                ("hold_reason", models.CharField(blank=True, max_length=300)),
                (
                    "cancel_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("customer", "customer changed their mind"),
                            ("out_of_stock", "out of stock"),
                            ("duplicate", "entered twice"),
                            ("credit", "credit declined"),
                            ("error", "entered wrongly"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "net_amount",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=16),
                ),
                (
                    "tax_amount",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=16),
                ),
                (
                    "gross_amount",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=16),
                ),
                ("revision", models.PositiveIntegerField(default=0)),
                ("note", models.TextField(blank=True)),
                ("created_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("released_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="customers.customer",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "payment_terms",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.paymentterms",
                    ),
                ),
                (
                    "ship_to",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.address",
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("enter_order", "Can enter and submit orders"),
                    ("cancel_order", "Can cancel orders"),
                    ("intake_order", "Can take in order documents"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("customer_po", ""), _negated=True),
                            models.Q(
                                ("state__in", ["draft", "cancelled", "declined"]), _negated=True
                            ),
                        ),
                        fields=("customer", "customer_po"),
                        name="orders_order_customer_po_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["on_hold", "in_review", "declined"]),
                            ("hold_reason", ""),
                            _connector="XOR",
                        ),
                        name="orders_order_hold_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "cancelled"), ("cancel_reason", ""), _connector="XOR"
                        ),
                        name="orders_order_cancel_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "gross_amount",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("net_amount"), "+", models.F("tax_amount")
                                ),
                            )
                        ),
                        name="orders_order_gross_is_net_plus_tax",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("net_amount__gte", 0), ("tax_amount__gte", 0)),
                        name="orders_order_amounts_not_negative",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["state", "-id"], name="orders_by_state"),
                    models.Index(fields=["customer", "-id"], name="orders_by_customer"),
                ],
            },
        ),
        migrations.CreateModel(
            name="IntakeDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("part", models.CharField(blank=True, max_length=100)),
                ("file_format", models.CharField(max_length=10)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("rep", "sales rep"),
                            ("portal", "customer portal"),
                            ("api", "REST API"),
                            ("email", "e-mail"),
                            ("edi", "EDI"),
                            ("csv", "file"),
                        ],
                        max_length=10,
                    ),
                ),
                ("customer_po", models.CharField(blank=True, max_length=60)),
                ("content", models.JSONField(default=dict)),
                ("findings", models.JSONField(default=list)),
                (
                    "confidence",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=4),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("parsed", "Read"),
                            ("accepted", "Accepted"),
                            ("in_review", "In review"),
                            ("rejected", "Rejected"),
                            ("duplicate", "Duplicate"),
                        ],
                        default="received",
                        max_length=50,
                    ),
                ),
                ("received_at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.storedfile",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="intake_documents",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "accepted")),
                        fields=("file", "part"),
                        name="orders_intakedocument_accepted_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "accepted"), _negated=True),
                            ("order__isnull", False),
                            _connector="OR",
                        ),
                        name="orders_intakedocument_accepted_has_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderFinding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule", models.CharField(max_length=40)),
                (
                    "severity",
                    models.CharField(
                        choices=[("block", "must be mended"), ("warn", "worth a look")],
                        max_length=5,
                    ),
                ),
                ("field", models.CharField(blank=True, max_length=60)),
                ("message", models.CharField(max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("resolved", "Resolved"), ("waived", "Waived")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("found_at", models.DateTimeField()),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="findings",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("order", "rule", "field"),
                        name="orders_orderfinding_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "waived"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="orders_orderfinding_waiver_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("sku", models.CharField(max_length=40)),
                ("description", models.CharField(max_length=200)),
                ("unit", models.CharField(max_length=3)),
                ("unit_price", models.DecimalField(decimal_places=4, max_digits=14)),
                ("price_source", models.CharField(blank=True, max_length=100)),
                ("net_amount", models.DecimalField(decimal_places=3, max_digits=16)),
                (
                    "tax_category",
                    models.CharField(
                        choices=[
                            ("S", "standard rate"),
                            ("Z", "zero rated"),
                            ("E", "exempt from tax"),
                            ("AE", "reverse charge"),
                        ],
                        max_length=2,
                    ),
                ),
                ("tax_rate", models.DecimalField(decimal_places=5, max_digits=6)),
                ("requested_on", models.DateField()),
                ("promised_on", models.DateField(null=True)),
                ("expected_on", models.DateField(null=True)),
                ("ordered", models.DecimalField(decimal_places=3, max_digits=12)),
                (
                    "cancelled",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=12),
                ),
                (
                    "allocated",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=12),
                ),
                (
                    "picking",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=12),
                ),
                (
                    "picked",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=12),
                ),
                (
                    "shipped",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=12),
                ),
                (
                    "delivered",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=12),
                ),
                (
                    "returned",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=12),
                ),
                (
                    "invoiced",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=12),
                ),
                (
                    "credited",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=12),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="orders.order",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.product",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("order", "position"), name="orders_orderline_position_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ordered__gt", 0)),
                        name="orders_orderline_ordered_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unit_price__gte", 0)),
                        name="orders_orderline_price_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("allocated__gte", 0),
                            ("cancelled__gte", 0),
                            ("credited__gte", 0),
                            ("delivered__gte", 0),
                            ("invoiced__gte", 0),
                            ("picked__gte", 0),
                            ("picking__gte", 0),
                            ("returned__gte", 0),
                            ("shipped__gte", 0),
                        ),
                        name="orders_orderline_quantities_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "ordered__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("cancelled"), "+", models.F("shipped")
                                ),
                            )
                        ),
                        name="orders_orderline_cancelled_within_ordered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "ordered__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("allocated"), "+", models.F("shipped")
                                ),
                            )
                        ),
                        name="orders_orderline_allocated_within_ordered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "ordered__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("cancelled"), "+", models.F("picking")
                                ),
                            )
                        ),
                        name="orders_orderline_picking_within_ordered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("credited__lte", models.F("invoiced")),
                            ("delivered__lte", models.F("shipped")),
                            ("invoiced__lte", models.F("shipped")),
                            ("picked__lte", models.F("picking")),
                            ("returned__lte", models.F("shipped")),
                            ("shipped__lte", models.F("picked")),
                        ),
                        name="orders_orderline_quantities_in_order",
                    ),
                ],
            },
        ),
    ]
