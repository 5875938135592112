"""What credit control says of orders, in a word of the status table."""

from collections.abc import Collection

from credit.models import CreditCheck
from orders.models import Order


def latest_outcomes(order_ids: Collection[int]) -> dict[int, str]:
    """Return the outcome of each order's latest check, in one statement."""
    if not order_ids:
        return {}
    checks = CreditCheck.objects.filter(order__in=order_ids).order_by("order", "-pk")
    return dict(checks.distinct("order").values_list("order_id", "outcome"))


def credit_word(order: Order, outcome: str) -> str:
    """Return what the latest check said, or that somebody released the order since."""
    return CreditCheck.Outcome.ALLOW if order.state in Order.CONFIRMED else outcome
