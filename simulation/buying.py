"""Who orders what: each customer by its habits."""

from datetime import timedelta
from decimal import Decimal

from credit.models import Hold
from customers.models import Customer
from orders import services as orders
from orders.models import Channel, Order
from orders.services import NewLine
from simulation.habits import HABITS, INSISTENCE, chance, happens
from simulation.twin import Twin

CHANNELS = [Channel.REP, Channel.REP, Channel.PORTAL, Channel.API, Channel.EMAIL]
# Pack size and list price by product, filled when the world is opened.
PACKS: dict[int, tuple[Decimal, Decimal]] = {}


def place_order(twin: Twin, number: int) -> Order:
    """Let one customer order what it usually orders."""
    luck = chance(twin.seed, twin.day, "order", number)
    customer = _choose_customer(twin, luck.random())
    products = luck.sample(twin.product_ids, luck.choice([1, 2, 2, 3, 3, 4, 5, 6]))
    lines = [NewLine(product_id=pk, quantity=Decimal(luck.choice([100, 200]))) for pk in products]
    lines = [_sized(line, luck.random()) for line in lines]
    twin.orders_made += 1
    minute = min(number * 7, 170)
    return orders.place_order(
        customer_id=customer.pk,
        lines=lines,
        channel=luck.choice(CHANNELS),
        requested_on=twin.day + timedelta(days=luck.choice([3, 5, 7, 10])),
        customer_po=f"{customer.number}-{twin.day:%y%m%d}-{number}",
        owner_id=twin.people["sales"].pk,
        at=twin.at(8 + minute // 60, minute % 60),
        actor=twin.actor("sales"),
    )


def _sized(line: NewLine, luck: float) -> NewLine:
    """Buy dear things by ones and cheap ones by packs: an order is worth some thousand euros."""
    pack, price = PACKS[line.product_id]
    wanted = Decimal(int(150 + 900 * luck)) / price
    packs = max(Decimal(1), (wanted / pack).quantize(Decimal(1)))
    return NewLine(product_id=line.product_id, quantity=packs * pack)


def _choose_customer(twin: Twin, luck: float) -> Customer:
    customers = _buyers(twin)
    weights = [HABITS[customer.name].appetite for customer in customers]
    target = luck * sum(weights)
    for customer, weight in zip(customers, weights, strict=True):
        target -= weight
        if target <= 0:
            return customer
    return customers[-1]


def _buyers(twin: Twin) -> list[Customer]:
    """The customers that order today: who is on hold pays first, but for one day in five."""
    customers = Customer.objects.filter(pk__in=twin.customer_ids)
    if not happens(INSISTENCE, twin.seed, twin.day, "insists"):
        held = Hold.objects.stopping_customers()
        customers = customers.exclude(pk__in=held.values("customer"))
    return list(customers.order_by("pk"))
