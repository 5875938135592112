"""Money that pays an order in advance: kept for it, then applied to its invoices by itself."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from collection import selectors
from collection.models import Receipt
from collection.services.accounts import lock_account
from collection.services.applying import apply_to
from collection.services.receipt_rules import UnknownPayer
from credit import services as credit
from credit.models import OrderPrepayment
from customers.models import Customer
from o2c.kernel import audit, locks
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError
from o2c.kernel.money import ZERO
from o2c.kernel.transactions import service
from orders import services as orders
from orders.models import Order
from orders.selectors import po_twin
from receivables.models import OpenItem

OVER = (Order.State.CLOSED, Order.State.CANCELLED)


class NotKept(DomainError):
    """The money cannot be kept for this order."""

    code = "not_kept"


@service
def reserve_receipt(receipt_id: int, *, order_id: int, at: datetime, actor: Actor) -> Receipt:
    """Keep what is free of a receipt for an order of its payer, as far as the order needs it.

    The order goes on by itself as soon as all of it is paid, tax included.

    Raises:
        UnknownPayer: nobody has said yet whose money it is.
        NotKept: the order is somebody else's, needs no money, or the receipt has none left, or
            serves another order.
    """
    customer_id = Receipt.objects.values_list("customer_id", flat=True).get(pk=receipt_id)
    if customer_id is None:
        raise UnknownPayer(_("Say who paid before you keep the money for an order."))
    lock_account(customer_id, (), order_id=order_id)
    order, receipt = _order_of(customer_id, order_id), locks.lock(Receipt, receipt_id)
    _ensure_takes(receipt, order)
    amount = min(receipt.free, credit.missing_of(order))
    if amount <= ZERO:
        raise NotKept(_("%(order)s is paid in advance already.") % {"order": order})
    _reserve(receipt, order, amount, at=at, actor=actor)
    return receipt


def keep_named(
    receipt: Receipt, order_id: int, *, spare: Decimal, at: datetime, actor: Actor
) -> None:
    """Keep money for the order whose pro forma the payer has named, up to `spare`.

    Receipt and order are locked. Where a rule speaks against it nothing is kept: on the page of
    the receipt a person decides.
    """
    order = orders.lock_order(order_id)
    amount = min(spare, credit.missing_of(order))
    if amount > ZERO and _may_be_kept(receipt, order):
        _reserve(receipt, order, amount, at=at, actor=actor)


@service
def free_receipt(receipt_id: int, *, reason: str, at: datetime, actor: Actor) -> Receipt:
    """Stop keeping money for an order; what has paid its invoices already stays with them.

    Raises:
        NotKept: no money of it is kept.
    """
    receipt = _held(receipt_id)
    if receipt is None or not receipt.reserved:
        raise NotKept(_("No money of this receipt is kept for an order."))
    _free(receipt, reason=reason, at=at, actor=actor)
    return receipt


@service
def apply_reserved(receipt_id: int, *, at: datetime, actor: Actor) -> Receipt | None:
    """Apply the money that is kept for an order to its invoices; free the rest when it is over.

    Safe to run again: money that has met its invoice is not kept any more.
    """
    receipt = _held(receipt_id)
    if receipt is None or receipt.reserved_for is None or not receipt.reserved:
        return receipt
    amounts = _spread(receipt.reserved, selectors.open_items_of_order(receipt.reserved_for.pk))
    if amounts:
        receipt.reserved -= sum(amounts.values(), ZERO)
        apply_to(receipt, amounts, at=at, actor=actor)
    order = orders.lock_order(receipt.reserved_for.pk)
    if receipt.reserved and order.state in OVER:
        _free(receipt, reason=_("The order is over."), at=at, actor=actor)
    return receipt


def _may_be_kept(receipt: Receipt, order: Order) -> bool:
    if order.state not in selectors.PAYABLE or receipt.currency != order.currency:
        return False
    is_declined = order.state == Order.State.DECLINED
    return not is_declined or not po_twin(
        customer_id=order.customer_id, customer_po=order.customer_po, order_id=order.pk
    )


def _reserve(
    receipt: Receipt, order: Order, amount: Decimal, *, at: datetime, actor: Actor
) -> None:
    receipt.reserved_for = order
    receipt.advanced += amount
    receipt.reserved += amount
    audit.save(receipt, at=at, actor=actor, touches=[order.label, order.customer.label])
    _tell(receipt, amount, at=at, actor=actor)


def follow_taken_back(receipt: Receipt, *, at: datetime, actor: Actor) -> None:
    """Take back in advance what is not applied to the order's invoices any more."""
    lost = receipt.advanced - receipt.reserved - receipt.applied
    if lost > ZERO:
        _lower(receipt, lost, at=at, actor=actor)


