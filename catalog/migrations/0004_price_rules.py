"""Who may see and change discounts, contracts and customers' part numbers."""

from django.db import migrations

from o2c.kernel import roles

GRANTS = {
    "pricelist.view_pricelist": roles.STAFF,
    "pricelist.add_pricelist": [roles.ADMINISTRATOR],
    "pricelist.change_pricelist": [roles.ADMINISTRATOR],
    "discount.view_discount": roles.STAFF,
    "discount.add_discount": [roles.ADMINISTRATOR],
    "discount.change_discount": [roles.ADMINISTRATOR],
    "customerpartnumber.view_customerpartnumber": roles.STAFF,
    "customerpartnumber.add_customerpartnumber": [roles.SALES_REP, roles.ADMINISTRATOR],
    "customerpartnumber.change_customerpartnumber": [roles.SALES_REP, roles.ADMINISTRATOR],
    "customerpartnumber.delete_customerpartnumber": [roles.SALES_REP, roles.ADMINISTRATOR],
    "productunit.view_productunit": roles.STAFF,
    "taxexemption.view_taxexemption": roles.STAFF,
    "taxexemption.add_taxexemption": [roles.ADMINISTRATOR, roles.AR_CLERK],
}


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_prices"), ("kernel", "0002_rules")]

    operations = [
        migrations.RunPython(roles.grant("catalog", GRANTS), migrations.RunPython.noop),
    ]
