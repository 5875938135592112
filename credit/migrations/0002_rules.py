"""Append-only ledgers of credit, and who may decide."""

from django.db import migrations

from o2c.kernel import roles
from o2c.kernel.sql import append_only

GRANTS = {
    "creditaccount.view_creditaccount": [
        roles.SALES_REP,
        roles.CREDIT_ANALYST,
        roles.CREDIT_MANAGER,
        roles.AR_CLERK,
        roles.COLLECTOR,
        roles.FINANCE_MANAGER,
        roles.AUDITOR,
        roles.ADMINISTRATOR,
    ],
    "creditapplication.view_creditapplication": [
        roles.SALES_REP,
        roles.CREDIT_ANALYST,
        roles.CREDIT_MANAGER,
        roles.AR_CLERK,
        roles.COLLECTOR,
        roles.FINANCE_MANAGER,
        roles.AUDITOR,
        roles.ADMINISTRATOR,
    ],
    "creditapplication.decide_creditapplication": [
        roles.CREDIT_ANALYST,
        roles.CREDIT_MANAGER,
        roles.FINANCE_MANAGER,
    ],
    "orderrelease.release_order": [
        roles.CREDIT_ANALYST,
        roles.CREDIT_MANAGER,
        roles.FINANCE_MANAGER,
    ],
    "hold.place_hold": [
        roles.CREDIT_ANALYST,
        roles.CREDIT_MANAGER,
        roles.AR_CLERK,
        roles.COLLECTOR,
        roles.FINANCE_MANAGER,
    ],
    "hold.release_hold": [roles.CREDIT_ANALYST, roles.CREDIT_MANAGER, roles.FINANCE_MANAGER],
    "guidelinetable.view_guidelinetable": [
        roles.CREDIT_ANALYST,
        roles.CREDIT_MANAGER,
        roles.FINANCE_MANAGER,
        roles.AUDITOR,
        roles.ADMINISTRATOR,
    ],
}


class Migration(migrations.Migration):
    dependencies = [("credit", "0001_initial"), ("kernel", "0002_rules")]

    operations = [
        migrations.RunSQL(*append_only("credit_exposureentry", what="exposure entries")),
        migrations.RunSQL(*append_only("credit_creditcheck", what="credit checks")),
        migrations.RunSQL(*append_only("credit_creditdecision", what="credit decisions")),
        migrations.RunPython(roles.grant("credit", GRANTS), migrations.RunPython.noop),
    ]
