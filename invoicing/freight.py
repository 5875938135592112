"""Freight that customers are charged: whose share it is, and how it is taxed. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _

from invoicing.models import Invoice, InvoiceCharge, InvoiceLine
from o2c.kernel.money import ZERO, round_money


@dataclass(frozen=True, kw_only=True)
class Freight:
    """What an invoice is to charge; `amount` None: nobody knows how much it is.

    `is_entered`: a person has said so, for that `reason`, and not the tariff.
    """

    amount: Decimal | None = ZERO
    is_entered: bool = False
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Carried:
    """What an order has in a shipment, excluding tax; `spoilt` came back before it was billed,
    and we are to blame for it.
    """

    amount: Decimal
    spoilt: Decimal = ZERO


def share_of(
    order_id: int, cost: Decimal, carried: Mapping[int, Carried], currency: str
) -> Decimal:
    """Return what of a shipment's freight falls on an order: in proportion to what it has in it.

    The shares of all its orders make the cost exactly: the last takes the residual. Goods without
    a value share alike. What we have spoilt takes its part of the order's share along.
    """
    values = {pk: goods.amount for pk, goods in sorted(carried.items())}
    share = split(cost, values, currency)[order_id]
    own = carried[order_id]
    if own.spoilt:
        share -= round_money(share * own.spoilt / own.amount, currency)
    return share


def split(amount: Decimal, weights: Mapping[int, Decimal], currency: str) -> dict[int, Decimal]:
    """Share an amount in proportion to weights, in their order; the sum is the amount exactly."""
    if not any(weights.values()):
        weights = dict.fromkeys(weights, Decimal(1))
    total, reached, given = sum(weights.values()), ZERO, ZERO
    shares = {}
    for key, weight in weights.items():
        reached += weight
        upto = round_money(amount * reached / total, currency)
        shares[key] = upto - given
        given = upto
    return shares


def charges(invoice: Invoice, lines: Iterable[InvoiceLine], amount: Decimal) -> list[InvoiceCharge]:
    """Return the rows that charge so much freight: it is taxed as the goods are.

    One for each category and rate of the lines, in proportion to their net amounts; the last
    takes the residual.
    """
    if not amount:
        return []
    goods: dict[tuple[str, Decimal], Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        goods[line.tax_category, line.tax_rate] += line.net_amount
    groups = sorted(goods)
    weights = {place: goods[group] for place, group in enumerate(groups)}
    parts = [
        (groups[place], part)
        for place, part in split(amount, weights, invoice.currency).items()
        if part
    ]
    with translation.override(invoice.customer.language):
        word = _("Freight")
    return [
        InvoiceCharge(
            invoice=invoice,
            order_id=invoice.order_id,
            shipment_id=invoice.shipment_id,
            position=position,
            description=word,
            goods_amount=goods[group],
            net_amount=part,
            tax_category=group[0],
            tax_rate=group[1],
        )
        for position, (group, part) in enumerate(parts, start=1)
    ]
