"""The named rules of what must be right about an order, and what they look at.

A blocking rule keeps the order from being submitted; a warning is kept on it as a finding.
Storable rules say what even a draft must keep to, because no row could hold it otherwise.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.models import Product
from catalog.pricing import PricedAt, TaxedAt
from customers.models import Address, Customer
from o2c.kernel.money import ZERO
from o2c.kernel.working_days import is_working_day
from orders.models import OrderFinding

MAX_LINES = 1000
MAX_PO_LENGTH = 60
# One more digit than the columns hold.
QUANTITY_LIMIT = Decimal(10) ** 9
AMOUNT_LIMIT = Decimal(10) ** 12
QUANTITY_STEP = Decimal("0.001")


@dataclass(frozen=True, kw_only=True)
class LineFacts:
    """One line as it was entered; `product`, `price` or `tax` None: there is none."""

    product: Product | None
    quantity: Decimal
    price: PricedAt | None
    tax: TaxedAt | None
    requested_on: date

    @property
    def is_countable(self) -> bool:
        return self.quantity.is_finite() and self.quantity > 0

    @property
    def is_sane(self) -> bool:
        """Whether one can calculate with the quantity: nothing overflows, a column holds it."""
        return (
            self.is_countable
            and self.quantity < QUANTITY_LIMIT
            and not self.quantity % QUANTITY_STEP
        )

    @property
    def has_sane_price(self) -> bool:
        amount = self.price.amount if self.price else ZERO
        return amount.is_finite() and 0 <= amount < AMOUNT_LIMIT


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that the rules look at. `twin` is another order's number with the same customer PO."""

    customer: Customer
    ship_to: Address | None
    customer_po: str
    requested_on: date
    today: date
    lines: Sequence[LineFacts]
    twin: str = ""


@dataclass(frozen=True)
class Finding:
    """What a rule found, the input it is about (`lines.0.quantity`), and what to do about it."""

    rule: str
    field: str
    message: str
    severity: str = OrderFinding.Severity.BLOCK.value


Rule = Callable[[Facts], Iterator[Finding]]


def unknown_product(facts: Facts) -> Iterator[Finding]:
    for place, line in enumerate(facts.lines):
        if line.product is None:
            message = _("We do not sell this product. Choose one from the list.")
            yield Finding("unknown_product", f"lines.{place}.sku", message)


def quantity_not_positive(facts: Facts) -> Iterator[Finding]:
    for place, line in enumerate(facts.lines):
        if not line.is_countable:
            message = _("Enter a quantity above zero.")
            yield Finding("quantity_not_positive", f"lines.{place}.quantity", message)


def quantity_too_large(facts: Facts) -> Iterator[Finding]:
    for place, line in enumerate(facts.lines):
        if line.is_countable and line.quantity >= QUANTITY_LIMIT:
            message = _("This quantity is too large. Look for a digit too many.")
            yield Finding("quantity_too_large", f"lines.{place}.quantity", message)


def quantity_too_fine(facts: Facts) -> Iterator[Finding]:
    for place, line in enumerate(facts.lines):
        is_small = line.is_countable and line.quantity < QUANTITY_LIMIT
        if is_small and line.quantity % QUANTITY_STEP:
            message = _("A quantity has three decimals at most.")
            yield Finding("quantity_too_fine", f"lines.{place}.quantity", message)


def price_negative(facts: Facts) -> Iterator[Finding]:
    for place, line in enumerate(facts.lines):
        if not line.has_sane_price:
            message = _("Enter a price of zero or more.")
            yield Finding("price_negative", f"lines.{place}.unit_price", message)


def amount_too_large(facts: Facts) -> Iterator[Finding]:
    prices = [
        line.quantity * line.price.amount
        for line in facts.lines
        if line.price and line.is_sane and line.has_sane_price
    ]
    if sum(prices) >= AMOUNT_LIMIT:
        message = _("The order comes to more than we can book. Split it, or check the quantities.")
        yield Finding("amount_too_large", "lines", message)


def too_many_lines(facts: Facts) -> Iterator[Finding]:
    if len(facts.lines) > MAX_LINES:
        message = _("An order has %(limit)s lines at most. Split it.") % {"limit": MAX_LINES}
        yield Finding("too_many_lines", "lines", message)


def no_tax_rate(facts: Facts) -> Iterator[Finding]:
    for place, line in enumerate(facts.lines):
        if facts.ship_to and line.product and line.tax is None:
            message = _(
                "No tax rate is kept for %(sku)s in %(country)s. Ask an administrator to add it."
            ) % {"sku": line.product.sku, "country": facts.ship_to.country}
            yield Finding("no_tax_rate", f"lines.{place}.sku", message)


