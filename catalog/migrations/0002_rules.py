"""Who may see and change products and prices."""

from django.db import migrations

from o2c.kernel import roles

GRANTS = {
    "product.view_product": roles.STAFF,
    "product.add_product": [roles.ADMINISTRATOR],
    "product.change_product": [roles.ADMINISTRATOR],
    "price.view_price": roles.STAFF,
    "price.add_price": [roles.ADMINISTRATOR],
    "price.change_price": [roles.ADMINISTRATOR],
    "taxrule.view_taxrule": [roles.ADMINISTRATOR, roles.AUDITOR],
    "taxrule.add_taxrule": [roles.ADMINISTRATOR],
    "taxrule.change_taxrule": [roles.ADMINISTRATOR],
}


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial"), ("kernel", "0002_rules")]

    operations = [
        migrations.RunPython(roles.grant("catalog", GRANTS), migrations.RunPython.noop),
    ]
