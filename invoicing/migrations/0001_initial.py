import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0001_initial"),
        ("kernel", "0001_initial"),
        ("orders", "0001_initial"),
        ("shipping", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Invoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=40, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("invoice", "Invoice")], default="invoice", max_length=12
                    ),
                ),
                ("number", models.CharField(max_length=30, null=True, unique=True)),
                ("bill_to", models.TextField()),
                ("ship_to", models.TextField()),
                ("customer_po", models.CharField(blank=True, max_length=60)),
                ("terms", models.CharField(max_length=100)),
                ("currency", models.CharField(max_length=3)),
                ("net_amount", models.DecimalField(decimal_places=3, max_digits=16)),
                ("tax_amount", models.DecimalField(decimal_places=3, max_digits=16)),
                ("gross_amount", models.DecimalField(decimal_places=3, max_digits=16)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("checked", "Checked"),
                            ("issued", "Open"),
                            ("replaced", "Replaced"),
                            ("credited", "Credited"),
                            ("discarded", "Discarded"),
                        ],
                        default="draft",
                        max_length=50,
                    ),
                ),
                ("findings", models.JSONField(default=list)),
                ("issued_on", models.DateField(null=True)),
                ("due_on", models.DateField(null=True)),
                ("content", models.TextField(blank=True)),
                ("content_hash", models.CharField(blank=True, max_length=64)),
                ("created_at", models.DateTimeField()),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="customers.customer",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="orders.order",
                    ),
                ),
                (
                    "pdf",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.storedfile",
                    ),
                ),
                (
                    "shipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="shipping.shipment",
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("issue_invoice", "Can issue invoices"),
                    ("send_invoice", "Can send invoices again"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("number", None), ("state__in", ["draft", "checked", "discarded"])
                            ),
                            models.Q(
                                ("due_on__isnull", False),
                                ("issued_on__isnull", False),
                                ("number__isnull", False),
                                models.Q(("content", ""), _negated=True),
                                models.Q(("content_hash", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="invoicing_invoice_issued_is_complete",
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
                        name="invoicing_invoice_gross_is_net_plus_tax",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("due_on", None),
                            ("due_on__gte", models.F("issued_on")),
                            _connector="OR",
                        ),
                        name="invoicing_invoice_due_after_issue",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["customer", "-id"], name="invoicing_by_customer"),
                    models.Index(
                        condition=models.Q(("state", "draft")),
                        fields=["-id"],
                        name="invoicing_drafts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceDelivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recipient", models.EmailField(blank=True, max_length=254)),
                ("serial", models.PositiveSmallIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("delivered", "Delivered"),
                            ("bounced", "Bounced"),
                            ("unknown", "Unknown"),
                        ],
                        default="queued",
                        max_length=50,
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=500)),
                ("queued_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="invoicing.invoice",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "invoice deliveries",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("invoice", "recipient", "serial"),
                        name="invoicing_invoicedelivery_once",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("state__in", ["queued", "sending", "bounced", "unknown"])
                        ),
                        fields=["invoice"],
                        name="invoicing_deliveries_waiting",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceLine",
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
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                ("unit", models.CharField(max_length=3)),
                ("unit_price", models.DecimalField(decimal_places=4, max_digits=14)),
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
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="invoicing.invoice",
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.orderline",
                    ),
                ),
                (
                    "shipment_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoice_lines",
                        to="shipping.shipmentline",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shipment_line",), name="invoicing_invoiceline_shipment_line_once"
                    ),
                    models.UniqueConstraint(
                        fields=("invoice", "position"), name="invoicing_invoiceline_position_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)),
                        name="invoicing_invoiceline_quantity_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceTax",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "category",
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
                ("rate", models.DecimalField(decimal_places=5, max_digits=6)),
                ("base_amount", models.DecimalField(decimal_places=3, max_digits=16)),
                ("tax_amount", models.DecimalField(decimal_places=3, max_digits=16)),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="taxes",
                        to="invoicing.invoice",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("invoice", "category", "rate"), name="invoicing_invoicetax_once"
                    ),
                ],
            },
        ),
    ]
