"""What a customer was asked to pay in advance, as a later stage knows it: it registers who tells.

@tells_advances
def open_pro_formas(customer_id: int) -> Sequence[InAdvance]: ...
"""

from collections.abc import Callable, Sequence

from orders.waiting import InAdvance

Teller = Callable[[int], Sequence[InAdvance]]
TELLERS: list[Teller] = []


def tells_advances(teller: Teller) -> Teller:
    """Have a function asked for what a customer was asked to pay in advance."""
    TELLERS.append(teller)
    return teller


def advances_of(customer_id: int) -> Sequence[InAdvance]:
    """Return what a customer is asked to pay in advance, oldest first: one statement."""
    for teller in TELLERS:
        return teller(customer_id)
    return []
