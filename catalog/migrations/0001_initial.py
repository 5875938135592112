from decimal import Decimal

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="UnitOfMeasure",
            fields=[
                ("code", models.CharField(max_length=3, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=40)),
                ("is_divisible", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name_plural": "units of measure",
            },
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sku", models.CharField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("folded_text", models.CharField(max_length=300)),
                ("gtin", models.CharField(blank=True, max_length=14)),
                ("group", models.CharField(blank=True, max_length=60)),
                (
                    "pack_multiple",
                    models.DecimalField(decimal_places=3, default=Decimal("1"), max_digits=12),
                ),
                (
                    "minimum_quantity",
                    models.DecimalField(decimal_places=3, default=Decimal("1"), max_digits=12),
                ),
                (
                    "weight_kg",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=10),
                ),
                (
                    "tax_category",
                    models.CharField(
                        choices=[
                            ("S", "standard rate"),
                            ("Z", "zero rated"),
                            ("E", "exempt from tax"),
                            ("AE", "reverse charge"),
                        ],
                        default="S",
                        max_length=2,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "active"), ("discontinued", "discontinued")],
                        default="active",
                        max_length=12,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.unitofmeasure",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("minimum_quantity__gt", 0), ("pack_multiple__gt", 0)),
                        name="catalog_product_quantities_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weight_kg__gte", 0)),
                        name="catalog_product_weight_not_negative",
                    ),
                ],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["folded_text"], name="catalog_by_text", opclasses=["gin_trgm_ops"]
                    ),
                    models.Index(
                        condition=models.Q(("gtin", ""), _negated=True),
                        fields=["gtin"],
                        name="catalog_by_gtin",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PriceList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20, unique=True)),
                ("name", models.CharField(max_length=100)),
                ("currency", models.CharField(max_length=3)),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="price_lists",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("currency", "customer"),
                        name="catalog_pricelist_one_per_currency",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Price",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=4, max_digits=14)),
                (
                    "price_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prices",
                        to="catalog.pricelist",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prices",
                        to="catalog.product",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("price_list", "product"), name="catalog_price_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)), name="catalog_price_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaxRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("country", models.CharField(max_length=2)),
                ("region", models.CharField(blank=True, max_length=100)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("S", "standard rate"),
                            ("Z", "zero rated"),
                            ("E", "exempt from tax"),
                            ("AE", "reverse charge"),
                        ],
                        max_length=2,
                    ),
                ),
                ("rate", models.DecimalField(decimal_places=5, max_digits=6)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("country", "region", "category"), name="catalog_taxrule_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rate__gte", 0), ("rate__lt", 1)),
                        name="catalog_taxrule_is_fraction",
                    ),
                ],
            },
        ),
    ]
