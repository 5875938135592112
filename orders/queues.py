"""What waits for people about orders: findings to work, approvals to give."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from o2c.kernel.models import User
from orders.models import Amendment, Order, OrderApproval, OrderFinding
from orders.rules import RULES, Rule

PAGE_SIZE = 50
MOST_APPROVALS = 100
# Of orders that are over nobody works findings any more.
OVER = [Order.State.CANCELLED, Order.State.DECLINED, Order.State.CLOSED]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody asked of the queue; empty means everything. `days`: at least so old."""

    rule: str = ""
    owner: str = ""
    severity: str = ""
    days: int = 0
    order: str = ""
    after: int = 0


@dataclass(frozen=True, kw_only=True)
class Row:
    """A finding with its rule, and what this person may do about it."""

    finding: OrderFinding
    rule: Rule | None
    may_waive: bool
    may_edit: bool


@dataclass(frozen=True, kw_only=True)
class Queue:
    """One page of findings, oldest first; `after` is the cursor of the next one."""

    rows: Sequence[Row]
    after: int


def findings_asked(asked: Asked, *, now: datetime) -> QuerySet[OrderFinding]:
    """Return the open findings of live orders that fit, oldest first."""
    found = _open()
    wanted = {
        "rule": asked.rule,
        "owner": asked.owner,
        "severity": asked.severity,
        "order__number": asked.order,
    }
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    if asked.days:
        found = found.filter(found_at__lte=now - timedelta(days=asked.days))
    return found.select_related("order__customer", "order__owner").order_by("pk")


def queue_of(asked: Asked, user: User, *, now: datetime, size: int = PAGE_SIZE) -> Queue:
    """Return one page of the queue in one statement."""
    found = list(findings_asked(asked, now=now).filter(pk__gt=asked.after)[: size + 1])
    return Queue(
        rows=[_row(finding, user) for finding in found[:size]],
        after=found[size - 1].pk if len(found) > size else 0,
    )


def counts_by_owner() -> dict[str, int]:
    """Return how many findings wait for each owner."""
    counts = _open().values_list("owner").annotate(count=Count("pk"))
    return dict(counts.order_by("owner"))


def approvals_waiting() -> QuerySet[OrderApproval]:
    """Return the approvals that are asked for, oldest first, with order, customer and who asked."""
    waiting = OrderApproval.objects.filter(
        state=OrderApproval.State.ASKED, order__state=Order.State.DRAFT
    )
    waiting = waiting.select_related("order__customer", "order__owner", "asked_by")
    return waiting.order_by("pk")[:MOST_APPROVALS]


def changes_waiting() -> QuerySet[Amendment]:
    """Return the changes of orders that are asked for, oldest first, with order and customer."""
    waiting = Amendment.objects.filter(state=Amendment.State.ASKED)
    return waiting.select_related("order__customer", "asker").order_by("pk")[:MOST_APPROVALS]


def _open() -> QuerySet[OrderFinding]:
    return OrderFinding.objects.filter(~Q(order__state__in=OVER), state=OrderFinding.State.OPEN)


def _row(finding: OrderFinding, user: User) -> Row:
    rule = RULES.get(finding.rule)
    is_draft = finding.order.state == Order.State.DRAFT
    return Row(
        finding=finding,
        rule=rule,
        may_waive=bool(rule and rule.waived_by and user.has_perm(rule.waived_by)),
        may_edit=is_draft and user.has_perm("orders.enter_order"),
    )
