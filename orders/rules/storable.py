"""What even a draft must keep to, because no row could hold it otherwise."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.rules.looking import (
    AMOUNT_LIMIT,
    MAX_LINES,
    MAX_PO_LENGTH,
    QUANTITY_LIMIT,
    QUANTITY_STEP,
    Answers,
    Facts,
    Found,
)
from orders.rules.registry import Owner, storable


@storable(gettext_lazy("Unknown product"))
def unknown_product(facts: Facts) -> Answers:
    for place, line in enumerate(facts.lines):
        if line.product is None:
            message = _("We do not sell this product. Choose one from the list.")
            yield Found(f"lines.{place}.sku", message)


@storable(gettext_lazy("Quantity not above zero"))
def quantity_not_positive(facts: Facts) -> Answers:
    for place, line in enumerate(facts.lines):
        if not line.is_countable:
            yield Found(f"lines.{place}.quantity", _("Enter a quantity above zero."))


@storable(gettext_lazy("Quantity too large"))
def quantity_too_large(facts: Facts) -> Answers:
    for place, line in enumerate(facts.lines):
        if line.is_countable and line.quantity >= QUANTITY_LIMIT:
            message = _("This quantity is too large. Look for a digit too many.")
            yield Found(f"lines.{place}.quantity", message)


@storable(gettext_lazy("Quantity with too many decimals"))
def quantity_too_fine(facts: Facts) -> Answers:
    for place, line in enumerate(facts.lines):
        is_small = line.is_countable and line.quantity < QUANTITY_LIMIT
        if is_small and line.quantity % QUANTITY_STEP:
            yield Found(f"lines.{place}.quantity", _("A quantity has three decimals at most."))


@storable(gettext_lazy("Price below zero"))
def price_negative(facts: Facts) -> Answers:
    for place, line in enumerate(facts.lines):
        if not line.has_sane_price:
            yield Found(f"lines.{place}.unit_price", _("Enter a price of zero or more."))


@storable(gettext_lazy("Order too large to book"))
def amount_too_large(facts: Facts) -> Answers:
    prices = [
        line.quantity * line.price.amount
        for line in facts.lines
        if line.price and line.is_sane and line.has_sane_price
    ]
    if sum(prices) >= AMOUNT_LIMIT:
        message = _("The order comes to more than we can book. Split it, or check the quantities.")
        yield Found("lines", message)


@storable(gettext_lazy("Too many lines"))
def too_many_lines(facts: Facts) -> Answers:
    if len(facts.lines) > MAX_LINES:
        message = _("An order has %(limit)s lines at most. Split it.") % {"limit": MAX_LINES}
        yield Found("lines", message)


@storable(gettext_lazy("No tax rate at the place of delivery"), owner=Owner.MASTER_DATA)
def no_tax_rate(facts: Facts) -> Answers:
    for place, line in enumerate(facts.lines):
        if facts.ship_to and line.product and line.tax is None:
            names = {"sku": line.product.sku, "country": facts.ship_to.country}
            staff = _(
                "No tax rate is kept for %(sku)s in %(country)s. Ask an administrator to add it."
            )
            buyer = _("%(sku)s cannot be ordered to %(country)s yet. Ask your sales contact.")
            yield Found(f"lines.{place}.sku", staff % names, buyer % names)


@storable(gettext_lazy("Delivery address not of this customer"))
def ship_to_unknown(facts: Facts) -> Answers:
    if facts.ship_to is None or facts.ship_to.customer_id != facts.customer.pk:
        staff = _("Choose one of this customer's delivery addresses.")
        yield Found("ship_to", staff, _("Choose one of your delivery addresses."))


@storable(gettext_lazy("PO number too long"))
def po_too_long(facts: Facts) -> Answers:
    if len(facts.customer_po) > MAX_PO_LENGTH:
        yield Found("customer_po", _("A PO number has 60 characters at most."))
