"""Who may quote, change, check, approve and exchange orders; revisions are append-only."""

from django.db import migrations

from o2c.kernel import roles
from o2c.kernel.sql import append_only

# Approvers too: they let go of offers with a large discount.
MAY_SEND = [
    roles.SALES_REP,
    roles.CREDIT_MANAGER,
    roles.FINANCE_MANAGER,
    roles.ADMINISTRATOR,
]
GRANTS = {
    "quote.view_quote": roles.STAFF,
    "quote.enter_quote": [roles.SALES_REP, roles.ADMINISTRATOR],
    "blanketorder.view_blanketorder": roles.STAFF,
    "blanketorder.enter_blanketorder": [roles.SALES_REP, roles.ADMINISTRATOR],
    "amendment.amend_order": [roles.SALES_REP, roles.ADMINISTRATOR],
    "tradingpartner.view_tradingpartner": roles.STAFF,
    "tradingpartner.manage_partners": [roles.ADMINISTRATOR],
    "webshop.manage_webshop": [roles.ADMINISTRATOR],
    "order.override_price": [roles.SALES_REP, roles.FINANCE_MANAGER, roles.ADMINISTRATOR],
    "order.approve_order": [roles.CREDIT_MANAGER, roles.FINANCE_MANAGER, roles.ADMINISTRATOR],
    "order.approve_large_order": [roles.FINANCE_MANAGER],
    "orderfinding.waive_sales": [roles.SALES_REP, roles.ADMINISTRATOR],
    "orderfinding.waive_pricing": [roles.FINANCE_MANAGER, roles.ADMINISTRATOR],
    "orderfinding.waive_credit": [roles.CREDIT_MANAGER],
    "orderfinding.waive_master_data": [roles.ADMINISTRATOR],
    "orderapproval.change_rules": [roles.ADMINISTRATOR],
    "quote.send_quote": MAY_SEND,
    "blanketorder.activate_blanketorder": MAY_SEND,
}


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_capture"), ("kernel", "0002_rules")]

    operations = [
        migrations.RunSQL(*append_only("orders_orderrevision", what="revisions of orders")),
        migrations.RunPython(roles.grant("orders", GRANTS), migrations.RunPython.noop),
    ]
