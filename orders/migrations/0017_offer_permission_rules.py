"""Who may send quotes and let blanket orders be called off: approvers too, for large discounts."""

from django.db import migrations

from o2c.kernel import roles

MAY_SEND = [
    roles.SALES_REP,
    roles.CREDIT_MANAGER,
    roles.FINANCE_MANAGER,
    roles.ADMINISTRATOR,
]
GRANTS = {"quote.send_quote": MAY_SEND, "blanketorder.activate_blanketorder": MAY_SEND}


class Migration(migrations.Migration):
    dependencies = [("orders", "0016_offer_permissions"), ("kernel", "0002_rules")]

    operations = [
        migrations.RunPython(roles.grant("orders", GRANTS), migrations.RunPython.noop),
    ]
