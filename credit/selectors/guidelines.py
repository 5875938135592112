"""Versions of the guidelines, who wrote them, and what was decided by them."""

from collections.abc import Iterator

from django.db.models import QuerySet

from credit.guidelines.whatif import Past
from credit.models import GuidelineTable, GuidelineVerdict
from o2c.kernel.actors import Actor
from o2c.kernel.models import AuditEntry

# The newest decisions that a draft is tried on.
MOST_TRIED = 100_000
AT_A_TIME = 2_000
SHOWN_VERSIONS = 100


def versions() -> "QuerySet[GuidelineTable]":
    """Return the versions, newest first."""
    return GuidelineTable.objects.order_by("-version")[:SHOWN_VERSIONS]


def active_table() -> GuidelineTable:
    return GuidelineTable.objects.get(status=GuidelineTable.Status.ACTIVE)


def past_cases() -> Iterator[Past]:
    """Yield what the guidelines have said, newest first, a part at a time."""
    columns = (
        "application__number",
        "application__customer__name",
        "inputs",
        "rule",
        "outcome",
        "limit",
        "valid_days",
    )
    verdicts = GuidelineVerdict.objects.order_by("-pk").values_list(*columns)[:MOST_TRIED]
    for number, customer, inputs, rule, outcome, limit, days in verdicts.iterator(AT_A_TIME):
        yield Past(
            application=number,
            customer=customer,
            currency=inputs["currency"],
            inputs=inputs,
            rule=rule,
            outcome=outcome,
            limit=limit,
            valid_days=days,
        )


def has_written(table: GuidelineTable, actor: Actor) -> bool:
    """Say whether the actor made the draft or changed a rule of it, at any time."""
    entries = AuditEntry.objects.filter(
        subject=table.label, actor_kind=actor.kind, actor_id=actor.id
    )
    return any(
        action == "create" or "rules" in changes
        for action, changes in entries.values_list("action", "changes")
    )
