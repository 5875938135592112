"""Play the classicmodels orders and payments day by day, each as its status in the file says."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from acceptance import house
from acceptance.classic_books import CURRENCY, ClassicBooks, rep_actor
from acceptance.classic_file import (
    CANCELLED,
    DISPUTED,
    GONE,
    IN_PROCESS,
    ON_HOLD,
    RESOLVED,
    Cheque,
    ClassicFile,
    Sale,
)
from collection import services as collection
from collection.models import Receipt
from credit import services as credit
from credit.models import CreditProposal, Hold
from fulfillment import services as fulfillment
from fulfillment.models import PickLine
from o2c.kernel import clock, outbox
from orders import services as orders
from orders.models import Channel, Order, OrderLine
from orders.services import NewLine
from receivables import services as receivables
from receivables.models import Dispute, OpenItem
from shipping import services as shipping
from shipping.models import Shipment

MORNING, NOON, AFTERNOON, EVENING = 9, 12, 14, 16
ON_THE_ROAD = timedelta(days=2)
DISPUTED_AFTER = timedelta(days=3)
RESOLVED_AFTER = timedelta(days=10)


@dataclass(frozen=True, order=True)
class Act:
    """Something that happens at an hour of a day; `key` keeps the order the same in every run."""

    day: date
    hour: int
    key: str
    play: Callable[[datetime], None] = field(compare=False)


@dataclass
class ClassicTrade:
    """The file's trade with our books; `orders` are our keys by the file's order numbers."""

    books: ClassicBooks
    file: ClassicFile
    orders: dict[str, int] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def play(self) -> date:
        """Play everything in the order of time; return the last day."""
        acts = sorted([*self._acts_of_sales(), *self._acts_of_cheques()])
        for act in acts:
            at = house.instant(act.day, act.hour)
            with outbox.inline(), clock.travel(at):
                act.play(at)
        return acts[-1].day

    def _acts_of_sales(self) -> Iterator[Act]:
        for sale in self.file.sales:
            yield Act(sale.ordered_on, MORNING, sale.number, partial(self.place, sale))
            if sale.status == ON_HOLD:
                yield Act(sale.ordered_on, NOON, sale.number, partial(self.hold, sale))
            if sale.status == CANCELLED:
                yield Act(sale.ordered_on, EVENING, sale.number, partial(self.cancel, sale))
            if sale.status == IN_PROCESS:
                yield Act(sale.ordered_on, AFTERNOON, sale.number, partial(self.process, sale))
            if sale.status in GONE:
                yield from self._acts_of_goods(sale)

    def _acts_of_goods(self, sale: Sale) -> Iterator[Act]:
        assert sale.shipped_on is not None
        left = sale.shipped_on
        yield Act(left, AFTERNOON, sale.number, partial(self.ship, sale))
        yield Act(left + ON_THE_ROAD, MORNING, sale.number, partial(self.deliver, sale))
        if sale.status in (DISPUTED, RESOLVED):
            yield Act(left + DISPUTED_AFTER, MORNING, sale.number, partial(self.dispute, sale))
        if sale.status == RESOLVED:
            yield Act(left + RESOLVED_AFTER, MORNING, sale.number, partial(self.resolve, sale))

    def _acts_of_cheques(self) -> Iterator[Act]:
        for cheque in self.file.cheques:
            yield Act(cheque.paid_on, EVENING, cheque.number, partial(self.pay, cheque))

    def place(self, sale: Sale, at: datetime) -> None:
        """Enter the order at its agreed prices; credit control decides at once."""
        rep = self.books.rep_of[sale.customer]
        order = orders.place_order(
            customer_id=self.books.customers[sale.customer],
            lines=[
                NewLine(
                    self.books.products[line.sku], line.quantity, line.price, price_reason="as sold"
                )
                for line in sale.lines
            ],
            channel=Channel.REP,
            requested_on=sale.required_on,
            customer_po=sale.number,
            owner_id=rep.pk if rep else None,
            note=sale.comment,
            at=at,
            actor=rep_actor(self.books, sale.customer),
        )
        self.orders[sale.number] = order.pk
        is_held = order.state == Order.State.ON_HOLD
        self.counts["held over the limit" if is_held else "released at once"] += 1

    def hold(self, sale: Sale, at: datetime) -> None:
        """Hold the account by hand too, so that a later payment does not let the order go."""
        held = self._order(sale).state == Order.State.ON_HOLD
        self.counts["on hold in the file, held by us by itself"] += held
        credit.place_hold(
            self.books.customers[sale.customer],
            kind=Hold.Kind.MANUAL,
            reason=sale.comment[:300],
            at=at,
            actor=self.books.house.manager,
        )

    def cancel(self, sale: Sale, at: datetime) -> None:
        is_error = "mistakenly" in sale.comment
        reason = Order.CancelReason.ERROR if is_error else Order.CancelReason.CUSTOMER
        orders.cancel_order(
            self.orders[sale.number],
            reason=reason,
            note=sale.comment,
            at=at,
            actor=rep_actor(self.books, sale.customer),
        )

    def process(self, sale: Sale, at: datetime) -> None:
        """Bring the order to the floor, and leave it there."""
        self._approve(sale, at)
        self._buy_missing(sale, at)
        fulfillment.release_pick_lists(
            self.orders[sale.number], at=at, actor=self.books.house.floor
        )

    def ship(self, sale: Sale, at: datetime) -> None:
        """Pick, pack and dispatch; billing follows by itself, and money on account is applied."""
        floor = self.books.house.floor
        self._approve(sale, at)
        self._buy_missing(sale, at)
        for pick_list in fulfillment.release_pick_lists(
            self.orders[sale.number], at=at, actor=floor
        ):
            lines = PickLine.objects.filter(pick_list=pick_list)
            picked = dict(lines.values_list("pk", "quantity"))
            fulfillment.start_pick(pick_list.pk, picker_id=int(floor.id), at=at, actor=floor)
            fulfillment.confirm_pick(
                pick_list.pk, picked=picked, short_reasons={}, at=at, actor=floor
            )
            weight = max(sum(picked.values(), Decimal(0)) / 2, Decimal(1))
            fulfillment.pack(pick_list.pk, weights=[weight], at=at, actor=floor)
        for shipment in self._shipments(sale):
            shipping.label_shipment(shipment.pk, at=at, actor=floor)
            shipping.dispatch_shipment(shipment.pk, at=at, actor=floor)
        self._apply_on_account(sale.customer, at)

    def deliver(self, sale: Sale, at: datetime) -> None:
        for shipment in self._shipments(sale):
            shipping.deliver_shipment(
                shipment.pk, received_by="Goods in", at=at, actor=self.books.house.floor
            )

    def dispute(self, sale: Sale, at: datetime) -> None:
        for item in OpenItem.objects.filter(invoice__order=self.orders[sale.number]):
            receivables.open_dispute(
                item.pk,
                amount=item.balance,
                reason=_dispute_reason(sale.comment),
                note=sale.comment[:500],
                at=at,
                actor=self.books.house.clerk,
            )

    def resolve(self, sale: Sale, at: datetime) -> None:
        for dispute in Dispute.objects.filter(item__invoice__order=self.orders[sale.number]):
            receivables.close_dispute(
                dispute.pk,
                outcome=Dispute.State.REJECTED,
                resolution=sale.comment[:500],
                at=at,
                actor=self.books.house.clerk,
            )

    def pay(self, cheque: Cheque, at: datetime) -> None:
        """Record a cheque; it pays the oldest open items, the rest stays on account."""
        customer_id = self.books.customers[cheque.customer]
        apply_to = _oldest_first(customer_id, cheque.amount)
        collection.record_receipt(
            customer_id=customer_id,
            method=Receipt.Method.CHEQUE,
            currency=CURRENCY,
            amount=cheque.amount,
            received_on=cheque.paid_on,
            reference=cheque.number,
            apply_to=apply_to,
            at=at,
            actor=self.books.house.clerk,
        )
        rest = cheque.amount - sum(apply_to.values(), Decimal(0))
        self.counts["cheques with a rest on account"] += rest > 0

    def _approve(self, sale: Sale, at: datetime) -> None:
        """Let a held order go by a person's bounded permission, unless a payment has done so."""
        order = self._order(sale)
        if order.state != Order.State.ON_HOLD:
            return
        decided = credit.release_order(
            order.pk,
            amount=order.gross_amount,
            expires_on=at.date() + timedelta(days=7),
            reason="Shipped in the file although over the limit.",
            at=at,
            actor=self.books.house.manager,
        )
        if isinstance(decided, CreditProposal):
            credit.answer_proposal(
                decided.pk, sign=True, reason="", at=at, actor=self.books.house.director
            )
            self.counts["signed by the finance director"] += 1
        self.counts["released by the credit manager"] += 1

    def _buy_missing(self, sale: Sale, at: datetime) -> None:
        """Receive what the order lacks; older backorders are served first, so ask again."""
        while missing := [line for line in self._lines(sale) if line.backordered > 0]:
            for line in missing:
                self.counts["purchases for backorders"] += 1
                number = self.counts["purchases for backorders"]
                fulfillment.receive_stock(
                    location_id=self.books.places[line.product_id],
                    product_id=line.product_id,
                    quantity=line.backordered,
                    source=f"purchase:{number}",
                    reason="Bought for a backorder",
                    at=at,
                    actor=self.books.house.floor,
                )

    def _apply_on_account(self, customer_number: str, at: datetime) -> None:
        """Let money that came early pay what is open now."""
        customer_id = self.books.customers[customer_number]
        waiting = Receipt.objects.filter(customer=customer_id, state=Receipt.State.IDENTIFIED)
        for receipt in waiting.order_by("received_on", "pk"):
            amounts = _oldest_first(customer_id, receipt.unapplied)
            if amounts:
                collection.apply_receipt(
                    receipt.pk, amounts=amounts, at=at, actor=self.books.house.clerk
                )
                self.counts["receipts applied later"] += 1

    def _order(self, sale: Sale) -> Order:
        return Order.objects.get(pk=self.orders[sale.number])

    def _lines(self, sale: Sale) -> list[OrderLine]:
        return list(OrderLine.objects.filter(order=self.orders[sale.number]).order_by("position"))

    def _shipments(self, sale: Sale) -> list[Shipment]:
        carried = Shipment.objects.filter(lines__order=self.orders[sale.number])
        return list(carried.distinct().order_by("pk"))


def _oldest_first(customer_id: int, amount: Decimal) -> dict[int, Decimal]:
    """Share an amount out over a customer's open items, the oldest first."""
    open_items = OpenItem.objects.filter(customer=customer_id, state=OpenItem.State.OPEN)
    shares = {}
    for item in open_items.order_by("issued_on", "pk"):
        share = min(item.balance, amount)
        if share:
            shares[item.pk] = share
            amount -= share
    return shares


def _dispute_reason(comment: str) -> str:
    return Dispute.Reason.DAMAGE if "damaged" in comment else Dispute.Reason.OTHER
