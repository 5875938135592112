"""Revisions are append-only, and who may change orders that were agreed on."""

from django.db import migrations

from o2c.kernel import roles
from o2c.kernel.sql import append_only

GRANTS = {
    "amendment.amend_order": [roles.SALES_REP, roles.ADMINISTRATOR],
}


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_amendments"), ("kernel", "0002_rules")]

    operations = [
        migrations.RunSQL(*append_only("orders_orderrevision", what="revisions of orders")),
        migrations.RunPython(roles.grant("orders", GRANTS), migrations.RunPython.noop),
    ]
