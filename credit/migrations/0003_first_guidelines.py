"""The first credit guidelines: a start that a company replaces by its own."""

from datetime import UTC, datetime
from typing import Any

from django.db import migrations

RULES = [
    {
        "name": "refused_country",
        "when": {"country": ["in", ["CU", "IR", "KP", "SY"]]},
        "then": "refer",
        "reason": "Deliveries to this country need clearance first.",
    },
    {
        "name": "very_large",
        "when": {"requested_amount": ["gt", "250000"]},
        "then": "refer",
        "reason": "More than 250,000 is asked for: the credit manager looks at it.",
    },
    {
        "name": "recently_declined",
        "when": {"days_since_declined": ["lt", 90]},
        "then": "refer",
        "reason": "Credit was declined less than 90 days ago.",
    },
    {
        "name": "pays_late",
        "when": {"overdue_holds_last_year": ["gte", 2]},
        "then": "refer",
        "reason": "The account was on hold for overdue invoices more than once in a year.",
    },
    {
        "name": "small",
        "when": {"requested_amount": ["lte", "2000"]},
        "then": "approve",
        "limit": "5000",
        "valid_days": 365,
        "reason": "A small first order: 5,000 for a year.",
    },
    {
        "name": "known_payer",
        "when": {"requested_amount": ["lte", "25000"], "orders_paid_on_time": ["gte", 1]},
        "then": "approve",
        "limit": "requested*2",
        "valid_days": 365,
        "reason": "Has paid on time before: twice what is asked for, for a year.",
    },
    {
        "name": "renewal",
        "when": {
            "standing": ["eq", "expired"],
            "requested_amount": ["lte", "100000"],
            "orders_paid_on_time": ["gte", 3],
            "overdue_holds_last_year": ["eq", 0],
        },
        "then": "approve",
        "limit": "requested*2",
        "valid_days": 365,
        "reason": "The approval has expired; three or more orders were paid on time.",
    },
    {
        "name": "large",
        "when": {"requested_amount": ["gt", "25000"]},
        "then": "refer",
        "reason": "More than 25,000 is asked for.",
    },
    {
        "name": "unknown_payer",
        "then": "refer",
        "reason": "No order has been paid on time yet.",
    },
]


def adopt(apps: Any, schema_editor: Any) -> None:
    table = apps.get_model("credit", "GuidelineTable")
    written = datetime(2026, 11, 21, tzinfo=UTC)
    table.objects.create(version=1, status="active", rules=RULES, created_at=written)


def drop(apps: Any, schema_editor: Any) -> None:
    apps.get_model("credit", "GuidelineTable").objects.filter(version=1).delete()


class Migration(migrations.Migration):
    dependencies = [("credit", "0002_rules")]

    operations = [migrations.RunPython(adopt, drop)]
