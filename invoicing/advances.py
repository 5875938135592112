"""What customers are asked to pay in advance, as earlier stages tell it to them."""

from django.urls import reverse

from invoicing.pro_forma_selectors import open_of_customer
from orders.waiting import InAdvance


def open_advances(customer_id: int) -> list[InAdvance]:
    """Return what a customer is asked to pay in advance, the oldest first, in one statement."""
    return [
        InAdvance(
            number=pro_forma.number,
            order_number=pro_forma.order.number,
            amount=pro_forma.amount,
            currency=pro_forma.currency,
            valid_until=pro_forma.valid_until,
            link=reverse("portal-pro-formas:pdf", args=[pro_forma.number]),
        )
        for pro_forma in open_of_customer(customer_id)
    ]
