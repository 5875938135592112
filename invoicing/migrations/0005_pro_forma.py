"""Pro formas: what they are, that they say the same for ever, and who may see and ask."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import o2c.kernel.numbering
from o2c.kernel import roles

ASKERS = [
    roles.SALES_REP,
    roles.CREDIT_ANALYST,
    roles.CREDIT_MANAGER,
    roles.AR_CLERK,
    roles.FINANCE_MANAGER,
]
GRANTS = {
    "proforma.view_proforma": [*ASKERS, roles.COLLECTOR, roles.AUDITOR, roles.ADMINISTRATOR],
    "proforma.ask_prepayment": ASKERS,
}
CREATE = """
CREATE FUNCTION invoicing_pro_forma_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may_change CONSTANT text[] :=
        '{state,pdf_id,recipient,mailed_at,mail_error,ended_at,end_reason}';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - may_change = to_jsonb(OLD) - may_change THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'what a pro forma says is never changed or deleted'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER invoicing_pro_forma_is_final BEFORE UPDATE OR DELETE ON invoicing_proforma
    FOR EACH ROW EXECUTE FUNCTION invoicing_pro_forma_is_final();
"""
DROP = """
DROP TRIGGER invoicing_pro_forma_is_final ON invoicing_proforma;
DROP FUNCTION invoicing_pro_forma_is_final;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0005_price_tolerance"),
        ("invoicing", "0004_tax_categories"),
        ("kernel", "0005_rate"),
        ("orders", "0005_change_requests"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE invoicing_pro_forma_number START 10001",
            "DROP SEQUENCE invoicing_pro_forma_number",
        ),
        migrations.CreateModel(
            name="ProForma",
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
                            prefix="PF-", sequence="invoicing_pro_forma_number"
                        ),
                        max_length=20,
                        unique=True,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("net_amount", models.DecimalField(decimal_places=3, max_digits=16)),
                ("tax_amount", models.DecimalField(decimal_places=3, max_digits=16)),
                ("gross_amount", models.DecimalField(decimal_places=3, max_digits=16)),
                ("amount", models.DecimalField(decimal_places=3, max_digits=16)),
                ("issued_on", models.DateField()),
                ("valid_until", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("issued", "Waits for payment"),
                            ("paid", "Paid"),
                            ("lapsed", "Lapsed"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="issued",
                        max_length=50,
                    ),
                ),
                ("content", models.TextField()),
                ("recipient", models.EmailField(blank=True, max_length=254)),
                ("mailed_at", models.DateTimeField(null=True)),
                ("mail_error", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("end_reason", models.CharField(blank=True, max_length=300)),
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
                        related_name="pro_formas",
                        to="customers.customer",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pro_formas",
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
            ],
            options={
                "permissions": [("ask_prepayment", "Can ask for payment in advance")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "issued")),
                        fields=("order",),
                        name="invoicing_proforma_one_open_per_order",
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
                        name="invoicing_proforma_gross_is_net_plus_tax",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__gt", 0), ("amount__lte", models.F("gross_amount"))
                        ),
                        name="invoicing_proforma_amount_within_total",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valid_until__gte", models.F("issued_on"))),
                        name="invoicing_proforma_valid_after_issue",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "issued")),
                            models.Q(
                                models.Q(("state", "issued"), _negated=True),
                                ("ended_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="invoicing_proforma_end_fits_state",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["customer", "-id"], name="invoicing_proformas_customer"),
                    models.Index(
                        condition=models.Q(("state", "issued")),
                        fields=["valid_until"],
                        name="invoicing_proformas_open",
                    ),
                ],
            },
        ),
        migrations.RunSQL(CREATE, DROP),
        migrations.RunPython(roles.grant("invoicing", GRANTS), migrations.RunPython.noop),
    ]
