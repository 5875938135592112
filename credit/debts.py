"""What a customer has to pay, as later stages know it: they register who tells.

@tells_debts
def debts(customer_id: int, currency: str, today: date) -> Debts: ...
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from o2c.kernel.money import ZERO
from orders.waiting import Unpaid


@dataclass(frozen=True, kw_only=True)
class Debts:
    """Unpaid invoices, oldest due first, the first of them; `overdue` sums all that are late.

    Of the invoices the first `late` ones are overdue.
    """

    overdue: Decimal = ZERO
    late: int = 0
    invoices: Sequence[Unpaid] = field(default_factory=list)

    @property
    def overdue_invoices(self) -> Sequence[Unpaid]:
        return self.invoices[: self.late]

    def up_to(self, amount: Decimal) -> list[Unpaid]:
        """Return the oldest invoices that come to an amount together; all when they do not."""
        found: list[Unpaid] = []
        for invoice in self.invoices:
            if sum((one.open_amount for one in found), ZERO) >= amount:
                break
            found.append(invoice)
        return found


Teller = Callable[[int, str, date], Debts]
TELLERS: list[Teller] = []


def tells_debts(teller: Teller) -> Teller:
    """Have a function asked for what a customer owes in a currency."""
    TELLERS.append(teller)
    return teller


def debts_of(customer_id: int, currency: str, *, today: date) -> Debts:
    """Return what a customer has to pay in a currency: one statement of whoever knows."""
    for teller in TELLERS:
        return teller(customer_id, currency, today)
    return Debts()