def _held(receipt_id: int) -> Receipt | None:
    """Lock customer, the orders that may move, and the receipt; None if nobody's money it is."""
    customer_id = Receipt.objects.values_list("customer_id", flat=True).get(pk=receipt_id)
    if customer_id is None:
        return None
    locks.lock(Customer, customer_id)
    order_id = Receipt.objects.values_list("reserved_for_id", flat=True).get(pk=receipt_id)
    lock_account(customer_id, (), order_id=order_id)
    receipt = locks.lock(Receipt, receipt_id)
    if order_id is not None:
        receipt.reserved_for = locks.lock(Order, order_id)
    return receipt


def _order_of(customer_id: int, order_id: int) -> Order:
    held = Order.objects.filter(pk=order_id, customer=customer_id).exists()
    if not held:
        raise NotKept(_("This order belongs to somebody else."))
    return orders.lock_order(order_id)


def _ensure_takes(receipt: Receipt, order: Order) -> None:
    if receipt.reserved_for_id not in (None, order.pk):
        other = receipt.reserved_for
        raise NotKept(_("This money is kept for %(order)s already.") % {"order": other})
    if order.state in (*OVER, Order.State.DRAFT):
        raise NotKept(_("%(order)s does not wait for money any more.") % {"order": order})
    if receipt.currency != order.currency:
        raise NotKept(
            _("%(order)s is in %(currency)s.") % {"order": order, "currency": order.currency}
        )
    if receipt.free <= ZERO:
        raise NotKept(_("Nothing is left of this money."))


def _spread(amount: Decimal, items: Iterable[OpenItem]) -> dict[int, Decimal]:
    """Return what each item takes, the first due first."""
    amounts = {}
    for item in items:
        share = min(amount, item.balance)
        if share > ZERO:
            amounts[item.pk] = share
            amount -= share
    return amounts


def _free(receipt: Receipt, *, reason: str, at: datetime, actor: Actor) -> None:
    freed, receipt.reserved = receipt.reserved, ZERO
    _lower(receipt, freed, reason=reason, at=at, actor=actor)


def _lower(
    receipt: Receipt, amount: Decimal, *, reason: str = "", at: datetime, actor: Actor
) -> None:
    order_id = receipt.reserved_for_id
    assert order_id is not None  # something was advanced, by constraint
    receipt.advanced -= amount
    if not receipt.advanced:
        receipt.reserved_for = None
    touches = [f"order:{order_id}", f"customer:{receipt.customer_id}"]
    audit.save(receipt, at=at, actor=actor, reason=reason, touches=touches)
    _tell(receipt, -amount, order_id=order_id, at=at, actor=actor)


def _tell(
    receipt: Receipt, amount: Decimal, *, order_id: int | None = None, at: datetime, actor: Actor
) -> None:
    """Tell credit under a name of its own: the receipt's, then with a number that rises."""
    known = OrderPrepayment.objects.filter(source__startswith=f"{receipt.label}:").count()
    subject = order_id or receipt.reserved_for_id
    assert subject is not None  # money is kept for an order, or was until now
    credit.record_prepayment(
        subject,
        source=f"{receipt.label}:{known + 1}",
        amount=amount,
        at=at,
        actor=actor,
    )
