"""What must be right about an order as a whole before it is submitted."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from o2c.kernel.money import minor_unit, round_money
from o2c.kernel.ui.dates import day_text
from o2c.kernel.ui.figures import money_in
from o2c.kernel.working_days import add_working_days, is_working_day
from orders.rules.looking import Answers, Facts, Found, House, LineFacts
from orders.rules.registry import Owner, blocking, warning

# Each line is rounded once: a printed total may differ by as much as half a cent a line.
ROUNDINGS = 2


@blocking(gettext_lazy("No lines"))
def no_lines(facts: Facts) -> Answers:
    if not facts.lines:
        yield Found("lines", _("Add at least one line."))


@blocking(gettext_lazy("Requested date is over"))
def date_in_past(facts: Facts) -> Answers:
    message = _("This day is over. Choose today or a later day.")
    if facts.requested_on < facts.today:
        yield Found("requested_on", message)
    for place, line in enumerate(facts.lines):
        if facts.requested_on != line.requested_on < facts.today:
            yield Found(f"lines.{place}.requested_on", message)


@blocking(gettext_lazy("PO number used before"))
def po_used_before(facts: Facts) -> Answers:
    if facts.twin:
        message = _("Order %(number)s has this PO number already.") % {"number": facts.twin}
        yield Found("customer_po", message)


@blocking(gettext_lazy("PO number missing"))
def po_missing(facts: Facts) -> Answers:
    if facts.customer.requires_po_number and not facts.customer_po:
        staff = _("%(customer)s pays only against a PO number. Enter it.")
        buyer = _("Give the number of your purchase order: your invoices need it.")
        yield Found("customer_po", staff % {"customer": facts.customer}, buyer)


@blocking(gettext_lazy("Customer not active"), owner=Owner.CREDIT)
def customer_inactive(facts: Facts) -> Answers:
    if not facts.customer.is_active:
        staff = _("%(customer)s is not active: we sell them nothing at present.")
        buyer = _("Your account is not active at present. Ask your sales contact.")
        yield Found("customer", staff % {"customer": facts.customer}, buyer)


@blocking(gettext_lazy("Currency differs from the customer's"), owner=Owner.PRICING)
def currency_differs(facts: Facts) -> Answers:
    theirs, ours = facts.stated.currency.upper(), facts.customer.currency
    if theirs and theirs != ours:
        names = {"theirs": theirs, "ours": ours}
        staff = _("The document is in %(theirs)s, the customer buys in %(ours)s.") % names
        buyer = _("The order is in %(theirs)s, your prices are in %(ours)s.") % names
        yield Found("currency", staff, buyer)


@blocking(
    gettext_lazy("Printed total differs"), owner=Owner.PRICING, is_waivable=True, needs_second=True
)
def total_differs(facts: Facts) -> Answers:
    theirs = facts.stated.total
    if theirs is None or currency_is_foreign(facts):
        return
    sums, currency = facts.totals(), facts.customer.currency
    slack = minor_unit(currency) * max(len(facts.lines), 1) / ROUNDINGS
    nearest = min((sums.net_amount, sums.gross_amount), key=lambda ours: abs(ours - theirs))
    if abs(nearest - theirs) > slack:
        names = {
            "theirs": money_in(round_money(theirs, currency), currency),
            "net": money_in(sums.net_amount, currency),
            "gross": money_in(sums.gross_amount, currency),
        }
        staff = _(
            "The document says %(theirs)s, its lines come to %(net)s, with tax %(gross)s. Look"
            " for a line, a price or a charge that is missing."
        )
        buyer = _("You write %(theirs)s; the lines come to %(net)s, with tax %(gross)s.")
        yield Found("total", staff % names, buyer % names, f"{theirs} {sums.gross_amount}")


@blocking(gettext_lazy("Delivery address not used any more"))
def ship_to_inactive(facts: Facts) -> Answers:
    if facts.ship_to is not None and not facts.ship_to.is_active:
        staff = _("Nothing is delivered to this address any more. Choose another one.")
        yield Found("ship_to", staff)


@warning(gettext_lazy("Requested date before the earliest possible"))
def date_too_early(facts: Facts) -> Answers:
    for place, line in enumerate(facts.lines):
        earliest = earliest_of(line, facts)
        if earliest and facts.today <= line.requested_on < earliest:
            names = {"sku": line.product, "day": day_text(earliest)}
            message = _("%(sku)s can be there on %(day)s at the earliest.") % names
            about = f"{line.product} {line.requested_on} {earliest}"
            yield Found(_date_field(facts, place), message, about=about)
            if line.requested_on == facts.requested_on:
                return


@warning(gettext_lazy("No working day at the place of delivery"))
def day_off(facts: Facts) -> Answers:
    if facts.ship_to and not is_working_day(facts.requested_on, country=facts.ship_to.country):
        message = _("The day asked for is no working day at the place of delivery.")
        yield Found("requested_on", message, about=facts.requested_on.isoformat())


def currency_is_foreign(facts: Facts) -> bool:
    return facts.stated.currency.upper() not in {"", facts.customer.currency}


def earliest_of(line: LineFacts, facts: Facts) -> date | None:
    """Return the first day that a line can leave: today at the warehouse, and the working days
    that handling and the product's lead time take there; None: that is not known.
    """
    if line.product is None or facts.house.today is None:
        return None
    return earliest_day(facts.house, line.product.lead_time_days)


def earliest_day(house: House, lead_time_days: int) -> date | None:
    """Return the first day that goods with this lead time, in working days, can leave."""
    days = house.handling_days + lead_time_days
    if not days or house.today is None:
        return house.today
    return add_working_days(house.today, days, country=house.country)


def _date_field(facts: Facts, place: int) -> str:
    if facts.lines[place].requested_on == facts.requested_on:
        return "requested_on"
    return f"lines.{place}.requested_on"
