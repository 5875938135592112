"""Writing what an amendment changes: the lines in two statements, however many there are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.sql import add_to
from orders.amended_lines import Outcome
from orders.models import Order, OrderFinding, OrderLine
from orders.rules import Finding
from orders.services.amending_checks import Checked
from orders.services.locking import lines_of
from orders.services.progressing import follow
from orders.services.rows import set_totals

COLUMNS = (
    "ordered",
    "cancelled",
    "unit_price",
    "price_source",
    "price_reason",
    "net_amount",
    "tax_category",
    "tax_rate",
    "requested_on",
)
NOTED = ("ordered", "cancelled", "unit_price", "tax_rate", "requested_on")


def write_lines(
    order: Order, outcome: Outcome, *, at: datetime, actor: Actor, reason: str
) -> list[int]:
    """Write changed and new lines and note every change; return their keys.

    What is taken off counts as cancelled until fulfilment has given back what was claimed of it:
    no statement leaves more claimed than ordered. `fold_taken_off` comes after that.
    """
    noted = _noted(outcome)
    audit.record(order.label, "amend", at=at, actor=actor, changes=noted, reason=reason)
    for old, new in outcome.changed:
        taken_off = old.ordered - new.ordered
        for name in COLUMNS:
            setattr(old, name, getattr(new, name))
        if taken_off > 0:
            old.ordered += taken_off
            old.cancelled += taken_off
    if outcome.changed:
        rows.update_many([old for old, _new in outcome.changed], COLUMNS)
    rows.insert(outcome.added)
    lines_of(order).update({line.pk: line for line in outcome.added})
    return [old.pk for old, _new in outcome.changed] + [line.pk for line in outcome.added]


def fold_taken_off(order: Order, outcome: Outcome) -> None:
    """Let what was taken off be no longer part of what was ordered."""
    taken_off = {
        old.pk: new.ordered - old.ordered
        for old, new in outcome.changed
        if old.ordered > new.ordered
    }
    add_to(OrderLine, {"ordered": taken_off, "cancelled": taken_off})
    for line_id, less in taken_off.items():
        line = lines_of(order)[line_id]
        line.ordered += less
        line.cancelled += less


def write_header(
    order: Order, checked: Checked, *, at: datetime, actor: Actor, reason: str
) -> None:
    """Write the head with its totals, and let the state follow the lines."""
    head = checked.head
    order.requested_on, order.customer_po = head.requested_on, head.customer_po
    order.ship_to, order.payment_terms = head.ship_to, head.payment_terms
    order.revision += 1
    set_totals(order, list(lines_of(order).values()))
    follow(order, at=at, actor=actor)
    audit.save(order, at=at, actor=actor, reason=reason, touches=[order.customer.label])


def keep_warnings(order: Order, warnings: Sequence[Finding], *, at: datetime) -> None:
    """Keep new warnings on the order; one that is open already is kept as it is."""
    if warnings:
        OrderFinding.objects.bulk_create(
            [
                OrderFinding(
                    order=order,
                    rule=found.rule,
                    severity=found.severity,
                    field=found.field,
                    message=found.message,
                    owner=found.owner,
                    fingerprint=found.fingerprint,
                    found_at=at,
                )
                for found in warnings
            ],
            ignore_conflicts=True,
        )


def _noted(outcome: Outcome) -> dict[str, tuple[Any, Any]]:
    """Name each change for the audit trail: `line 2 ordered`, from 10 to 6."""
    noted: dict[str, tuple[Any, Any]] = {}
    for old, new in outcome.changed:
        for name in NOTED:
            if getattr(old, name) != getattr(new, name):
                noted[f"line {new.position} {name}"] = getattr(old, name), getattr(new, name)
    for line in outcome.added:
        noted[f"line {line.position} ordered"] = None, line.ordered
    return noted
