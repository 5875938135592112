"""Write a credit memo's lines, taxes and totals: pure, nothing is stored here."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from invoicing.models import Invoice, InvoiceCharge, InvoiceLine, InvoiceTax
from o2c.kernel.money import ZERO, round_money

# A tax category and its rate.
Rate = tuple[str, Decimal]


@dataclass(frozen=True, kw_only=True)
class Credited:
    """What credit memos have taken off an invoice so far.

    `lines`: quantity and net amount by line; `charges`: value of the goods and net amount by
    charge; `taxes`: base and tax by category and rate.
    """

    lines: Mapping[int, tuple[Decimal, Decimal]] = field(default_factory=dict)
    charges: Mapping[int, tuple[Decimal, Decimal]] = field(default_factory=dict)
    taxes: Mapping[Rate, tuple[Decimal, Decimal]] = field(default_factory=dict)


def credit_lines(
    memo: Invoice,
    billed: Iterable[InvoiceLine],
    quantities: Mapping[int, Decimal],
    before: Credited,
) -> list[InvoiceLine]:
    """Return lines that take off quantities, `{line id: quantity}`, at what was billed for them.

    What is credited of a line is rounded as a whole: the last of many takes the residual, so
    that all of them together take off exactly what was billed.
    """
    wanted = [line for line in billed if quantities.get(line.pk)]
    return [
        InvoiceLine(
            invoice=memo,
            position=position,
            order_line_id=line.order_line_id,
            shipment_line_id=line.shipment_line_id,
            original=line,
            sku=line.sku,
            description=line.description,
            quantity=quantities[line.pk],
            unit=line.unit,
            unit_price=line.unit_price,
            net_amount=_share(line, quantities[line.pk], before, memo.currency),
            tax_category=line.tax_category,
            tax_rate=line.tax_rate,
        )
        for position, line in enumerate(wanted, start=1)
    ]


def credit_charges(
    memo: Invoice,
    lines: Iterable[InvoiceLine],
    at_fault: Mapping[int, Decimal],
    charged: Iterable[InvoiceCharge],
    before: Credited,
) -> list[InvoiceCharge]:
    """Return what is taken off the freight: the part of the goods that we are to blame for.

    `at_fault` says how much of each line that is, `{line id: quantity}`. All that is credited of
    a charge is rounded as a whole: the last of many takes the residual.
    """
    goods: dict[Rate, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        assert line.original_id  # a memo's line, by its making
        if quantity := at_fault.get(line.original_id):
            part = round_money(line.net_amount * quantity / line.quantity, memo.currency)
            goods[line.tax_category, line.tax_rate] += part
    wanted = [row for row in charged if (row.tax_category, row.tax_rate) in goods]
    return [
        InvoiceCharge(
            invoice=memo,
            order_id=memo.order_id,
            shipment_id=memo.shipment_id,
            kind=charge.kind,
            position=position,
            original=charge,
            description=charge.description,
            goods_amount=goods[charge.tax_category, charge.tax_rate],
            net_amount=_part(
                charge, goods[charge.tax_category, charge.tax_rate], before, memo.currency
            ),
            tax_category=charge.tax_category,
            tax_rate=charge.tax_rate,
        )
        for position, charge in enumerate(wanted, start=1)
    ]


def credit_taxes(
    memo: Invoice,
    lines: Iterable[InvoiceLine | InvoiceCharge],
    billed: Iterable[InvoiceTax],
    before: Credited,
) -> list[InvoiceTax]:
    """Return the tax of each category and rate, rounded as a whole as `credit_lines` does."""
    bases: dict[Rate, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        bases[line.tax_category, line.tax_rate] += line.net_amount
    asked = {(tax.category, tax.rate): tax for tax in billed}
    made = []
    for (category, rate), base in sorted(bases.items()):
        base_before, tax_before = before.taxes.get((category, rate), (ZERO, ZERO))
        whole = asked[category, rate]
        taken = base_before + base
        tax = (
            whole.tax_amount
            if taken == whole.base_amount
            else round_money(taken * rate, memo.currency)
        )
        made.append(
            InvoiceTax(
                invoice=memo,
                category=category,
                rate=rate,
                base_amount=base,
                tax_amount=tax - tax_before,
            )
        )
    return made


def add_up(memo: Invoice, charges: Iterable[InvoiceCharge], taxes: Iterable[InvoiceTax]) -> None:
    """Give the memo its totals."""
    parts = list(taxes)
    memo.freight_amount = sum((charge.net_amount for charge in charges), ZERO)
    memo.net_amount = sum((tax.base_amount for tax in parts), ZERO)
    memo.tax_amount = sum((tax.tax_amount for tax in parts), ZERO)
    memo.gross_amount = memo.net_amount + memo.tax_amount


def _share(line: InvoiceLine, quantity: Decimal, before: Credited, currency: str) -> Decimal:
    quantity_before, net_before = before.lines.get(line.pk, (ZERO, ZERO))
    taken = quantity_before + quantity
    if taken == line.quantity:
        return line.net_amount - net_before
    return round_money(line.net_amount * taken / line.quantity, currency) - net_before


def _part(charge: InvoiceCharge, goods: Decimal, before: Credited, currency: str) -> Decimal:
    goods_before, net_before = before.charges.get(charge.pk, (ZERO, ZERO))
    taken = goods_before + goods
    if taken == charge.goods_amount:  # of goods without a value, too: with the first of them
        return charge.net_amount - net_before
    return round_money(charge.net_amount * taken / charge.goods_amount, currency) - net_before
