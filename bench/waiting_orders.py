"""Orders of one product, written straight into the tables: what allocation is measured on."""

from datetime import timedelta
from decimal import Decimal

from bench import world
from catalog.models import Product
from customers.models import Address, Customer, PaymentTerms
from orders.models import Order, OrderLine

ONE = Decimal(1)
PROMISED = timedelta(days=14)


def write(product: Product, count: int) -> list[int]:
    """Write so many released orders of one piece, spread over the customers in blocks."""
    customers = list(Customer.objects.order_by("pk")[: world.CUSTOMERS])
    addresses = dict(Address.objects.filter(kind="ship_to").values_list("customer_id", "pk"))
    terms = PaymentTerms.objects.order_by("pk")[0]
    block = -(-count // len(customers))
    made = Order.objects.bulk_create(
        [
            Order(
                public_id=f"bench-{product.pk}-{number}",
                customer=customers[number // block],
                ship_to_id=addresses[customers[number // block].pk],
                channel="rep",
                currency="EUR",
                payment_terms=terms,
                requested_on=world.NOW.date(),
                state=Order.State.RELEASED,
                created_at=world.NOW,
                released_at=world.NOW,
            )
            for number in range(count)
        ]
    )
    OrderLine.objects.bulk_create([_line(order, product) for order in made])
    return [order.pk for order in made]


def _line(order: Order, product: Product) -> OrderLine:
    return OrderLine(
        order=order,
        position=1,
        product=product,
        sku=product.sku,
        description=product.name,
        unit="C62",
        unit_price=ONE,
        net_amount=0,
        tax_category="S",
        tax_rate=0,
        requested_on=world.NOW.date(),
        promised_on=world.NOW.date() + PROMISED,
        expected_on=world.NOW.date() + PROMISED,
        ordered=ONE,
    )
