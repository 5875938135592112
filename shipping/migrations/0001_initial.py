from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models

import o2c.kernel.numbering


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0001_initial"),
        ("fulfillment", "0001_initial"),
        ("kernel", "0001_initial"),
        ("orders", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE shipment_number START 3001", "DROP SEQUENCE shipment_number"
        ),
        migrations.CreateModel(
            name="Carrier",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=12, unique=True)),
                ("name", models.CharField(max_length=100)),
                ("tracking_url", models.CharField(blank=True, max_length=200)),
                ("is_active", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name="Shipment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=40, unique=True)),
                (
                    "number",
                    models.CharField(
                        db_default=o2c.kernel.numbering.PlainNumber(
                            prefix="SH-", sequence="shipment_number"
                        ),
                        max_length=20,
                        unique=True,
                    ),
                ),
                ("leaves_by", models.DateTimeField(null=True)),
                ("expected_on", models.DateField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("labelled", "Labelled"),
                            ("dispatched", "Loaded"),
                            ("in_transit", "In transit"),
                            ("delivered", "Delivered"),
                            ("exception", "Exception"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="planned",
                        max_length=50,
                    ),
                ),
                ("tracking_number", models.CharField(blank=True, max_length=60)),
                (
                    "weight_kg",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=12),
                ),
                ("package_count", models.PositiveSmallIntegerField(default=1)),
                (
                    "exception_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("late", "late"),
                            ("lost", "lost"),
                            ("damaged", "damaged"),
                            ("refused", "refused"),
                        ],
                        max_length=10,
                    ),
                ),
                ("exception_note", models.CharField(blank=True, max_length=300)),
                ("received_by", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField()),
                ("dispatched_at", models.DateTimeField(null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                (
                    "carrier",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shipments",
                        to="shipping.carrier",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shipments",
                        to="customers.customer",
                    ),
                ),
                (
                    "label_file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.storedfile",
                    ),
                ),
                (
                    "ship_to",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.address",
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shipments",
                        to="fulfillment.warehouse",
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("plan_shipment", "Can plan and label shipments"),
                    ("dispatch_shipment", "Can dispatch shipments"),
                    ("track_shipment", "Can record deliveries and exceptions"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["planned", "labelled", "cancelled"]),
                            ("dispatched_at__isnull", False),
                            _connector="XOR",
                        ),
                        name="shipping_shipment_gone_has_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "exception"), _negated=True),
                            models.Q(("exception_kind", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="shipping_shipment_exception_has_kind",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("tracking_number", ""), _negated=True),
                        fields=("carrier", "tracking_number"),
                        name="shipping_shipment_tracking_once",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["planned", "labelled"])),
                        fields=["warehouse", "leaves_by", "id"],
                        name="shipping_board",
                    ),
                    models.Index(fields=["customer", "-id"], name="shipping_by_customer"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShipmentLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shipment_lines",
                        to="orders.order",
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shipment_lines",
                        to="orders.orderline",
                    ),
                ),
                (
                    "pick_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="fulfillment.picklist",
                    ),
                ),
                (
                    "shipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="shipping.shipment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("pick_list", "order_line"), name="shipping_shipmentline_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)),
                        name="shipping_shipmentline_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TrackingEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event_id", models.CharField(max_length=80)),
                ("code", models.CharField(max_length=20)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "shipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tracking",
                        to="shipping.shipment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shipment", "event_id"), name="shipping_trackingevent_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PickupSchedule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ]
                    ),
                ),
                ("cut_off", models.TimeField()),
                ("transit_days", models.PositiveSmallIntegerField(default=1)),
                (
                    "carrier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pickups",
                        to="shipping.carrier",
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pickups",
                        to="fulfillment.warehouse",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("carrier", "warehouse", "weekday", "cut_off"),
                        name="shipping_pickupschedule_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weekday__lte", 6)),
                        name="shipping_pickupschedule_weekday_exists",
                    ),
                ],
            },
        ),
    ]
