"""Who may sell below the list, approve orders, and work what the rules find."""

from django.db import migrations

from o2c.kernel import roles

GRANTS = {
    "order.override_price": [roles.SALES_REP, roles.FINANCE_MANAGER, roles.ADMINISTRATOR],
    "order.approve_order": [roles.CREDIT_MANAGER, roles.FINANCE_MANAGER, roles.ADMINISTRATOR],
    "order.approve_large_order": [roles.FINANCE_MANAGER],
    "orderfinding.waive_sales": [roles.SALES_REP, roles.ADMINISTRATOR],
    "orderfinding.waive_pricing": [roles.FINANCE_MANAGER, roles.ADMINISTRATOR],
    "orderfinding.waive_credit": [roles.CREDIT_MANAGER],
    "orderfinding.waive_master_data": [roles.ADMINISTRATOR],
    "orderapproval.change_rules": [roles.ADMINISTRATOR],
}


class Migration(migrations.Migration):
    dependencies = [("orders", "0014_checking"), ("kernel", "0002_rules")]

    operations = [
        migrations.RunPython(roles.grant("orders", GRANTS), migrations.RunPython.noop),
    ]
