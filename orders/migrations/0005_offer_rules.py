"""Who may see, enter and convert quotes and blanket orders."""

from django.db import migrations

from o2c.kernel import roles

GRANTS = {
    "quote.view_quote": roles.STAFF,
    "quote.enter_quote": [roles.SALES_REP, roles.ADMINISTRATOR],
    "blanketorder.view_blanketorder": roles.STAFF,
    "blanketorder.enter_blanketorder": [roles.SALES_REP, roles.ADMINISTRATOR],
}


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_offers"), ("kernel", "0002_rules")]

    operations = [
        migrations.RunPython(roles.grant("orders", GRANTS), migrations.RunPython.noop),
    ]
