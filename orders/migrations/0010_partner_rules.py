"""Who may see and manage trading partners, and send messages again."""

from django.db import migrations

from o2c.kernel import roles

GRANTS = {
    "tradingpartner.view_tradingpartner": roles.STAFF,
    "tradingpartner.manage_partners": [roles.ADMINISTRATOR],
}


class Migration(migrations.Migration):
    dependencies = [("orders", "0009_partners"), ("kernel", "0002_rules")]

    operations = [
        migrations.RunPython(roles.grant("orders", GRANTS), migrations.RunPython.noop),
    ]