def ship_to_unknown(facts: Facts) -> Iterator[Finding]:
    if facts.ship_to is None or facts.ship_to.customer_id != facts.customer.pk:
        message = _("Choose one of this customer's delivery addresses.")
        yield Finding("ship_to_unknown", "ship_to", message)


def po_too_long(facts: Facts) -> Iterator[Finding]:
    if len(facts.customer_po) > MAX_PO_LENGTH:
        message = _("A PO number has 60 characters at most.")
        yield Finding("po_too_long", "customer_po", message)


def no_lines(facts: Facts) -> Iterator[Finding]:
    if not facts.lines:
        yield Finding("no_lines", "lines", _("Add at least one line."))


def product_discontinued(facts: Facts) -> Iterator[Finding]:
    for place, line in enumerate(facts.lines):
        if line.product and line.product.status == Product.Status.DISCONTINUED:
            message = _("%(sku)s is discontinued. Choose another product.") % {
                "sku": line.product.sku
            }
            yield Finding("product_discontinued", f"lines.{place}.sku", message)


def quantity_not_multiple(facts: Facts) -> Iterator[Finding]:
    for place, line in enumerate(facts.lines):
        if line.product and line.is_sane and line.quantity % line.product.pack_multiple:
            message = _("%(sku)s is sold in multiples of %(multiple)s.") % {
                "sku": line.product.sku,
                "multiple": f"{line.product.pack_multiple.normalize():f}",
            }
            yield Finding("quantity_not_multiple", f"lines.{place}.quantity", message)


def quantity_below_minimum(facts: Facts) -> Iterator[Finding]:
    for place, line in enumerate(facts.lines):
        if line.product and line.is_sane and line.quantity < line.product.minimum_quantity:
            message = _("Order at least %(minimum)s of %(sku)s.") % {
                "sku": line.product.sku,
                "minimum": f"{line.product.minimum_quantity.normalize():f}",
            }
            yield Finding("quantity_below_minimum", f"lines.{place}.quantity", message)


def no_price(facts: Facts) -> Iterator[Finding]:
    for place, line in enumerate(facts.lines):
        if line.product and line.price is None:
            message = _("%(sku)s has no price in %(currency)s. Enter one, or have it listed.") % {
                "sku": line.product.sku,
                "currency": facts.customer.currency,
            }
            yield Finding("no_price", f"lines.{place}.unit_price", message)


def date_in_past(facts: Facts) -> Iterator[Finding]:
    message = _("This day is over. Choose today or a later day.")
    if facts.requested_on < facts.today:
        yield Finding("date_in_past", "requested_on", message)
    for place, line in enumerate(facts.lines):
        if facts.requested_on != line.requested_on < facts.today:
            yield Finding("date_in_past", f"lines.{place}.requested_on", message)


def po_used_before(facts: Facts) -> Iterator[Finding]:
    if facts.twin:
        message = _("Order %(number)s has this PO number already.") % {"number": facts.twin}
        yield Finding("po_used_before", "customer_po", message)


def po_missing(facts: Facts) -> Iterator[Finding]:
    if facts.customer.requires_po_number and not facts.customer_po:
        message = _("%(customer)s pays only against a PO number. Enter it.") % {
            "customer": facts.customer
        }
        yield Finding("po_missing", "customer_po", message)


def customer_inactive(facts: Facts) -> Iterator[Finding]:
    if not facts.customer.is_active:
        message = _("%(customer)s is not active: we sell them nothing at present.") % {
            "customer": facts.customer
        }
        yield Finding("customer_inactive", "customer", message)


def product_twice(facts: Facts) -> Iterator[Finding]:
    seen: set[int] = set()
    for place, line in enumerate(facts.lines):
        if line.product and line.product.pk in seen:
            message = _("%(sku)s is on this order twice.") % {"sku": line.product.sku}
            yield Finding("product_twice", f"lines.{place}.sku", message, WARN)
        elif line.product:
            seen.add(line.product.pk)


def day_off(facts: Facts) -> Iterator[Finding]:
    if facts.ship_to and not is_working_day(facts.requested_on, country=facts.ship_to.country):
        message = _("The day asked for is no working day at the place of delivery.")
        yield Finding("day_off", "requested_on", message, WARN)


WARN = OrderFinding.Severity.WARN.value
STORABLE: tuple[Rule, ...] = (
    unknown_product,
    quantity_not_positive,
    quantity_too_large,
    quantity_too_fine,
    price_negative,
    amount_too_large,
    too_many_lines,
    no_tax_rate,
    ship_to_unknown,
    po_too_long,
)
BLOCKING: tuple[Rule, ...] = (
    no_lines,
    product_discontinued,
    quantity_not_multiple,
    quantity_below_minimum,
    no_price,
    date_in_past,
    po_used_before,
    po_missing,
    customer_inactive,
)
WARNING: tuple[Rule, ...] = (product_twice, day_off)
