"""How people like the rows of lists."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0004_notices"),
        ("reporting", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ListSetting",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("is_roomy", models.BooleanField(db_default=False, default=False)),
            ],
        ),
    ]
