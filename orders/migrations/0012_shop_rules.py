"""Who may connect web shops."""

from django.db import migrations

from o2c.kernel import roles

GRANTS = {"webshop.manage_webshop": [roles.ADMINISTRATOR]}


class Migration(migrations.Migration):
    dependencies = [("orders", "0011_shops"), ("kernel", "0002_rules")]

    operations = [
        migrations.RunPython(roles.grant("orders", GRANTS), migrations.RunPython.noop),
    ]
