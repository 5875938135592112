"""A tolerance of prices that a customer has of their own, and who sets it."""

from django.conf import settings
from django.db import migrations, models

from o2c.kernel import roles

GRANTS = {"customer.set_price_tolerance": [roles.ADMINISTRATOR, roles.CREDIT_MANAGER]}


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_relationship_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="customer",
            options={
                "permissions": [
                    ("import_customer", "Can import customers"),
                    (
                        "set_price_tolerance",
                        "Can say how far a customer's prices may be from the listed",
                    ),
                ]
            },
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("price_tolerance_rate", None),
                    models.Q(("price_tolerance_rate__gte", 0), ("price_tolerance_rate__lt", 1)),
                    _connector="OR",
                ),
                name="customers_customer_price_tolerance_is_fraction",
            ),
        ),
        migrations.RunPython(roles.grant("customers", GRANTS), migrations.RunPython.noop),
    ]
