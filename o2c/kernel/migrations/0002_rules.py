"""Roles, the append-only audit trail, and the table that rate limits are kept in."""

from django.db import migrations

from o2c.kernel import roles
from o2c.kernel.sql import append_only

GRANTS = {
    "company.view_company": roles.STAFF,
    "company.view_dashboard": [
        roles.CREDIT_MANAGER,
        roles.FINANCE_MANAGER,
        roles.AUDITOR,
        roles.ADMINISTRATOR,
        roles.AR_CLERK,
        roles.COLLECTOR,
        roles.CREDIT_ANALYST,
    ],
    "auditentry.view_auditentry": roles.STAFF,
    "company.change_company": [roles.ADMINISTRATOR],
    "user.view_user": [roles.ADMINISTRATOR],
    "user.add_user": [roles.ADMINISTRATOR],
    "user.change_user": [roles.ADMINISTRATOR],
    "outboxmessage.view_outboxmessage": [roles.ADMINISTRATOR, roles.AUDITOR],
    "jobrun.view_jobrun": [roles.ADMINISTRATOR, roles.AUDITOR],
}
CREATE_CACHE = """
CREATE TABLE kernel_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX kernel_cache_expires ON kernel_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.RunSQL(*append_only("kernel_auditentry", what="audit entries")),
        migrations.RunSQL(CREATE_CACHE, "DROP TABLE kernel_cache"),
        migrations.RunPython(roles.create_roles, migrations.RunPython.noop),
        migrations.RunPython(roles.grant("kernel", GRANTS), migrations.RunPython.noop),
    ]
