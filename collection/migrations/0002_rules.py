"""Who records cash and writes to late payers."""

from django.db import migrations

from o2c.kernel import roles

GRANTS = {
    "receipt.view_receipt": [
        roles.CREDIT_ANALYST,
        roles.CREDIT_MANAGER,
        roles.AR_CLERK,
        roles.COLLECTOR,
        roles.FINANCE_MANAGER,
        roles.AUDITOR,
        roles.ADMINISTRATOR,
    ],
    "receipt.record_receipt": [roles.AR_CLERK, roles.FINANCE_MANAGER],
    "receipt.apply_receipt": [roles.AR_CLERK, roles.FINANCE_MANAGER],
    "dunningnotice.view_dunningnotice": [
        roles.CREDIT_ANALYST,
        roles.CREDIT_MANAGER,
        roles.AR_CLERK,
        roles.COLLECTOR,
        roles.FINANCE_MANAGER,
        roles.AUDITOR,
        roles.ADMINISTRATOR,
    ],
    "dunningnotice.send_dunningnotice": [roles.AR_CLERK, roles.COLLECTOR, roles.FINANCE_MANAGER],
}


class Migration(migrations.Migration):
    dependencies = [("collections", "0001_initial"), ("kernel", "0002_rules")]

    operations = [
        migrations.RunPython(roles.grant("collections", GRANTS), migrations.RunPython.noop),
    ]
