"""Append-only records of credit control, who may do what, and the first credit policy."""

from datetime import UTC, datetime
from typing import Any

from django.db import migrations

from o2c.kernel import roles
from o2c.kernel.sql import append_only

DECIDERS = [roles.CREDIT_ANALYST, roles.CREDIT_MANAGER, roles.FINANCE_MANAGER]
MANAGERS = [roles.CREDIT_MANAGER, roles.FINANCE_MANAGER]
READERS = [*DECIDERS, roles.AR_CLERK, roles.COLLECTOR, roles.AUDITOR, roles.ADMINISTRATOR]
GRANTS = {
    "creditpolicy.view_creditpolicy": [*DECIDERS, roles.AUDITOR, roles.ADMINISTRATOR],
    "creditpolicy.change_policy": MANAGERS,
    "creditproposal.view_creditproposal": READERS,
    "creditproposal.sign_creditproposal": MANAGERS,
    "guarantee.view_guarantee": READERS,
    "guarantee.record_guarantee": DECIDERS,
    "creditdocument.view_creditdocument": [*DECIDERS, roles.AUDITOR],
}
POLICY = [
    {"rule": "order_maximum", "classes": [], "threshold": "0", "action": "refer"},
    {"rule": "oldest_overdue_days", "classes": [], "threshold": "30", "action": "refer"},
    {"rule": "share_overdue", "classes": [], "threshold": "0.5", "action": "warn"},
    {"rule": "dunning_level", "classes": [], "threshold": "3", "action": "refer"},
    {"rule": "broken_promises", "classes": ["C", "D", "E"], "threshold": "2", "action": "refer"},
    {"rule": "days_without_payment", "classes": [], "threshold": "180", "action": "warn"},
]


def adopt(apps: Any, schema_editor: Any) -> None:
    apps.get_model("credit", "CreditPolicy").objects.create(
        version=1,
        status="active",
        rules=POLICY,
        second_signature_from="100000",
        created_at=datetime(2026, 11, 22, tzinfo=UTC),
    )


def drop(apps: Any, schema_editor: Any) -> None:
    apps.get_model("credit", "CreditPolicy").objects.filter(version=1).delete()


class Migration(migrations.Migration):
    dependencies = [("credit", "0004_credit_control")]

    operations = [
        migrations.RunSQL(*append_only("credit_creditscore", what="credit scores")),
        migrations.RunSQL(*append_only("credit_bureaureport", what="bureau reports")),
        migrations.RunSQL(*append_only("credit_casecomment", what="comments on credit cases")),
        migrations.RunSQL(*append_only("credit_creditdocument", what="credit documents")),
        migrations.RunSQL(*append_only("credit_orderprepayment", what="prepayments of orders")),
        migrations.RunPython(roles.grant("credit", GRANTS), migrations.RunPython.noop),
        migrations.RunPython(adopt, drop),
    ]
