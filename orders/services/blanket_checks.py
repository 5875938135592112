"""What can be agreed in a blanket order: all that is wrong is told at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.models import Product
from catalog.pricing import price_book
from customers.models import Customer
from o2c.kernel import rows
from o2c.kernel.errors import InvalidInput
from o2c.kernel.money import ZERO
from orders.models import BlanketLine
from orders.rules.looking import MAX_LINES, QUANTITY_LIMIT, QUANTITY_STEP
from orders.selectors import today_of

PRICE_STEP = Decimal("0.0001")
PRICE_LIMIT = Decimal(10) ** 10


class BlanketInvalid(InvalidInput):
    """What cannot be agreed; `findings` holds each as (rule, field, message)."""

    code = "blanket_invalid"

    def __init__(self, findings: Sequence[tuple[str, str, str]]) -> None:
        super().__init__(" ".join(found[2] for found in findings), field=findings[0][1])
        self.findings = findings


@dataclass(frozen=True)
class AgreedLine:
    """So much of a product; without a price at the listed one."""

    product_id: int
    agreed: Decimal
    unit_price: Decimal | None = None
    minimum_call_off: Decimal = ZERO


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """What somebody enters to make a blanket order. Both days are within it."""

    lines: Sequence[AgreedLine]
    valid_from: date
    valid_until: date
    customer_po: str = ""
    note: str = ""


def blanket_lines_of(customer: Customer, agreed: Agreed, *, at: datetime) -> list[BlanketLine]:
    """Make the lines, priced by the lists where no price was agreed.

    Raises:
        BlanketInvalid: with everything that is wrong.
    """
    keys = [line.product_id for line in agreed.lines]
    products = {product.pk: product for product in rows.fetch(Product, "id", set(keys))}
    book = price_book(customer, keys, on=today_of(customer, at))
    listed = {
        line.product_id: price.list_amount
        for line in agreed.lines
        if (price := book.price(line.product_id, line.agreed))
    }
    findings = [*_wrong_head(agreed), *_wrong_lines(agreed, products, listed)]
    if findings:
        raise BlanketInvalid(findings)
    return [
        _line(line, position, products[line.product_id], listed.get(line.product_id))
        for position, line in enumerate(agreed.lines, start=1)
    ]


def _line(line: AgreedLine, position: int, product: Product, listed: Decimal | None) -> BlanketLine:
    price = listed if line.unit_price is None else line.unit_price
    assert price is not None  # it was refused without one
    return BlanketLine(
        position=position,
        product=product,
        sku=product.sku,
        description=product.name,
        unit=product.unit_id,
        unit_price=price,
        list_price=listed,
        agreed=line.agreed,
        minimum_call_off=line.minimum_call_off,
    )


def _wrong_head(agreed: Agreed) -> list[tuple[str, str, str]]:
    findings = []
    if agreed.valid_until < agreed.valid_from:
        message = _("The last day comes before the first.")
        findings.append(("blanket_period", "valid_until", message))
    if not 0 < len(agreed.lines) <= MAX_LINES:
        message = _("Agree on at least one line, and on %(limit)s at most.") % {"limit": MAX_LINES}
        findings.append(("blanket_lines", "lines", message))
    return findings


def _wrong_lines(
    agreed: Agreed, products: Mapping[int, Product], listed: Mapping[int, Decimal | None]
) -> list[tuple[str, str, str]]:
    findings = []
    seen: set[int] = set()
    for place, line in enumerate(agreed.lines):
        name, message = _wrong(line, products.get(line.product_id), listed, seen)
        seen.add(line.product_id)
        if message:
            findings.append((f"blanket_{name}", f"lines.{place}.{name}", message))
    return findings


def _wrong(
    line: AgreedLine,
    product: Product | None,
    listed: Mapping[int, Decimal | None],
    seen: set[int],
) -> tuple[str, str]:
    """Return the field and what is wrong with it; no message: nothing is."""
    if product is None or product.status == Product.Status.DISCONTINUED:
        return "sku", _("We do not sell this product. Choose one from the list.")
    if line.product_id in seen:
        message = _("%(sku)s is agreed on already. Name each product once.")
        return "sku", message % {"sku": product.sku}
    if not _is_quantity(line.agreed) or line.agreed <= 0:
        return "quantity", _("Enter a quantity above zero, with three decimals at most.")
    if not _is_quantity(line.minimum_call_off) or not 0 <= line.minimum_call_off <= line.agreed:
        return "minimum", _("The least that is called off lies between zero and what is agreed.")
    price = listed.get(line.product_id) if line.unit_price is None else line.unit_price
    return "unit_price", _wrong_price(price, product)


def _wrong_price(price: Decimal | None, product: Product) -> str:
    if price is None:
        return _("%(sku)s is not listed. Enter a price.") % {"sku": product.sku}
    if not price.is_finite() or not 0 <= price < PRICE_LIMIT or price % PRICE_STEP:
        return _("Enter a price of zero or more, with four decimals at most.")
    return ""


def _is_quantity(quantity: Decimal) -> bool:
    return quantity.is_finite() and abs(quantity) < QUANTITY_LIMIT and not quantity % QUANTITY_STEP
