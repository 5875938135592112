"""Who may see, enter and cancel orders."""

from django.db import migrations

from o2c.kernel import roles

GRANTS = {
    "order.view_order": roles.STAFF,
    "order.enter_order": [roles.SALES_REP, roles.ADMINISTRATOR],
    "order.cancel_order": [roles.SALES_REP, roles.CREDIT_MANAGER, roles.ADMINISTRATOR],
    "order.intake_order": [roles.SALES_REP, roles.ADMINISTRATOR],
}


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial"), ("kernel", "0002_rules")]

    operations = [
        migrations.RunPython(roles.grant("orders", GRANTS), migrations.RunPython.noop),
    ]
