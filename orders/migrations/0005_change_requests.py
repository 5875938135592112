"""Changes that wait for a second person; messages to partners are claimed and know their days."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_relationship_rules"),
        ("kernel", "0003_order_settings"),
        ("orders", "0004_capture_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="amendment",
            name="asker",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="amendment",
            name="decided_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="amendment",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="amendment",
            name="needs",
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField(
            model_name="amendment",
            name="note",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="amendment",
            name="permissions",
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField(
            model_name="partnermessage",
            name="claimed_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="partnermessage",
            name="days",
            field=models.JSONField(null=True),
        ),
        migrations.AlterField(
            model_name="amendment",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("checked", "Checked"),
                    ("asked", "Waits for approval"),
                    ("refused", "Refused"),
                    ("applied", "Applied"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="draft",
                max_length=50,
            ),
        ),
        migrations.AddIndex(
            model_name="intakedocument",
            index=models.Index(
                condition=models.Q(("file_format__in", ["x12", "edifact"])),
                fields=["sender", "reference"],
                name="orders_intake_by_control",
            ),
        ),
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    ("asker", None),
                    models.Q(("decided_by", models.F("asker")), _negated=True),
                    _connector="OR",
                ),
                name="orders_amendment_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "asked"), _negated=True),
                    models.Q(
                        models.Q(("permissions", []), _negated=True), ("asker__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="orders_amendment_asked_has_needs",
            ),
        ),
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "refused"), _negated=True),
                    models.Q(models.Q(("note", ""), _negated=True), ("decided_by__isnull", False)),
                    _connector="OR",
                ),
                name="orders_amendment_refusal_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "asked")),
                fields=("order",),
                name="orders_amendment_asked_once",
            ),
        ),
    ]
