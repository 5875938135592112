"""Who may see and change customers."""

from django.db import migrations

from o2c.kernel import roles

GRANTS = {
    "customer.view_customer": roles.STAFF,
    "customer.add_customer": [
        roles.SALES_REP,
        roles.CREDIT_MANAGER,
        roles.AR_CLERK,
        roles.ADMINISTRATOR,
    ],
    "customer.change_customer": [
        roles.SALES_REP,
        roles.CREDIT_MANAGER,
        roles.AR_CLERK,
        roles.ADMINISTRATOR,
    ],
    "paymentterms.view_paymentterms": [roles.ADMINISTRATOR],
    "paymentterms.add_paymentterms": [roles.ADMINISTRATOR],
    "paymentterms.change_paymentterms": [roles.ADMINISTRATOR],
    "apikey.view_apikey": [roles.ADMINISTRATOR, roles.AUDITOR],
    "apikey.add_apikey": [roles.ADMINISTRATOR],
    "apikey.change_apikey": [roles.ADMINISTRATOR],
}


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial"), ("kernel", "0002_rules")]

    operations = [
        migrations.RunPython(roles.grant("customers", GRANTS), migrations.RunPython.noop),
    ]
