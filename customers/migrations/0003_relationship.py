import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0002_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="customer",
            options={"permissions": [("import_customer", "Can import customers")]},
        ),
        migrations.CreateModel(
            name="Activity",
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
                            ("note", "note"),
                            ("call", "call"),
                            ("meeting", "meeting"),
                            ("task", "task"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.TextField(max_length=4000)),
                ("at", models.DateTimeField()),
                ("author", models.CharField(max_length=200)),
                ("due_on", models.DateField(blank=True, null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "activities",
            },
        ),
        migrations.AddField(
            model_name="address",
            name="code",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddField(
            model_name="address",
            name="gln",
            field=models.CharField(blank=True, db_default="", default="", max_length=13),
        ),
        migrations.AddField(
            model_name="address",
            name="is_active",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="contact",
            name="is_active",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="contact",
            name="language",
            field=models.CharField(blank=True, db_default="", default="", max_length=8),
        ),
        migrations.AddField(
            model_name="contact",
            name="title",
            field=models.CharField(blank=True, db_default="", default="", max_length=100),
        ),
        migrations.AddField(
            model_name="contact",
            name="uid",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="customer",
            name="eori",
            field=models.CharField(blank=True, db_default="", default="", max_length=17),
        ),
        migrations.AddField(
            model_name="customer",
            name="gln",
            field=models.CharField(blank=True, db_default="", default="", max_length=13),
        ),
        migrations.AddField(
            model_name="customer",
            name="legal_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="customer",
            name="registration_number",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddField(
            model_name="paymentterms",
            name="basis",
            field=models.CharField(
                choices=[
                    ("net", "days after the invoice"),
                    ("end_of_month", "days after the end of the month"),
                    ("day_of_month", "a day of the month"),
                    ("prepayment", "prepayment"),
                ],
                db_default="net",
                default="net",
                max_length=15,
            ),
        ),
        migrations.AddField(
            model_name="paymentterms",
            name="day_of_month",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="paymentterms",
            name="days_before",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="paymentterms",
            name="discount_days",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(),
                blank=True,
                db_default=models.Value(
                    [],
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), size=None
                    ),
                ),
                default=list,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="paymentterms",
            name="discount_rates",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.DecimalField(decimal_places=6, max_digits=7),
                blank=True,
                db_default=models.Value(
                    [],
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DecimalField(decimal_places=6, max_digits=7), size=None
                    ),
                ),
                default=list,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="paymentterms",
            name="instalment_days",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(),
                blank=True,
                db_default=models.Value(
                    [],
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), size=None
                    ),
                ),
                default=list,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="paymentterms",
            name="instalment_shares",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.DecimalField(decimal_places=6, max_digits=7),
                blank=True,
                db_default=models.Value(
                    [],
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DecimalField(decimal_places=6, max_digits=7), size=None
                    ),
                ),
                default=list,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="paymentterms",
            name="is_active",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="paymentterms",
            name="months_ahead",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="paymentterms",
            name="moves_to_working_day",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name="contact",
            name="role",
            field=models.CharField(
                choices=[
                    ("buyer", "buyer"),
                    ("payables", "accounts payable"),
                    ("dispatch", "goods in"),
                    ("other", "other"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("vat_number", ""), _negated=True),
                fields=["vat_number"],
                name="customers_by_vat",
            ),
        ),
        migrations.AddConstraint(
            model_name="address",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_default", False), ("is_active", True), _connector="OR"),
                name="customers_address_default_is_active",
            ),
        ),
        migrations.AddConstraint(
            model_name="address",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_active", True), models.Q(("code", ""), _negated=True)),
                fields=("customer", "kind", "code"),
                name="customers_address_code_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="address",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_active", True), models.Q(("gln", ""), _negated=True)),
                fields=("customer", "kind", "gln"),
                name="customers_address_gln_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="customers_contact_named"
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("uid", ""), _negated=True),
                fields=("customer", "uid"),
                name="customers_contact_uid_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentterms",
            constraint=models.CheckConstraint(
                condition=models.Q(("days_before__lte", 365)),
                name="customers_paymentterms_days_before_sane",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentterms",
            constraint=models.CheckConstraint(
                condition=models.Q(("months_ahead__lte", 12)),
                name="customers_paymentterms_months_sane",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentterms",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("basis", "day_of_month"),
                        ("day_of_month__gte", 1),
                        ("day_of_month__lte", 31),
                    ),
                    models.Q(
                        models.Q(("basis", "day_of_month"), _negated=True),
                        ("day_of_month", 0),
                        ("months_ahead", 0),
                    ),
                    _connector="OR",
                ),
                name="customers_paymentterms_day_where_asked",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentterms",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("basis", "prepayment"), _negated=True),
                    models.Q(
                        ("days_before", 0),
                        ("discount_days", []),
                        ("instalment_days", []),
                        ("net_days", 0),
                    ),
                    _connector="OR",
                ),
                name="customers_paymentterms_prepaid_is_plain",
            ),
        ),
        migrations.AddField(
            model_name="activity",
            name="assignee",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="activity",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="activities",
                to="customers.contact",
            ),
        ),
        migrations.AddField(
            model_name="activity",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="activities",
                to="customers.customer",
            ),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(fields=["customer", "-at", "-id"], name="customers_activity_latest"),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(
                condition=models.Q(("done_at", None), ("kind", "task")),
                fields=["assignee", "due_on"],
                name="customers_tasks_to_do",
            ),
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True),
                name="customers_activity_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("assignee__isnull", False), ("due_on__isnull", False), ("kind", "task")
                    ),
                    models.Q(
                        models.Q(("kind", "task"), _negated=True),
                        ("assignee", None),
                        ("done_at", None),
                        ("due_on", None),
                    ),
                    _connector="OR",
                ),
                name="customers_activity_task_is_given",
            ),
        ),
    ]
