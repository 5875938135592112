"""Random histories of one account, from order to cash, with an oracle that adds up the documents.

The oracle knows nothing of the ledger: it multiplies and sums what orders, shipments, items and
receipts say. Prices of the world are whole, so that no order of rounding is asked for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum
from django_fsm import TransitionNotAllowed
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from bench.world import NOW
from catalog.models import Product
from collection import services as collection
from collection.models import Receipt
from credit import services as credit
from credit.models import CreditAccount, ExposureEntry
from fulfillment import services as fulfillment
from fulfillment.models import PickLine
from invoicing import services as invoicing
from invoicing.models import Invoice
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError
from orders import services as orders
from orders.amendments import AmendmentChanges, LineChange
from orders.models import Order, OrderLine
from orders.services import NewLine
from receivables.models import Application, OpenItem
from shipping import services as shipping
from shipping.models import Shipment, ShipmentLine

Kind = ExposureEntry.Kind
TAXED = Decimal("1.19")
PRODUCTS = 3
LIMIT = Decimal(20_000)
WHO: dict[str, Any] = {"at": NOW, "actor": Actor(kind="user", id="-1", name="Rep")}
ANALYST: dict[str, Any] = {"at": NOW, "actor": Actor(kind="user", id="-2", name="Analyst")}
REFERENCES = count()
SETTINGS: dict[str, Any] = {
    "deadline": None,
    "database": None,
    "phases": [Phase.generate],
    "suppress_health_check": list(HealthCheck),
}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a history happens: nobody else works on these rows at the same time."""

    customer_id: int
    products: list[int]


@dataclass(kw_only=True)
class Tally:
    """How often each step went through, was refused, or found nothing to do."""

    histories: int = 0
    steps: dict[str, int] = field(default_factory=dict)

    def note(self, name: str) -> None:
        self.steps[name] = self.steps.get(name, 0) + 1


def place_of(number: int, customer_id: int) -> Place:
    """Return the place of one process among many, with products of its own."""
    products = Product.objects.order_by("pk").values_list("pk", flat=True)
    begin = number * PRODUCTS
    return Place(customer_id=customer_id, products=list(products[begin : begin + PRODUCTS]))


def play(place: Place, history: Sequence[tuple[str, int, int]], tally: Tally) -> None:
    """Play a history in a transaction that is taken back; raise AssertionError if sums differ."""
    with transaction.atomic():
        for name, choice, size in history:
            try:
                tally.note(f"{name}: {DEEDS[name](place, choice, size)}")
            except (DomainError, TransitionNotAllowed) as refusal:
                tally.note(f"{name}: refused, {getattr(refusal, 'code', 'state')}")
            kept, owed = kept_of(place.customer_id), owed_by_documents(place.customer_id)
            assert kept == owed, f"after {name}: kept {kept}, the documents say {owed}"
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
    tally.histories += 1


def kept_of(customer_id: int) -> dict[str, Decimal]:
    """Return what the ledger keeps, by kind, and the account's sum."""
    entries = ExposureEntry.objects.filter(account=customer_id).values_list("kind")
    kept = {kind: amount for kind, amount in entries.annotate(total=Sum("amount")) if amount}
    account = CreditAccount.objects.get(pk=customer_id)
    return kept | {"exposure": account.exposure}


def owed_by_documents(customer_id: int) -> dict[str, Decimal]:
    """Add up the documents, tax included."""
    lines = OrderLine.objects.filter(order__customer=customer_id, order__state__in=Order.CONFIRMED)
    ordered = sum(row.unit_price * (row.ordered - row.cancelled - row.shipped) for row in lines)
    gone = ShipmentLine.objects.filter(
        order__customer=customer_id, shipment__dispatched_at__isnull=False, invoice_lines=None
    ).select_related("order_line")
    unbilled = sum(row.quantity * row.order_line.unit_price for row in gone)
    items = OpenItem.objects.filter(customer=customer_id)
    receipts = Receipt.objects.filter(customer=customer_id)
    applied = Application.objects.filter(item__customer=customer_id)
    used = sum(row.amount for row in applied)
    sums = {
        Kind.OPEN_ORDER: ordered * TAXED,
        Kind.SHIPPED_UNBILLED: unbilled * TAXED,
        Kind.OPEN_ITEM: sum(row.amount for row in items) - used,
        Kind.UNAPPLIED_CASH: used - sum(row.amount for row in receipts),
    }
    owed = {kind.value: Decimal(amount) for kind, amount in sums.items() if amount}
    return owed | {"exposure": sum(owed.values(), Decimal(0))}


def campaign(place: Place, *, histories: int, number: int, tally: Tally) -> None:
    """Play so many random histories. Raises AssertionError for the first that is wrong."""

    @seed(number)
    @settings(max_examples=histories, **SETTINGS)
    @given(history=HISTORIES)
    def run(history: list[tuple[str, int, int]]) -> None:
        play(place, history, tally)

    run()


def _order(place: Place, choice: int, size: int) -> str:
    chosen = place.products[: 1 + choice % PRODUCTS]
    placed = orders.place_order(
        customer_id=place.customer_id,
        lines=[NewLine(product_id=pk, quantity=Decimal(size)) for pk in chosen],
        channel="rep",
        requested_on=NOW.date() + timedelta(days=7),
        **WHO,
    )
    return str(placed.state)


