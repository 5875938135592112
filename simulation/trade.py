"""One business day of a trading company, played by the real services.

Everything that is waiting is worked by the person whose work it is: orders come in, credit is
decided, goods are picked, packed, shipped and delivered, invoices are paid, the day is closed.
What the real portal's users enter meanwhile is left alone: the twin works only on documents of
its own customers that were there at its own, simulated hour.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from collection import services as collection
from collection.models import DunningNotice
from credit import services as credit
from credit.models import CreditApplication, Hold
from customers.models import Customer
from fulfillment import services as fulfillment
from fulfillment.models import Allocation, CountTask, PickLine, PickList
from invoicing import services as invoicing
from o2c.kernel import jobs
from o2c.kernel.actors import Actor
from o2c.kernel.models import Company, User
from orders import services as orders
from orders.models import Channel, Order
from orders.services import NewLine
from receivables import services as receivables
from receivables.models import InvoiceReview, OpenItem
from shipping import services as shipping
from shipping.models import Shipment
from simulation.habits import (
    HABITS,
    INSISTENCE,
    LATE_DELIVERY_RATE,
    SHORT_PICK_RATE,
    chance,
    happens,
    pays_on,
)

CHANNELS = [Channel.REP, Channel.REP, Channel.PORTAL, Channel.API, Channel.EMAIL]


@dataclass
class Twin:
    """The company at a moment: who acts, for which customers, with which seed."""

    company: Company
    people: dict[str, User]
    customer_ids: list[int]
    product_ids: list[int]
    seed: int
    day: date
    orders_made: int = 0
    _zone: ZoneInfo = field(init=False)

    def __post_init__(self) -> None:
        self._zone = ZoneInfo(self.company.time_zone)

    def at(self, hour: int, minute: int = 0) -> datetime:
        """Return an instant of the twin's day, on the company's clock; never one to come."""
        wanted = datetime.combine(self.day, time(hour, minute), self._zone)
        now = timezone.now().astimezone(self._zone)
        return min(wanted, now) if self.day == now.date() else wanted

    def actor(self, role: str) -> Actor:
        return Actor.user(self.people[role])


def play_day(twin: Twin, *, new_orders: int) -> None:
    """Play the twin's present day from morning to night."""
    receive_payments(twin)
    deliver_shipments(twin)
    for number in range(new_orders):
        place_order(twin, number)
    decide_credit(twin)
    review_invoices(twin)
    count_stock(twin)
    work_the_floor(twin)
    ship(twin)
    jobs.run_day(twin.day, at=twin.at(20))


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


# Pack size and list price by product, filled when the world is opened.
PACKS: dict[int, tuple[Decimal, Decimal]] = {}


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
        held = Hold.objects.filter(released_at=None)
        customers = customers.exclude(pk__in=held.values("customer"))
    return list(customers.order_by("pk"))


def decide_credit(twin: Twin) -> None:
    """Let the analyst decide what has waited since yesterday."""
    waiting = CreditApplication.objects.filter(
        customer__in=twin.customer_ids,
        state=CreditApplication.State.REFERRED,
        opened_at__lt=twin.at(0),
    )
    for application in waiting.order_by("pk"):
        credit.decide_application(
            application.pk,
            outcome="approved",
            limit=max(application.requested_amount * 3, Decimal(5000)),
            valid_until=twin.day + timedelta(days=365),
            reason="Trade references are good, first order is small.",
            at=twin.at(12),
            actor=twin.actor("credit"),
        )


def work_the_floor(twin: Twin) -> None:
    """Release, pick and pack what is allocated."""
    for order in _ready_to_pick(twin):
        fulfillment.release_pick_lists(order.pk, at=twin.at(13), actor=twin.actor("warehouse"))
    for pick_list in _pick_lists(twin, PickList.State.RELEASED):
        pick(twin, pick_list)
    for pick_list in _pick_lists(twin, PickList.State.PICKED):
        pack(twin, pick_list)


def review_invoices(twin: Twin) -> None:
    """Let the clerk look through the invoices that were flagged a week ago."""
    waiting = InvoiceReview.objects.filter(
        item__customer__in=twin.customer_ids,
        state=InvoiceReview.State.OPEN,
        flagged_on__lt=twin.day - timedelta(days=7),
    )
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)):
        receivables.work_review(
            pk, outcome="fine", note="As ordered.", at=twin.at(10), actor=twin.actor("clerk")
        )


def count_stock(twin: Twin) -> None:
    """Count where pickers found too little since yesterday; the rest turns up behind the shelf."""
    tasks = CountTask.objects.filter(state=CountTask.State.OPEN, opened_at__lt=twin.at(0))
    for level_id, on_hand in tasks.order_by("pk").values_list("level_id", "level__on_hand"):
        fulfillment.count_level(
            level_id, counted=on_hand, at=twin.at(11), actor=twin.actor("warehouse")
        )


def send_letters(twin: Twin) -> None:
    """Let the letters go that have waited for the collector since yesterday."""
    waiting = DunningNotice.objects.filter(
        customer__in=twin.customer_ids,
        state=DunningNotice.State.PROPOSED,
        level__level__gt=1,
        run__as_of__lt=twin.day,
    )
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)):
        collection.send_notice(pk, at=twin.at(16), actor=twin.actor("clerk"))


