"""The filters of the list of orders as they stand in its address, and in words."""

from datetime import date
from decimal import Decimal, InvalidOperation

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from o2c.kernel.models import User
from o2c.kernel.requests import number_of
from o2c.kernel.ui.figures import whole
from orders.models import Channel, Order
from reporting.selectors.order_list import NEWEST, Filters

MOST_MONEY = Decimal(10) ** 13


def filters_of(asked: QueryDict) -> Filters:
    """Read the filters of a query; what is none of ours counts as not given."""
    return Filters(
        view=asked.get("view") or "open",
        text=asked.get("q", "").strip()[:100],
        state=asked.get("state", ""),
        customer=asked.get("customer", "").strip().upper(),
        requested_to=_day(asked.get("to", "")),
        owner=number_of(asked.get("owner")),
        channel=asked.get("channel", ""),
        total_from=_amount(asked.get("total", "")),
        has_findings=asked.get("findings") == "1",
        sort=asked.get("sort") or NEWEST,
        after=asked.get("after", ""),
    )


def chips_of(filters: Filters) -> list[tuple[str, str]]:
    """Return what is filtered by, each as (parameter, words)."""
    states, channels = dict(Order.State.choices), dict(Channel.choices)
    owner = User.objects.filter(pk=filters.owner).first() if filters.owner else None
    told: list[tuple[str, object]] = [
        ("state", states.get(filters.state)),
        ("customer", filters.customer and _("Customer %s") % filters.customer),
        ("owner", owner and _("Owner is %s") % owner),
        ("channel", channels.get(filters.channel)),
        ("to", filters.requested_to and _("Requested to %s") % filters.requested_to),
        ("total", filters.total_from and _("Total from %s") % whole(filters.total_from)),
        ("findings", filters.has_findings and _("With findings")),
    ]
    return [(name, str(words)) for name, words in told if words]


def owners() -> "QuerySet[User]":
    """Return who enters orders."""
    people = User.objects.filter(is_active=True, groups__permissions__codename="enter_order")
    return people.distinct().order_by("first_name", "last_name", "pk")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _amount(text: str) -> Decimal | None:
    try:
        amount = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < MOST_MONEY else None
