"""Who may see, issue and send invoices."""

from django.db import migrations

from o2c.kernel import roles

GRANTS = {
    "invoice.view_invoice": [
        roles.SALES_REP,
        roles.CREDIT_ANALYST,
        roles.CREDIT_MANAGER,
        roles.AR_CLERK,
        roles.COLLECTOR,
        roles.FINANCE_MANAGER,
        roles.AUDITOR,
        roles.ADMINISTRATOR,
    ],
    "invoice.issue_invoice": [roles.AR_CLERK, roles.FINANCE_MANAGER],
    "invoice.send_invoice": [roles.AR_CLERK, roles.COLLECTOR, roles.FINANCE_MANAGER],
}


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0001_initial"), ("kernel", "0002_rules")]

    operations = [
        migrations.RunPython(roles.grant("invoicing", GRANTS), migrations.RunPython.noop),
    ]
