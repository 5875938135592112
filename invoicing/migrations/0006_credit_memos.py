"""Credit memos, and what came back before it was billed: the latter is append-only."""

import django.db.models.deletion
from django.db import migrations, models

from o2c.kernel.sql import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0006_delivery_priority"),
        ("invoicing", "0005_pro_forma"),
        ("kernel", "0007_system_keys"),
        ("orders", "0006_order_priority"),
        ("shipping", "0006_returns_and_audits"),
    ]

    operations = [
        migrations.CreateModel(
            name="UnbilledReturn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                ("source", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="invoiceline",
            name="invoicing_invoiceline_shipment_line_once",
        ),
        migrations.AddField(
            model_name="invoice",
            name="original",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credit_memos",
                to="invoicing.invoice",
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[("return", "goods returned")],
                db_default="",
                default="",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="source",
            field=models.CharField(blank=True, db_default="", default="", max_length=60),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="original",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credits",
                to="invoicing.invoiceline",
            ),
        ),
        migrations.AlterField(
            model_name="invoice",
            name="kind",
            field=models.CharField(
                choices=[("invoice", "Invoice"), ("credit_memo", "Credit memo")],
                default="invoice",
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "credit_memo"), _negated=True),
                    models.Q(("original__isnull", False), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="invoicing_invoice_credit_memo_names_original",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source", ""), _negated=True),
                fields=("original", "source"),
                name="invoicing_invoice_credited_once_per_source",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("original", None)),
                fields=("shipment_line",),
                name="invoicing_invoiceline_billed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.UniqueConstraint(
                fields=("invoice", "original"), name="invoicing_invoiceline_credited_once_per_memo"
            ),
        ),
        migrations.AddField(
            model_name="unbilledreturn",
            name="shipment_line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="unbilled_returns",
                to="shipping.shipmentline",
            ),
        ),
        migrations.AddConstraint(
            model_name="unbilledreturn",
            constraint=models.UniqueConstraint(
                fields=("shipment_line", "source"), name="invoicing_unbilledreturn_once_per_source"
            ),
        ),
        migrations.AddConstraint(
            model_name="unbilledreturn",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)),
                name="invoicing_unbilledreturn_quantity_positive",
            ),
        ),
        migrations.RunSQL(*append_only("invoicing_unbilledreturn", what="unbilled returns")),
    ]
