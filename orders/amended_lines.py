"""The lines of an order as they will be once it is changed as planned: pure, nothing is stored."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from o2c.kernel.money import ZERO, round_money
from orders.amendments import LinePlan
from orders.models import Order, OrderLine
from orders.rules import Facts, LineFacts


@dataclass(kw_only=True)
class Outcome:
    """The lines as they will be: `changed` pairs a line with its copy, `added` are new."""

    changed: list[tuple[OrderLine, OrderLine]] = field(default_factory=list)
    added: list[OrderLine] = field(default_factory=list)


def outcome_of(order: Order, plans: Sequence[LinePlan], facts: Facts, *, retax: bool) -> Outcome:
    """Return the lines as they will be; `facts` hold the plans' lines that are still wanted.

    Where part of a line has left, another price or tax holds for the rest only, as a new line.
    """
    outcome = Outcome()
    known = iter(facts.lines)
    for plan in plans:
        fact = next(known) if plan.wanted else None
        if plan.line is None:
            assert fact is not None  # a new line is wanted
            outcome.added.append(_added(order, plan, fact, plan.wanted))
        else:
            _change(order, plan, plan.line, fact, outcome=outcome, retax=retax)
    return outcome


def _change(
    order: Order,
    plan: LinePlan,
    line: OrderLine,
    fact: LineFacts | None,
    *,
    outcome: Outcome,
    retax: bool,
) -> None:
    new = copy(line)
    new.requested_on = plan.requested_on
    tax = fact.tax if fact and retax else None
    has_new_tax = tax is not None and (tax.category, tax.rate) != (line.tax_category, line.tax_rate)
    is_split = bool(line.shipped) and (plan.is_new_price or has_new_tax)
    if is_split and fact is not None and plan.wanted > plan.kept:
        new.ordered = plan.kept + line.cancelled
        rest = _added(order, plan, fact, plan.wanted - plan.kept)
        rest.split_from, rest.blanket_line_id = line, line.blanket_line_id
        _keep_price(rest, line, plan, has_new_tax=has_new_tax)
        outcome.added.append(rest)
    elif not is_split:
        _resize(new, plan.wanted)
        _reprice(new, plan)
        if tax is not None and has_new_tax:
            new.tax_category, new.tax_rate = tax.category, tax.rate
    else:
        _resize(new, plan.wanted)
    if _differs(line, new):
        new.net_amount = _net(order, new)
        outcome.changed.append((line, new))


def _resize(line: OrderLine, wanted: Decimal) -> None:
    """Let so much be agreed on; a line that is taken off stays, with all the rest cancelled."""
    if wanted > line.shipped or wanted == line.ordered - line.cancelled:
        line.ordered = wanted + line.cancelled
    else:
        line.cancelled = line.ordered - wanted


def _reprice(line: OrderLine, plan: LinePlan) -> None:
    if plan.is_new_price:
        assert plan.unit_price is not None  # a line that exists has one
        line.unit_price, line.price_source = plan.unit_price, _("agreed")
        line.price_reason = plan.price_reason


def _keep_price(rest: OrderLine, line: OrderLine, plan: LinePlan, *, has_new_tax: bool) -> None:
    """What the rest does not change of the line that it was taken off."""
    if not plan.is_new_price:
        rest.price_source, rest.price_reason = line.price_source, line.price_reason
    if not has_new_tax:
        rest.tax_category, rest.tax_rate = line.tax_category, line.tax_rate
    rest.sku, rest.description, rest.unit = line.sku, line.description, line.unit
    rest.list_price, rest.promised_on = line.list_price, line.promised_on


def _added(order: Order, plan: LinePlan, fact: LineFacts, quantity: Decimal) -> OrderLine:
    product, tax, price = fact.product, fact.tax, fact.price
    assert product is not None
    assert tax is not None
    line = OrderLine(
        order=order,
        product=product,
        sku=product.sku,
        description=product.name,
        unit=product.unit_id,
        unit_price=price.amount if price else ZERO,
        price_source=price.source if price else "",
        list_price=price.list_amount if price else None,
        price_reason=plan.price_reason,
        customer_part=plan.customer_part,
        tax_category=tax.category,
        tax_rate=tax.rate,
        requested_on=plan.requested_on,
        ordered=quantity,
    )
    line.net_amount = _net(order, line)
    return line


def _differs(old: OrderLine, new: OrderLine) -> bool:
    names = ("ordered", "cancelled", "unit_price", "requested_on", "tax_category", "tax_rate")
    return any(getattr(old, name) != getattr(new, name) for name in names)


def _net(order: Order, line: OrderLine) -> Decimal:
    return round_money((line.ordered - line.cancelled) * line.unit_price, order.currency)
