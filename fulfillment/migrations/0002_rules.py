"""Append-only stock moves, and who may work the floor."""

from django.db import migrations

from o2c.kernel import roles
from o2c.kernel.sql import append_only

GRANTS = {
    "stocklevel.view_stocklevel": roles.STAFF,
    "picklist.view_picklist": roles.STAFF,
    "picklist.release_picklist": [roles.WAREHOUSE, roles.ADMINISTRATOR],
    "picklist.pick_picklist": [roles.WAREHOUSE, roles.ADMINISTRATOR],
    "picklist.pack_picklist": [roles.WAREHOUSE, roles.ADMINISTRATOR],
    "counttask.receive_stock": [roles.WAREHOUSE, roles.ADMINISTRATOR],
    "counttask.count_stock": [roles.WAREHOUSE, roles.ADMINISTRATOR],
}


class Migration(migrations.Migration):
    dependencies = [("fulfillment", "0001_initial"), ("kernel", "0002_rules")]

    operations = [
        migrations.RunSQL(*append_only("fulfillment_stockmove", what="stock moves")),
        migrations.RunPython(roles.grant("fulfillment", GRANTS), migrations.RunPython.noop),
    ]