def _amend(place: Place, choice: int, size: int) -> str:
    order = _pick(Order.objects.filter(customer=place.customer_id), choice)
    if order is None:
        return "nothing there"
    lines = list(OrderLine.objects.filter(order=order).order_by("pk"))
    change = LineChange(line_id=lines[choice % len(lines)].pk, quantity=Decimal(size))
    orders.amend_order(order.pk, changes=AmendmentChanges(lines=[change]), reason="history", **WHO)
    return "done"


def _cancel(place: Place, choice: int, size: int) -> str:
    order = _pick(Order.objects.filter(customer=place.customer_id), choice)
    if order is None:
        return "nothing there"
    orders.cancel_order(order.pk, reason=Order.CancelReason.values[0], **WHO)
    return "done"


def _permit(place: Place, choice: int, size: int) -> str:
    held = Order.objects.filter(customer=place.customer_id, state=Order.State.ON_HOLD)
    order = _pick(held, choice)
    if order is None:
        return "nothing there"
    credit.release_order(
        order.pk,
        amount=order.gross_amount,
        expires_on=NOW.date() + timedelta(days=30),
        reason="history",
        **ANALYST,
    )
    return "done"


def _ship(place: Place, choice: int, size: int) -> str:
    """Pick what is allocated of an order, one line short now and then, and let it leave."""
    states = [Order.State.RELEASED, Order.State.FULFILLING]
    order = _pick(Order.objects.filter(customer=place.customer_id, state__in=states), choice)
    if order is None:
        return "nothing there"
    (pick_list, *_more) = fulfillment.release_pick_lists(order.pk, **WHO)
    lines = list(PickLine.objects.filter(pick_list=pick_list.pk).order_by("pk"))
    picked = {line.pk: line.quantity for line in lines}
    short = {}
    if size % 4 == 0:
        picked[lines[0].pk] -= 1
        short = {lines[0].pk: PickLine.ShortReason.MISSING}
    fulfillment.confirm_pick(pick_list.pk, picked=picked, short_reasons=short, **WHO)
    if not any(picked.values()):
        return "all short"
    fulfillment.pack(pick_list.pk, weights=[Decimal(12)], **WHO)
    shipment = Shipment.objects.filter(lines__pick_list=pick_list.pk).distinct().get()
    shipping.label_shipment(shipment.pk, **WHO)
    shipping.dispatch_shipment(shipment.pk, **WHO)
    return "done"


def _bill(place: Place, choice: int, size: int) -> str:
    left = Shipment.objects.filter(
        lines__order__customer=place.customer_id,
        dispatched_at__isnull=False,
        lines__invoice_lines=None,
    ).distinct()
    shipment = _pick(left, choice)
    if shipment is None:
        return "nothing there"
    made = invoicing.bill_shipment(shipment.pk, **WHO)
    return "done" if all(row.state == Invoice.State.ISSUED for row in made) else "not issued"


def _pay(place: Place, choice: int, size: int) -> str:
    """Bring money, a part of it for an open item if there is one."""
    item = _pick(OpenItem.objects.filter(customer=place.customer_id, state="open"), choice)
    amount = Decimal(size * 97) / 4
    apply_to = {item.pk: min(item.balance, amount)} if item is not None and size % 3 else {}
    collection.record_receipt(
        customer_id=place.customer_id,
        method="transfer",
        currency="EUR",
        amount=amount,
        received_on=NOW.date(),
        reference=f"history-{next(REFERENCES)}",
        apply_to=apply_to,
        **ANALYST,
    )
    return "applied" if apply_to else "on account"


def _take_back(place: Place, choice: int, size: int) -> str:
    applied = Application.objects.filter(item__customer=place.customer_id, reverses=None)
    application = _pick(applied, choice)
    if application is None:
        return "nothing there"
    collection.take_back(application.pk, reason="history", **ANALYST)
    return "done"


def _hold(place: Place, choice: int, size: int) -> str:
    if size % 2:
        credit.place_hold(place.customer_id, kind="manual", reason="history", **ANALYST)
        return "placed"
    credit.release_hold(place.customer_id, kind="manual", reason="history", **ANALYST)
    return "released"


Deed = Callable[[Place, int, int], str]
DEEDS: dict[str, Deed] = {
    "order": _order,
    "amend": _amend,
    "cancel": _cancel,
    "permit": _permit,
    "ship": _ship,
    "bill": _bill,
    "pay": _pay,
    "take back": _take_back,
    "hold": _hold,
}
# Most of what happens to an account moves goods and money on.
NAMES = ["order", "order", "ship", "ship", "bill", "bill", "pay", "pay", *DEEDS]
HISTORIES = st.lists(
    st.tuples(st.sampled_from(NAMES), st.integers(0, 7), st.integers(1, 60)),
    min_size=2,
    max_size=16,
)


def _pick(found: Any, choice: int) -> Any:
    rows = list(found.order_by("pk")[:8])
    return rows[choice % len(rows)] if rows else None
