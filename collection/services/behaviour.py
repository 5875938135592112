"""Credit is told how customers pay: at once when it changes, and of everybody every night."""

from datetime import date, datetime

from collection import selectors
from credit import services as credit
from customers.models import Customer
from o2c.kernel import locks
from o2c.kernel.company import local_date, the_company
from o2c.kernel.transactions import service

CHUNK = 5000


@service
def tell_behaviour(customer_id: int, *, at: datetime) -> None:
    """Tell credit how one customer pays now, under the customer's lock."""
    locks.lock(Customer, customer_id)
    found = selectors.behaviour_of([customer_id], as_of=local_date(at, the_company()))
    credit.record_behaviour(found, at=at)


@service
def tell_all_behaviour(as_of: date, *, at: datetime) -> int:
    """Tell credit how everybody pays on a day; return how many it did not know of that day yet.

    Nobody is locked, and as many customers are in hand as fit one statement. Who has paid
    meanwhile was told of by that very step, and is left alone; so a second run does nothing.
    """
    told, last = 0, 0
    while keys := selectors.account_keys(after=last, limit=CHUNK):
        found = selectors.behaviour_of(keys, as_of=as_of)
        told += credit.record_behaviour(found, at=at, is_held=False)
        last = keys[-1]
    return told
