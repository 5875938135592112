from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import o2c.kernel.numbering


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalog", "0001_initial"),
        ("orders", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE picklist_number START 5001", "DROP SEQUENCE picklist_number"
        ),
        migrations.CreateModel(
            name="Warehouse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=12, unique=True)),
                ("name", models.CharField(max_length=100)),
                ("time_zone", models.CharField(default="UTC", max_length=60)),
                ("country", models.CharField(max_length=2)),
            ],
        ),
        migrations.CreateModel(
            name="Location",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20)),
                ("walk_order", models.PositiveIntegerField(default=0)),
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="locations",
                        to="fulfillment.warehouse",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("warehouse", "code"), name="fulfillment_location_code_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PickList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        db_default=o2c.kernel.numbering.PlainNumber(
                            prefix="PL-", sequence="picklist_number"
                        ),
                        max_length=20,
                        unique=True,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("released", "Released"),
                            ("picking", "Picking"),
                            ("picked", "Picked"),
                            ("packed", "Packed"),
                            ("handed_over", "Handed over"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        max_length=50,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("released_at", models.DateTimeField(null=True)),
                ("picked_at", models.DateTimeField(null=True)),
                ("packed_at", models.DateTimeField(null=True)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pick_lists",
                        to="orders.order",
                    ),
                ),
                (
                    "picker",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pick_lists",
                        to="fulfillment.warehouse",
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("release_picklist", "Can release pick lists"),
                    ("pick_picklist", "Can pick"),
                    ("pack_picklist", "Can pack"),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("state__in", ["handed_over", "cancelled"]), _negated=True
                        ),
                        fields=["warehouse", "state", "id"],
                        name="fulfillment_picks_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StockLevel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "on_hand",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=14),
                ),
                (
                    "allocated",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=14),
                ),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stock_levels",
                        to="fulfillment.location",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stock_levels",
                        to="catalog.product",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("product", "location"), name="fulfillment_stocklevel_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("allocated__gte", 0), ("on_hand__gte", models.F("allocated"))
                        ),
                        name="fulfillment_stocklevel_not_oversold",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CountTask",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("counted", "Counted")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("counted", models.DecimalField(decimal_places=3, max_digits=14, null=True)),
                ("counted_at", models.DateTimeField(null=True)),
                (
                    "level",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="count_tasks",
                        to="fulfillment.stocklevel",
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("receive_stock", "Can receive stock"),
                    ("count_stock", "Can count and adjust stock"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("level",),
                        name="fulfillment_counttask_one_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Allocation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("active", "active"),
                            ("shipped", "shipped"),
                            ("released", "released"),
                        ],
                        default="active",
                        max_length=10,
                    ),
                ),
                ("allocated_at", models.DateTimeField()),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="orders.orderline",
                    ),
                ),
                (
                    "level",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="fulfillment.stocklevel",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)),
                        name="fulfillment_allocation_positive",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "active")),
                        fields=["line"],
                        name="fulfillment_alloc_active",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StockMove",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("receipt", "receipt"),
                            ("ship", "shipment"),
                            ("return", "return"),
                            ("adjustment", "adjustment"),
                            ("transfer", "transfer"),
                            ("count", "count"),
                        ],
                        max_length=12,
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=14)),
                ("source", models.CharField(max_length=60)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=200)),
                (
                    "level",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="fulfillment.stocklevel",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "level", "kind"), name="fulfillment_stockmove_source_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity", 0), _negated=True),
                        name="fulfillment_stockmove_not_zero",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PickLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                (
                    "scanned",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=12),
                ),
                ("picked", models.DecimalField(decimal_places=3, max_digits=12, null=True)),
                (
                    "short_reason",
                    models.CharField(
                        blank=True,
                        choices=[("missing", "not there"), ("damaged", "damaged")],
                        max_length=10,
                    ),
                ),
                (
                    "allocation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pick_line",
                        to="fulfillment.allocation",
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.orderline",
                    ),
                ),
                (
                    "pick_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="fulfillment.picklist",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("pick_list", "position"), name="fulfillment_pickline_position_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("scanned__gte", 0), ("scanned__lte", models.F("quantity"))
                        ),
                        name="fulfillment_pickline_scanned_within",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("picked__isnull", True),
                            models.Q(("picked__gte", 0), ("picked__lte", models.F("quantity"))),
                            _connector="OR",
                        ),
                        name="fulfillment_pickline_picked_within",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("picked__isnull", True), ("short_reason", "")),
                            models.Q(("picked", models.F("quantity")), ("short_reason", "")),
                            models.Q(
                                ("picked__lt", models.F("quantity")),
                                models.Q(("short_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="fulfillment_pickline_short_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Package",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("weight_kg", models.DecimalField(decimal_places=3, max_digits=10)),
                (
                    "pick_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="packages",
                        to="fulfillment.picklist",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("pick_list", "number"), name="fulfillment_package_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weight_kg__gte", 0)),
                        name="fulfillment_package_weight_not_negative",
                    ),
                ],
            },
        ),
    ]
