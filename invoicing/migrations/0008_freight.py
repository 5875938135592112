"""Freight that is charged to the customer; what an issued invoice charges is final."""

from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models

# As for lines and taxes (0002): one trigger per kind of change.
FINAL = """
CREATE TRIGGER invoicing_invoicecharge_final_insert AFTER INSERT ON invoicing_invoicecharge
    REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_parts_are_final();
CREATE TRIGGER invoicing_invoicecharge_final_leave AFTER UPDATE ON invoicing_invoicecharge
    REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_parts_are_final();
CREATE TRIGGER invoicing_invoicecharge_final_join AFTER UPDATE ON invoicing_invoicecharge
    REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_parts_are_final();
CREATE TRIGGER invoicing_invoicecharge_final_delete AFTER DELETE ON invoicing_invoicecharge
    REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_parts_are_final();
CREATE TRIGGER invoicing_invoicecharge_stay BEFORE TRUNCATE ON invoicing_invoicecharge
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_issued_is_final();
"""
NOT_FINAL = """
DROP TRIGGER invoicing_invoicecharge_final_insert ON invoicing_invoicecharge;
DROP TRIGGER invoicing_invoicecharge_final_leave ON invoicing_invoicecharge;
DROP TRIGGER invoicing_invoicecharge_final_join ON invoicing_invoicecharge;
DROP TRIGGER invoicing_invoicecharge_final_delete ON invoicing_invoicecharge;
DROP TRIGGER invoicing_invoicecharge_stay ON invoicing_invoicecharge;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0009_freight_terms"),
        ("invoicing", "0007_credit_for_lost_goods"),
        ("kernel", "0008_company_eori"),
        ("orders", "0009_freight_terms"),
        ("shipping", "0014_departures"),
    ]

    operations = [
        migrations.CreateModel(
            name="InvoiceCharge",
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
                        choices=[("freight", "Freight")], default="freight", max_length=10
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("description", models.CharField(max_length=200)),
                ("goods_amount", models.DecimalField(decimal_places=3, max_digits=16)),
                ("net_amount", models.DecimalField(decimal_places=3, max_digits=16)),
                (
                    "tax_category",
                    models.CharField(
                        choices=[
                            ("S", "standard rate"),
                            ("Z", "zero rated"),
                            ("E", "exempt from tax"),
                            ("AE", "reverse charge"),
                            ("K", "intra-community supply"),
                            ("G", "export, not taxed"),
                            ("O", "outside the scope of tax"),
                        ],
                        max_length=2,
                    ),
                ),
                ("tax_rate", models.DecimalField(decimal_places=5, max_digits=6)),
            ],
        ),
        migrations.AddField(
            model_name="invoice",
            name="freight_amount",
            field=models.DecimalField(
                db_default=Decimal("0"), decimal_places=3, default=Decimal("0"), max_digits=16
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="freight_is_entered",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="invoice",
            name="freight_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("freight_amount__gte", 0)),
                name="invoicing_invoice_freight_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("freight_amount", 0), ("freight_is_entered", True), _negated=True),
                    models.Q(("freight_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="invoicing_invoice_no_freight_has_reason",
            ),
        ),
        migrations.AddField(
            model_name="invoicecharge",
            name="invoice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="charges",
                to="invoicing.invoice",
            ),
        ),
        migrations.AddField(
            model_name="invoicecharge",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order"
            ),
        ),
        migrations.AddField(
            model_name="invoicecharge",
            name="original",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credits",
                to="invoicing.invoicecharge",
            ),
        ),
        migrations.AddField(
            model_name="invoicecharge",
            name="shipment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="shipping.shipment",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoicecharge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("original", None)),
                fields=("order", "shipment", "kind", "position"),
                name="invoicing_invoicecharge_billed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoicecharge",
            constraint=models.UniqueConstraint(
                fields=("invoice", "position"), name="invoicing_invoicecharge_position_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoicecharge",
            constraint=models.UniqueConstraint(
                fields=("invoice", "original"),
                name="invoicing_invoicecharge_credited_once_per_memo",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoicecharge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("net_amount__gt", 0),
                    models.Q(("net_amount", 0), ("original__isnull", False)),
                    _connector="OR",
                ),
                name="invoicing_invoicecharge_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoicecharge",
            constraint=models.CheckConstraint(
                condition=models.Q(("position__gte", 1)),
                name="invoicing_invoicecharge_counts_from_one",
            ),
        ),
        migrations.RunSQL(FINAL, NOT_FINAL),
    ]
