"""What strays say, whom cases have told, and how carriers come in."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shipping", "0003_carriers_and_returns"),
    ]

    operations = [
        migrations.AddField(
            model_name="carriersecrets",
            name="access_hash",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="carriersecrets",
            name="last_refused_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="carriersecrets",
            name="refused_count",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="deliverycase",
            name="told_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="strayevent",
            name="problem",
            field=models.CharField(
                choices=[
                    ("unknown", "no shipment has this number"),
                    ("not_left", "the shipment has not left yet"),
                    ("early", "the time is before the shipment left"),
                    ("future", "the time lies in the future"),
                ],
                db_default="unknown",
                default="unknown",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="strayevent",
            name="resolution",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="strayevent",
            name="shipment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="shipping.shipment",
            ),
        ),
        migrations.AddIndex(
            model_name="strayevent",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["id"], name="shipping_strays_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="carriersecrets",
            constraint=models.UniqueConstraint(
                condition=models.Q(("access_hash", ""), _negated=True),
                fields=("access_hash",),
                name="shipping_carriersecrets_access_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="strayevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "placed"), _negated=True),
                    ("shipment__isnull", False),
                    _connector="OR",
                ),
                name="shipping_strayevent_placed_somewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="strayevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "dismissed"), _negated=True),
                    models.Q(("resolution", ""), _negated=True),
                    _connector="OR",
                ),
                name="shipping_strayevent_dismissed_is_explained",
            ),
        ),
    ]
