"""Discounts and instalments that are complete, and who keeps the memory of a relationship."""

from django.db import migrations

from o2c.kernel import roles

GRANTS = {
    "activity.add_activity": [
        roles.SALES_REP,
        roles.CREDIT_ANALYST,
        roles.CREDIT_MANAGER,
        roles.AR_CLERK,
        roles.COLLECTOR,
        roles.FINANCE_MANAGER,
        roles.ADMINISTRATOR,
    ],
    "customer.import_customer": [roles.SALES_REP, roles.CREDIT_MANAGER, roles.ADMINISTRATOR],
}

# A CHECK constraint takes no subquery: these say what it needs to know of an array.
PAIRED = """
CREATE FUNCTION customers_total(numbers numeric[]) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    'SELECT COALESCE(sum(number), 0) FROM unnest(numbers) AS number';
ALTER TABLE customers_paymentterms
    ADD CONSTRAINT customers_paymentterms_discounts_paired
        CHECK (cardinality(discount_days) = cardinality(discount_rates)),
    ADD CONSTRAINT customers_paymentterms_discounts_are_fractions
        CHECK (0 < ALL (discount_rates) AND 1 > ALL (discount_rates)),
    ADD CONSTRAINT customers_paymentterms_instalments_paired
        CHECK (cardinality(instalment_days) = cardinality(instalment_shares)),
    ADD CONSTRAINT customers_paymentterms_shares_are_positive
        CHECK (0 < ALL (instalment_shares)),
    ADD CONSTRAINT customers_paymentterms_shares_make_one
        CHECK (cardinality(instalment_shares) = 0 OR customers_total(instalment_shares) = 1);
"""
NOT_PAIRED = """
ALTER TABLE customers_paymentterms
    DROP CONSTRAINT customers_paymentterms_discounts_paired,
    DROP CONSTRAINT customers_paymentterms_discounts_are_fractions,
    DROP CONSTRAINT customers_paymentterms_instalments_paired,
    DROP CONSTRAINT customers_paymentterms_shares_are_positive,
    DROP CONSTRAINT customers_paymentterms_shares_make_one;
DROP FUNCTION customers_total;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_relationship")]

    operations = [
        migrations.RunSQL(PAIRED, NOT_PAIRED),
        migrations.RunPython(roles.grant("customers", GRANTS), migrations.RunPython.noop),
    ]
