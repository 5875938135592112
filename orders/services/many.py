"""Placing many orders in one step: the facts are read once, the rows are written together.

    with placing(wanted, at=at, actor=actor) as placer:
        for new in wanted:
            order = placer.place(new)

Each order goes the way that `place_order` goes, one after the other: the second one sees what the
first has taken of the credit limit and of the stock. All are kept, or none.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from customers.models import Customer
from o2c.kernel.actors import Actor
from o2c.kernel.gathering import gathering
from o2c.kernel.locks import lock_many
from o2c.kernel.outbox import publish
from orders.events import OrdersExpected
from orders.models import Order, OrderLine
from orders.services.entry import Head, place
from orders.services.facts import Entered, facts_from
from orders.services.library import Library, library_for


@dataclass(frozen=True, kw_only=True)
class NewOrder:
    """An order that is to be placed with others; see `place_order`."""

    customer_id: int
    entered: Entered
    head: Head


@dataclass(frozen=True, kw_only=True)
class Placer:
    """Places orders that `placing` was told of."""

    customers: Mapping[int, Customer]
    library: Library
    at: datetime
    actor: Actor

    def place(self, new: NewOrder) -> Order:
        """Place one of the orders.

        Raises:
            OrderInvalid: with all blocking findings. Nothing was written: others may go on.
            DomainError: anything else refuses it, and with it the whole step.
        """
        customer = self.customers[new.customer_id]
        facts = facts_from(self.library.look_up(customer, new.entered), new.entered)
        order = place(facts, new.head, at=self.at, actor=self.actor)
        self.library.note(order)
        return order


@contextmanager
def placing(wanted: Sequence[NewOrder], *, at: datetime, actor: Actor) -> Iterator[Placer]:
    """Lock the customers in the order of their keys, and read what is known of all orders.

    Raises:
        OutsideStep: no `@service` is running.
        Customer.DoesNotExist: there is no such customer.
    """
    customers = lock_many(Customer, {new.customer_id for new in wanted})
    if any(new.customer_id not in customers for new in wanted):
        raise Customer.DoesNotExist
    known = [(customers[new.customer_id], new.entered) for new in wanted]
    library = library_for(known, at=at)
    with gathering() as gathered:
        if wanted:
            publish(_expected(library, customers, at=at, actor=actor))
        gathered.expect(Order, len(wanted))
        gathered.expect(OrderLine, sum(len(new.entered.lines) for new in wanted))
        yield Placer(customers=customers, library=library, at=at, actor=actor)


def _expected(
    library: Library, customers: Mapping[int, Customer], *, at: datetime, actor: Actor
) -> OrdersExpected:
    return OrdersExpected(
        customer_ids=sorted(customers), product_ids=sorted(library.products), at=at, actor=actor
    )
