"""Append-only tracking, and who may ship."""

from django.db import migrations

from o2c.kernel import roles
from o2c.kernel.sql import append_only

GRANTS = {
    "shipment.view_shipment": roles.STAFF,
    "shipment.plan_shipment": [roles.SHIPPING, roles.ADMINISTRATOR],
    "shipment.dispatch_shipment": [roles.SHIPPING, roles.ADMINISTRATOR],
    "shipment.track_shipment": [roles.SHIPPING, roles.ADMINISTRATOR],
}


class Migration(migrations.Migration):
    dependencies = [("shipping", "0001_initial"), ("kernel", "0002_rules")]

    operations = [
        migrations.RunSQL(*append_only("shipping_trackingevent", what="tracking events")),
        migrations.RunPython(roles.grant("shipping", GRANTS), migrations.RunPython.noop),
    ]
