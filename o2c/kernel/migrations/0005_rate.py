"""The table that the rate limits of API keys are counted in. It is not logged: it may be lost."""

from django.db import migrations
from django_migration_linter import IgnoreMigration

CREATE_RATE = (
    "CREATE TABLE kernel_rate (owner varchar(80) NOT NULL PRIMARY KEY,"
    " second integer NOT NULL, counts integer[] NOT NULL) WITH (fillfactor = 50)"
)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_notices")]

    operations = [
        # The linter reads the way back, which drops what this has made.
        IgnoreMigration(),
        migrations.RunSQL([CREATE_RATE], ["DROP TABLE kernel_rate"]),
        migrations.RunSQL(["ALTER TABLE kernel_rate SET UNLOGGED"], migrations.RunSQL.noop),
    ]
