"""What one order of a customer may come to at most."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from credit.models import CreditAccount
from credit.services.accounts import account_of
from credit.services.reviews import recheck_waiting
from credit.services.scruples import LARGEST_AMOUNT, ensure_reason
from customers.models import Customer
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.money import round_money
from o2c.kernel.transactions import service


@service
def set_order_maximum(
    customer_id: int, *, maximum: Decimal | None, reason: str, at: datetime, actor: Actor
) -> CreditAccount:
    """Say what one order may come to, tax included; None: no more than the limit.

    No running order stops; waiting ones are looked at again.

    Raises:
        Customer.DoesNotExist: no such customer.
        InvalidInput: the amount or the reason cannot be right.
    """
    customer = lock(Customer, customer_id)
    ensure_reason(reason)
    if maximum is not None and not (maximum.is_finite() and 0 < maximum <= LARGEST_AMOUNT):
        raise InvalidInput(_("Enter an amount above zero, or none."), field="maximum")
    account = account_of(customer, at=at, actor=actor)
    account.order_maximum = None if maximum is None else round_money(maximum, account.currency)
    audit.save(account, at=at, actor=actor, reason=reason, touches=[customer.label])
    recheck_waiting(customer_id, at=at, actor=actor)
    return account
