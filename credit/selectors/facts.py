"""What the guidelines look at."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from credit.models import CreditAccount, CreditDecision, Hold
from o2c.kernel.ui.figures import Text
from orders.models import Order

NAMES: dict[str, Text] = {
    "years_as_customer": _("Years as customer"),
    "orders_placed": _("Orders so far"),
    "orders_closed": _("Orders paid"),
    "orders_paid_on_time": _("Paid without a reminder hold"),
    "overdue_holds_last_year": _("Overdue holds in a year"),
    "days_since_declined": _("Days since credit was declined"),
    "country": _("Goods go to"),
}
YEAR = timedelta(days=365)


def guideline_facts(
    account: CreditAccount,
    *,
    requested_amount: Decimal,
    country: str,
    today: date,
    but_order: int | None = None,
) -> dict[str, Any]:
    """Return what the guidelines look at, as JSON types, so that it can be kept and replayed.

    Args:
        country: where the goods go, as an ISO 3166 code.
        but_order: the order that asks, which is no part of the customer's history yet.
    """
    declined = _latest_declined(account.pk)
    return {
        "requested_amount": str(requested_amount),
        "exposure": str(account.exposure),
        "currency": account.currency,
        "standing": str(account.standing(today)),
        "country": country,
        "years_as_customer": (today - account.customer.created_at.date()).days // YEAR.days,
        "days_since_declined": None if declined is None else (today - declined).days,
        "overdue_holds_last_year": _overdue_holds(account.pk, since=today - YEAR),
        **_order_history(account.pk, but=but_order),
    }


def _order_history(customer_id: int, *, but: int | None) -> dict[str, int]:
    """Count earlier orders; paid on time: closed, and no hold for being overdue on the way."""
    overdue = Hold.objects.filter(
        customer=customer_id,
        kind=Hold.Kind.OVERDUE,
        placed_at__gte=OuterRef("submitted_at"),
        placed_at__lte=OuterRef("settled_at"),
    )
    earlier = Order.objects.filter(customer=customer_id).exclude(pk=but or 0)
    closed = Q(state=Order.State.CLOSED)
    counts: dict[str, int] = earlier.annotate(paid_late=Exists(overdue)).aggregate(
        orders_placed=Count("pk", filter=~Q(state=Order.State.DRAFT)),
        orders_closed=Count("pk", filter=closed),
        orders_paid_on_time=Count("pk", filter=closed & Q(paid_late=False)),
    )
    return counts


def _overdue_holds(customer_id: int, *, since: date) -> int:
    holds = Hold.objects.filter(customer=customer_id, kind=Hold.Kind.OVERDUE)
    return holds.filter(placed_at__date__gte=since).count()


def _latest_declined(customer_id: int) -> date | None:
    declined = CreditDecision.objects.filter(
        customer=customer_id, outcome=CreditDecision.Outcome.DECLINED
    )
    latest = declined.order_by("-pk").values_list("decided_at", flat=True).first()
    return None if latest is None else latest.date()


def named_facts(facts: dict[str, Any]) -> list[tuple[Text, Any]]:
    """Return what the guidelines saw as people read it; what was unknown is left out."""
    return [(label, facts[name]) for name, label in NAMES.items() if facts.get(name) is not None]
