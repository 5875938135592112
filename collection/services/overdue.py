"""Orders wait while a customer's invoices are overdue, and no longer than that."""

from collections import defaultdict
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collection import selectors
from collection.events import ItemOverdue
from collection.services.behaviour import tell_behaviour
from credit import services as credit
from credit.models import Hold
from credit.services.accounts import active_holds
from credit.services.bulk_holds import place_holds
from customers.models import Customer
from o2c.kernel import locks
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date, the_company
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from o2c.kernel.ui.figures import money_in
from receivables.models import OpenItem


@service
def hold_overdue(as_of: date, *, at: datetime, actor: Actor) -> dict[str, int]:
    """Put customers with items overdue beyond their grace on credit hold.

    Those on an overdue hold already are left alone, so a second run does nothing. What is
    overdue is asked again once the customers are locked: a payment may have come in between.
    """
    late = selectors.overdue_without_hold(as_of)
    customers = locks.lock_many(Customer, late.values_list("customer_id", flat=True).distinct())
    overdue = _by_customer(late.filter(customer_id__in=customers))
    place_holds(
        {customer_id: _reason(items) for customer_id, items in overdue.items()},
        kind=Hold.Kind.OVERDUE,
        at=at,
        actor=actor,
    )
    for customer_id, items in overdue.items():
        item_ids = [item.pk for item in items]
        publish(ItemOverdue(customer_id=customer_id, item_ids=item_ids, at=at, actor=actor))
    return {"customers": len(overdue), "items": sum(map(len, overdue.values()))}


@service
def follow_cash(customer_id: int, *, at: datetime, actor: Actor) -> None:
    """Release the overdue hold if nothing of the customer's is overdue any more.

    Credit is told first how the customer pays now: nobody is refused for what has just been paid.
    Their waiting orders are looked at again in any case: what they owe has gone down.
    """
    tell_behaviour(customer_id, at=at)
    holds = active_holds(locks.lock(Customer, customer_id))
    is_held = any(hold.kind == Hold.Kind.OVERDUE for hold in holds)
    if is_held and _is_paid_up(customer_id, local_date(at, the_company())):
        reason = _("Everything overdue is paid.")
        credit.release_hold(customer_id, kind=Hold.Kind.OVERDUE, reason=reason, at=at, actor=actor)
    else:
        credit.recheck_waiting(customer_id, at=at, actor=actor)


def _is_paid_up(customer_id: int, today: date) -> bool:
    return not selectors.overdue_items(today).filter(customer_id=customer_id).exists()


def _by_customer(items: "QuerySet[OpenItem]") -> dict[int, list[OpenItem]]:
    found: dict[int, list[OpenItem]] = defaultdict(list)
    for item in items.order_by("customer_id", "due_on", "pk"):
        found[item.customer_id].append(item)
    return found


def _reason(items: list[OpenItem]) -> str:
    return ngettext(
        "%(total)s overdue on %(count)s invoice, due on %(oldest)s",
        "%(total)s overdue on %(count)s invoices, the oldest due on %(oldest)s",
        len(items),
    ) % {
        "total": money_in(sum(item.balance for item in items), items[0].currency),
        "count": len(items),
        "oldest": date_format(items[0].due_on, "j M Y"),
    }
