"""Who records cash and writes to late payers, and what the letters say."""

from decimal import Decimal
from typing import Any

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

LEVELS = [
    {
        "level": 1,
        "name": "Reminder",
        "days": 3,
        "subject": "Reminder: an invoice is past its due date",
        "text": "Perhaps it slipped through: we have not seen your payment of the invoices below. "
        "If you have paid them in the last days, thank you, and please forget this letter.",
    },
    {
        "level": 2,
        "name": "Second notice",
        "days": 17,
        "subject": "Second notice: your payment is overdue",
        "text": "We have reminded you before, and the invoices below are still open. Please pay "
        "them within seven days, or tell us today what stands in the way.",
    },
    {
        "level": 3,
        "name": "Final notice",
        "days": 31,
        "subject": "Final notice before further steps",
        "text": "This is our last letter about the invoices below. If the amount does not reach "
        "us within seven days, we must take further steps to collect it.",
    },
]
MINIMUM = Decimal("10.00")


def create_levels(apps: Any, schema_editor: Any) -> None:
    level = apps.get_model("collections", "DunningLevel")
    level.objects.bulk_create(level(minimum_amount=MINIMUM, **values) for values in LEVELS)


class Migration(migrations.Migration):
    dependencies = [("collections", "0001_initial"), ("kernel", "0002_rules")]

    operations = [
        migrations.RunPython(roles.grant("collections", GRANTS), migrations.RunPython.noop),
        migrations.RunPython(create_levels, migrations.RunPython.noop),
    ]
