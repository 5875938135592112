"""Write an invoice's draft from what was shipped: pure, nothing is stored here."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from customers.models import Address
from invoicing.freight import charges as freight_charges
from invoicing.models import Invoice, InvoiceCharge, InvoiceLine, InvoiceTax
from o2c.kernel.money import ZERO, Taxable, Totals, round_money, totals
from orders.models import OrderLine
from shipping.models import ShipmentLine


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An invoice with its parts, not yet stored."""

    invoice: Invoice
    lines: Sequence[InvoiceLine]
    charges: Sequence[InvoiceCharge]
    taxes: Sequence[InvoiceTax]


def draft(
    invoice: Invoice,
    shipment_lines: Sequence[ShipmentLine],
    order_lines: Mapping[int, OrderLine],
    *,
    freight: Decimal = ZERO,
) -> Draft:
    """Give the invoice its lines, what it charges for freight, its tax per rate and its totals."""
    lines = list(_lines(invoice, shipment_lines, order_lines))
    return complete(invoice, lines, freight=freight)


def complete(invoice: Invoice, lines: Sequence[InvoiceLine], *, freight: Decimal) -> Draft:
    """Give an invoice of these lines its charges, its tax per rate and its totals."""
    charges = freight_charges(invoice, lines, freight)
    sums = _totals([*lines, *charges], invoice.currency)
    invoice.freight_amount = freight
    invoice.net_amount = sums.net_amount
    invoice.tax_amount = sums.tax_amount
    invoice.gross_amount = sums.gross_amount
    taxes = [
        InvoiceTax(
            invoice=invoice,
            category=tax.category,
            rate=tax.rate,
            base_amount=tax.base_amount,
            tax_amount=tax.tax_amount,
        )
        for tax in sums.taxes
    ]
    return Draft(invoice=invoice, lines=lines, charges=charges, taxes=taxes)


def goods_gross(lines: Iterable[InvoiceLine], currency: str) -> Decimal:
    """Return what the goods cost, tax included: that much was shipped and not billed before."""
    return _totals(lines, currency).gross_amount


def quantities(lines: Iterable[InvoiceLine]) -> dict[int, Decimal]:
    """Return how much of each order line is billed, by the order line's key."""
    billed: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        billed[line.order_line_id] += line.quantity
    return dict(billed)


def address_text(name: str, address: Address | None) -> str:
    """Write an address as it is printed, a line each; nothing without an address."""
    if address is None:
        return ""
    place = " ".join(filter(None, [address.postal_code, address.city, address.region]))
    return "\n".join(filter(None, [name, address.label, address.street, place, address.country]))


def _lines(
    invoice: Invoice,
    shipment_lines: Sequence[ShipmentLine],
    order_lines: Mapping[int, OrderLine],
) -> Iterator[InvoiceLine]:
    """Price what is left to be billed of each shipped line by its order line.

    An order line that comes in parts is rounded as a whole, as the credit exposure is: the
    last part takes the residual.
    """
    before: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for position, shipped in enumerate(shipment_lines, start=1):
        agreed = order_lines[shipped.order_line_id]
        start = before[agreed.pk]
        quantity: Decimal = shipped.left  # type: ignore[attr-defined]  # by `lines_to_bill`
        end = before[agreed.pk] = start + quantity
        yield InvoiceLine(
            invoice=invoice,
            position=position,
            order_line_id=agreed.pk,
            shipment_line=shipped,
            sku=agreed.sku,
            description=agreed.description,
            quantity=quantity,
            unit=agreed.unit,
            unit_price=agreed.unit_price,
            net_amount=round_money(agreed.unit_price * end, invoice.currency)
            - round_money(agreed.unit_price * start, invoice.currency),
            tax_category=agreed.tax_category,
            tax_rate=agreed.tax_rate,
        )


def _totals(lines: Iterable[InvoiceLine | InvoiceCharge], currency: str) -> Totals:
    return totals(
        (
            Taxable(net_amount=line.net_amount, category=line.tax_category, rate=line.tax_rate)
            for line in lines
        ),
        currency,
    )
