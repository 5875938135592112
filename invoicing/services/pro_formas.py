"""Ask for payment in advance, and let what was asked follow its order."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from credit import services as credit
from invoicing import pro_forma_content, pro_forma_selectors, selectors
from invoicing.drafting import address_text
from invoicing.events import ProFormaIssued
from invoicing.models import ProForma
from o2c.kernel import audit, locks
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date, the_company
from o2c.kernel.errors import DomainError
from o2c.kernel.money import ZERO
from o2c.kernel.numbering import public_id
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from o2c.kernel.ui.dates import day_text
from orders import services as orders
from orders.models import Order
from orders.selectors import tax_certificate_of

State = ProForma.State


class NothingToPay(DomainError):
    """Payment in advance would not help this order."""

    code = "no_prepayment"


class AskedAlready(DomainError):
    """A pro forma asks for the money of this order already."""

    code = "prepayment_asked"


@service
def ask_for_prepayment(order_id: int, *, at: datetime, actor: Actor) -> ProForma:
    """Issue a pro forma for what of an order is not paid in advance yet, and mail it.

    Raises:
        Order.DoesNotExist: no such order.
        NothingToPay: it waits for no money, is paid, or money would not let it go.
        OrderedAnew: the customer has placed a declined order anew under the same number.
        AskedAlready: another one asks for the money and is still valid.
    """
    order = orders.lock_order(order_id)
    missing = _missing_of(order)
    today = local_date(at, the_company())
    _replace_open(order, today=today, at=at, actor=actor)
    pro_forma = _write(order, missing, today=today, at=at)
    touches = [order.label, order.customer.label]
    audit.create(pro_forma, at=at, actor=actor, touches=touches)
    publish(ProFormaIssued(pro_forma_id=pro_forma.pk, at=at, actor=actor))
    return pro_forma


@service
def withdraw_pro_forma(pro_forma_id: int, *, reason: str, at: datetime, actor: Actor) -> ProForma:
    """Ask for the money no more; whoever has paid keeps what is kept for the order.

    Raises:
        ProForma.DoesNotExist: no such pro forma.
        TransitionNotAllowed: it has ended already.
        NothingToPay: it is paid: free the money on the page of its receipt first.
    """
    orders.lock_order(ProForma.objects.values_list("order_id", flat=True).get(pk=pro_forma_id))
    pro_forma = locks.lock(ProForma, pro_forma_id)
    if pro_forma.state == State.PAID:
        raise NothingToPay(
            _("%(number)s is paid: free the money on the page of its receipt.")
            % {"number": pro_forma}
        )
    pro_forma.withdraw(reason=reason, at=at)
    return _save(pro_forma, at=at, actor=actor)


@service
def follow_order(order_id: int, *, at: datetime, actor: Actor) -> None:
    """Let an order's pro formas follow its money and its state: paid, or asked no more.

    One statement where there are none.
    """
    order, standing = _standing_of(order_id)
    if not standing:
        return
    whole, paid = credit.total_of(order), credit.prepaid_of(order)
    for pro_forma in standing:
        _follow(pro_forma, order, whole=whole, paid=paid, at=at)
        _save(pro_forma, at=at, actor=actor)


@service
def follow_change(order_id: int, *, at: datetime, actor: Actor) -> None:
    """Withdraw what asks for an order as it was; a new one can be asked for."""
    follow_order(order_id, at=at, actor=actor)
    _order, standing = _standing_of(order_id)
    for pro_forma in standing:
        if pro_forma.state == State.ISSUED:
            pro_forma.withdraw(reason=_("The order has changed."), at=at)
            _save(pro_forma, at=at, actor=actor)


@service
def lapse_pro_formas(as_of: date, *, at: datetime, actor: Actor) -> int:
    """Let those lapse whose last day was before `as_of`; return how many. Safe to repeat."""
    late = dict(pro_forma_selectors.late(as_of).values_list("pk", "order_id"))
    locks.lock_many(Order, late.values())
    held = locks.lock_many(ProForma, late)
    lapsing = [row for row in held.values() if row.state == State.ISSUED]
    for pro_forma in lapsing:
        pro_forma.lapse(at=at)
    audit.save_many({row: _touches(row) for row in lapsing}, at=at, actor=actor)
    return len(lapsing)


def _missing_of(order: Order) -> Decimal:
    """Return what is to be asked for, of a locked order."""
    stopped = pro_forma_selectors.what_stops(order)
    if stopped:
        raise NothingToPay(stopped)
    if order.state == Order.State.DECLINED:
        orders.ensure_not_ordered_anew(order)
    missing = credit.missing_of(order)
    if missing <= ZERO:
        raise NothingToPay(_("%(order)s is paid in advance already.") % {"order": order})
    return missing


def _replace_open(order: Order, *, today: date, at: datetime, actor: Actor) -> None:
    """Make way for another one: what is still valid stays, what is not lapses."""
    _order, standing = _standing_of(order.pk)
    for pro_forma in standing:
        if pro_forma.state != State.ISSUED:
            continue
        if pro_forma.valid_until >= today:
            raise AskedAlready(
                _("%(number)s asks for the money of %(order)s already, until %(day)s.")
                % {"number": pro_forma, "order": order, "day": day_text(pro_forma.valid_until)}
            )
        pro_forma.lapse(at=at)
        _save(pro_forma, at=at, actor=actor)


def _write(order: Order, missing: Decimal, *, today: date, at: datetime) -> ProForma:
    customer, lines = order.customer, orders.lines_of(order)
    sums = pro_forma_content.totals_of(lines, order.currency)
    pro_forma = ProForma(
        public_id=public_id("pf"),
        company=the_company(),
        customer=customer,
        order=order,
        currency=order.currency,
        net_amount=sums.net_amount,
        tax_amount=sums.tax_amount,
        gross_amount=sums.gross_amount,
        amount=missing,
        issued_on=today,
        valid_until=today + pro_forma_selectors.VALID_FOR,
        created_at=at,
    )
    bill_to = address_text(customer.invoice_name, selectors.bill_to_address(customer.pk))
    pro_forma.content = pro_forma_content.canonical(
        pro_forma,
        lines,
        sums,
        bill_to=bill_to or customer.invoice_name,
        ship_to=address_text(customer.invoice_name, order.ship_to),
        certificate=tax_certificate_of(order, [tax.category for tax in sums.taxes]),
    )
    return pro_forma


def _follow(
    pro_forma: ProForma, order: Order, *, whole: Decimal, paid: Decimal, at: datetime
) -> None:
    """Move one pro forma as far as its order's total and money say."""
    is_covered = paid >= min(pro_forma.gross_amount, whole)
    if order.state == Order.State.CANCELLED:
        pro_forma.withdraw(reason=_("The order is cancelled."), at=at)
    elif pro_forma.state == State.PAID:
        if not is_covered:
            pro_forma.withdraw(reason=_("The money was taken back."), at=at)
    elif is_covered:
        pro_forma.pay(at=at)
    elif order.state not in pro_forma_selectors.ASKABLE:
        pro_forma.withdraw(reason=_("The order goes on without it."), at=at)
    elif whole != pro_forma.gross_amount:
        pro_forma.withdraw(reason=_("The order has changed."), at=at)
    elif paid < pro_forma.gross_amount - pro_forma.amount:
        pro_forma.withdraw(reason=_("Money that was paid before was taken back."), at=at)


def _standing_of(order_id: int) -> tuple[Order, list[ProForma]]:
    """Lock an order and what asks for its money, or has brought it."""
    order = orders.lock_order(order_id)
    wanted = ProForma.objects.filter(order=order_id, state__in=ProForma.STANDING)
    return order, locks.lock_under(order, wanted)


def _save(pro_forma: ProForma, *, at: datetime, actor: Actor) -> ProForma:
    touches = _touches(pro_forma)
    return audit.save(pro_forma, at=at, actor=actor, reason=pro_forma.end_reason, touches=touches)


def _touches(pro_forma: ProForma) -> Iterable[str]:
    return [f"order:{pro_forma.order_id}", f"customer:{pro_forma.customer_id}"]
