"""Holds of many customers at once, for daily runs: the same statements however many there are."""

from collections.abc import Mapping
from datetime import datetime

from credit.events import HoldPlaced
from credit.models import Hold
from credit.services.accounts import HOLDS
from customers.models import Customer
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.locks import lock_many
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service


@service
def place_holds(
    reasons: Mapping[int, str], *, kind: Hold.Kind, at: datetime, actor: Actor
) -> list[Hold]:
    """Stop new releases for each customer, `{customer id: reason}`; return the holds made.

    A hold of this kind that stands is kept as it is.
    """
    customers = lock_many(Customer, reasons)
    standing = set(
        Hold.objects.stopping_customers()
        .filter(customer_id__in=customers, kind=kind)
        .values_list("customer_id", flat=True)
    )
    holds = Hold.objects.bulk_create(
        Hold(
            customer=customer,
            kind=kind,
            reason=reasons[customer_id],
            placed_at=at,
            placed_by=actor.name,
        )
        for customer_id, customer in customers.items()
        if customer_id not in standing
    )
    for hold in holds:
        vars(customers[hold.customer_id]).pop(HOLDS, None)
        audit.record(hold.label, "create", at=at, actor=actor, touches=[hold.customer.label])
        publish(HoldPlaced(hold_id=hold.pk, at=at, actor=actor))
    return holds
