"""Append-only journal and applications, and who works items."""

from django.db import migrations

from o2c.kernel import roles
from o2c.kernel.sql import append_only

GRANTS = {
    "openitem.view_openitem": [
        roles.SALES_REP,
        roles.CREDIT_ANALYST,
        roles.CREDIT_MANAGER,
        roles.AR_CLERK,
        roles.COLLECTOR,
        roles.FINANCE_MANAGER,
        roles.AUDITOR,
        roles.ADMINISTRATOR,
    ],
    "invoicereview.work_invoicereview": [roles.AR_CLERK, roles.COLLECTOR, roles.FINANCE_MANAGER],
    "dispute.work_dispute": [
        roles.SALES_REP,
        roles.AR_CLERK,
        roles.COLLECTOR,
        roles.FINANCE_MANAGER,
    ],
}


class Migration(migrations.Migration):
    dependencies = [("receivables", "0001_initial"), ("kernel", "0002_rules")]

    operations = [
        migrations.RunSQL(*append_only("receivables_journalentry", what="journal entries")),
        migrations.RunSQL(*append_only("receivables_journalline", what="journal lines")),
        migrations.RunSQL(*append_only("receivables_application", what="applications")),
        migrations.RunPython(roles.grant("receivables", GRANTS), migrations.RunPython.noop),
    ]
