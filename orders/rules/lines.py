"""What must be right about each line before an order is submitted."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Product
from customers.models import Customer
from o2c.kernel.ui.figures import percent
from orders.rules.looking import Answers, Facts, Found, House, LineFacts, plain
from orders.rules.registry import Owner, blocking, warning


@blocking(gettext_lazy("Product discontinued"))
def product_discontinued(facts: Facts) -> Answers:
    for place, line in enumerate(facts.lines):
        if line.product and line.product.status == Product.Status.DISCONTINUED:
            message = _("%(sku)s is discontinued. Choose another product.")
            if line.product.successor_id:
                message = _("%(sku)s is discontinued. %(successor)s takes its place.")
            names = {"sku": line.product.sku, "successor": line.product.successor}
            yield Found(f"lines.{place}.sku", message % names)


@blocking(gettext_lazy("Quantity is no multiple of the pack"), is_waivable=True)
def quantity_not_multiple(facts: Facts) -> Answers:
    for place, line in enumerate(facts.lines):
        if line.product and line.is_sane and line.quantity % line.product.pack_multiple:
            names = {"sku": line.product.sku, "multiple": plain(line.product.pack_multiple)}
            message = _("%(sku)s is sold in multiples of %(multiple)s.") % names
            yield Found(f"lines.{place}.quantity", message, about=_quantity_of(line))


@blocking(gettext_lazy("Quantity below the minimum"), is_waivable=True)
def quantity_below_minimum(facts: Facts) -> Answers:
    for place, line in enumerate(facts.lines):
        if line.product and line.is_sane and line.quantity < line.product.minimum_quantity:
            names = {"sku": line.product.sku, "minimum": plain(line.product.minimum_quantity)}
            message = _("Order at least %(minimum)s of %(sku)s.") % names
            yield Found(f"lines.{place}.quantity", message, about=_quantity_of(line))


@blocking(gettext_lazy("No price"), owner=Owner.PRICING)
def no_price(facts: Facts) -> Answers:
    for place, line in enumerate(facts.lines):
        if line.product and line.price is None:
            names = {"sku": line.product.sku, "currency": facts.customer.currency}
            staff = _("%(sku)s has no price in %(currency)s. Enter one, or have it listed.")
            buyer = _("%(sku)s has no price in %(currency)s yet. Ask your sales contact.")
            yield Found(f"lines.{place}.unit_price", staff % names, buyer % names)


@blocking(
    gettext_lazy("Price differs from the price list or contract"),
    owner=Owner.PRICING,
    is_waivable=True,
    needs_second=True,
)
def price_differs(facts: Facts) -> Answers:
    tolerance = tolerance_of(facts.customer, facts.house)
    for place, line in enumerate(facts.lines):
        if line.reason or not (line.product and line.price and line.has_sane_price):
            continue
        if line.listed is not None and not is_within(line.price.amount, line.listed, tolerance):
            prices = (line.price.amount, line.listed)
            staff, buyer = price_words(line.product.sku, *prices, tolerance)
            about = " ".join([line.product.sku, *map(plain, prices)])
            yield Found(f"lines.{place}.unit_price", staff, buyer, about)


@blocking(gettext_lazy("Unit differs from the one we sell by"), owner=Owner.MASTER_DATA)
def unit_differs(facts: Facts) -> Answers:
    for place, line in enumerate(facts.lines):
        if line.product and line.unit and line.unit != line.product.unit_id:
            names = {"sku": line.product.sku, "ours": line.product.unit_id, "theirs": line.unit}
            message = _("We sell %(sku)s by “%(ours)s”, not by “%(theirs)s”.") % names
            yield Found(f"lines.{place}.unit", message)


@warning(gettext_lazy("Product on the order twice"))
def product_twice(facts: Facts) -> Answers:
    seen: set[int] = set()
    for place, line in enumerate(facts.lines):
        if line.product and line.product.pk in seen:
            message = _("%(sku)s is on this order twice.") % {"sku": line.product.sku}
            yield Found(f"lines.{place}.sku", message, about=line.product.sku)
        elif line.product:
            seen.add(line.product.pk)


def tolerance_of(customer: Customer, house: House) -> Decimal:
    """Return how far a price may be from the listed one, as a fraction: the customer's own
    setting, else the company's.
    """
    own = customer.price_tolerance_rate
    return house.price_tolerance if own is None else own


def price_words(sku: str, theirs: Decimal, ours: Decimal, tolerance: Decimal) -> tuple[str, str]:
    """Say that a price is further from the listed one than it may be: to staff, to the buyer."""
    names = {
        "sku": sku,
        "theirs": plain(theirs),
        "ours": plain(ours),
        "tolerance": percent(tolerance),
    }
    staff = _(
        "%(sku)s: the price is %(theirs)s, listed is %(ours)s. More than %(tolerance)s"
        " apart needs a reason: give one, or take the listed price."
    )
    return staff % names, _("%(sku)s costs %(ours)s, not %(theirs)s.") % names


def is_within(price: Decimal, listed: Decimal, tolerance: Decimal) -> bool:
    """Say whether a price is as good as the listed one: exactly the tolerance apart still is.

    With a tolerance of 0.02 and a listed price of 50.00, 49.00 and 51.00 are, 48.99 is not.
    """
    return abs(price - listed) <= listed * tolerance


def _quantity_of(line: LineFacts) -> str:
    assert line.product is not None
    return f"{line.product.sku} {plain(line.quantity)}"
