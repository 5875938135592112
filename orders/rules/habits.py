"""Orders far outside of what the customer usually orders: a digit too many, a wrong unit."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from o2c.kernel.money import round_money
from o2c.kernel.ui.figures import money_in
from orders.rules.looking import Answers, Facts, Found, Usual, plain
from orders.rules.registry import warning

# So many earlier orders must there be before we speak of habits; the latest ones count.
FEWEST, LATEST = 5, 20
# Far outside: so many times the middle of what was usual, and so many times the most.
TIMES_MEDIAN, TIMES_MOST = Decimal(10), Decimal(2)


@warning(gettext_lazy("Quantity far from the customer's habit"))
def quantity_unusual(facts: Facts) -> Answers:
    if facts.habits is None:
        return
    for place, line in enumerate(facts.lines):
        usual = facts.habits.quantities.get(line.product.pk) if line.product else None
        if line.product and usual and line.is_sane and is_far(line.quantity, usual):
            names = {
                "sku": line.product.sku,
                "quantity": plain(line.quantity),
                "most": plain(usual.most),
                "median": plain(usual.median),
            }
            message = _(
                "%(quantity)s of %(sku)s is far more than usual: mostly %(median)s, at most"
                " %(most)s. Ask whether it is meant."
            )
            about = f"{line.product.sku} {names['quantity']}"
            yield Found(f"lines.{place}.quantity", message % names, about=about)


@warning(gettext_lazy("Total far from the customer's habit"))
def total_unusual(facts: Facts) -> Answers:
    if facts.habits is None or not is_far(facts.net_amount, facts.habits.amount):
        return
    currency = facts.customer.currency
    names = {
        "amount": money_in(facts.net_amount, currency),
        "most": money_in(round_money(facts.habits.amount.most, currency), currency),
        "median": money_in(round_money(facts.habits.amount.median, currency), currency),
    }
    message = _(
        "%(amount)s is far more than they usually order: mostly %(median)s, at most %(most)s."
        " Ask whether it is meant."
    )
    yield Found("lines", message % names, about=names["amount"])


def is_far(value: Decimal, usual: Usual) -> bool:
    """Say whether a value is far outside: more than ten times the median and twice the most."""
    return value > usual.median * TIMES_MEDIAN and value > usual.most * TIMES_MOST