def pick(twin: Twin, pick_list: PickList, *, short: bool = False) -> None:
    """Walk the list; now and then a bin holds less than the books say."""
    lines = list(PickLine.objects.filter(pick_list=pick_list).order_by("position"))
    picked = {line.pk: line.quantity for line in lines}
    short_reasons = {}
    if short or happens(SHORT_PICK_RATE, twin.seed, "short", pick_list.pk):
        line = lines[0]
        picked[line.pk] = (line.quantity / 2).quantize(Decimal(1))
        if picked[line.pk] < line.quantity:
            short_reasons[line.pk] = PickLine.ShortReason.MISSING
    fulfillment.confirm_pick(
        pick_list.pk,
        picked=picked,
        short_reasons=short_reasons,
        at=twin.at(14),
        actor=twin.actor("warehouse"),
    )


def pack(twin: Twin, pick_list: PickList) -> None:
    weights = [Decimal(chance(twin.seed, "weight", pick_list.pk).randint(4, 60))]
    fulfillment.pack(
        pick_list.pk, weights=weights, at=twin.at(14, 30), actor=twin.actor("warehouse")
    )


def ship(twin: Twin) -> None:
    """Label and load what a pickup of today takes; bill it."""
    due = _shipments(twin, Shipment.State.PLANNED).filter(leaves_by__lte=twin.at(23))
    for shipment in due:
        shipping.label_shipment(shipment.pk, at=twin.at(15), actor=twin.actor("shipping"))
        dispatch(twin, shipment.pk)


def dispatch(twin: Twin, shipment_id: int) -> None:
    at = twin.at(15, 20)
    shipping.dispatch_shipment(shipment_id, at=at, actor=twin.actor("shipping"))
    # The worker does the same when it comes to the message; the second one finds it billed.
    invoicing.bill_shipment(shipment_id, at=at, actor=Actor.job("invoicing.bill_on_dispatch"))


def deliver_shipments(twin: Twin) -> None:
    """The carriers report what arrived by today, and what went wrong."""
    arriving = [
        *_shipments(twin, Shipment.State.DISPATCHED).filter(expected_on__lte=twin.day),
        *_shipments(twin, Shipment.State.EXCEPTION),
    ]
    for shipment in arriving:
        is_first_try = shipment.state == Shipment.State.DISPATCHED
        if is_first_try and happens(LATE_DELIVERY_RATE, twin.seed, "late", shipment.pk):
            shipping.report_exception(
                shipment.pk,
                kind=Shipment.ExceptionKind.LATE,
                note="Truck broke down, second try tomorrow.",
                at=twin.at(10),
                actor=twin.actor("shipping"),
            )
            continue
        shipping.deliver_shipment(
            shipment.pk,
            received_by=HABITS[shipment.customer.name].contact,
            at=twin.at(10, 30),
            actor=twin.actor("shipping"),
        )


def receive_payments(twin: Twin) -> None:
    """Each customer pays, by one transfer, the items whose day has come by its habits."""
    for customer, items in _payable(twin):
        total = sum((item.balance for item in items), Decimal(0))
        collection.record_receipt(
            customer_id=customer.pk,
            method="transfer",
            currency=customer.currency,
            amount=total,
            received_on=twin.day,
            reference=f"SEPA {twin.day:%y%m%d} {customer.number}",
            payer_text=f"{customer.name} {' '.join(str(item.invoice) for item in items)}",
            apply_to={item.pk: item.balance for item in items},
            at=twin.at(7, 30),
            actor=twin.actor("clerk"),
        )


def _payable(twin: Twin) -> Iterator[tuple[Customer, list[OpenItem]]]:
    items = (
        OpenItem.objects.filter(
            customer__in=twin.customer_ids, state=OpenItem.State.OPEN, issued_on__lt=twin.day
        )
        .exclude(disputes__state__in=["open", "investigating"])
        .select_related("customer", "invoice")
        .order_by("customer_id", "due_on", "pk")
    )
    by_customer: dict[Customer, list[OpenItem]] = defaultdict(list)
    for item in items:
        habit = HABITS[item.customer.name]
        if pays_on(habit, amount=item.amount, due_on=item.due_on, seed=twin.seed) <= twin.day:
            by_customer[item.customer].append(item)
    yield from by_customer.items()


def _ready_to_pick(twin: Twin) -> list[Order]:
    """Orders with stock that is on no pick list yet."""
    waiting = Allocation.objects.filter(state=Allocation.State.ACTIVE, pick_line=None)
    mine = Order.objects.filter(
        customer__in=twin.customer_ids,
        state__in=[Order.State.RELEASED, Order.State.FULFILLING],
        submitted_at__lte=twin.at(23),
        pk__in=waiting.values("line__order"),
    )
    held = Hold.objects.filter(released_at=None)
    return list(mine.exclude(customer__in=held.values("customer")).order_by("pk"))


def _pick_lists(twin: Twin, state: str) -> list[PickList]:
    mine = PickList.objects.filter(
        order__customer__in=twin.customer_ids, state=state, created_at__lte=twin.at(23)
    )
    return list(mine.order_by("pk"))


def _shipments(twin: Twin, state: str) -> QuerySet[Shipment]:
    return (
        Shipment.objects.filter(
            customer__in=twin.customer_ids, state=state, created_at__lte=twin.at(23)
        )
        .select_related("customer")
        .order_by("pk")
    )
