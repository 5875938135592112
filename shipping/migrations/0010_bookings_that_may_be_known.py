from django.db import migrations, models

# Of those that wait today, only what was refused the one time it was asked is certainly unknown.
KNOW = """
UPDATE shipping_booking SET may_be_known = true
 WHERE state IN ('wanted', 'failed') AND NOT (problem = 'refused' AND attempts <= 1)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("shipping", "0009_joint_shipments"),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="may_be_known",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(KNOW, migrations.RunSQL.noop),
    ]
