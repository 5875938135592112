"""What carriers have charged, from a file: new, changed, or left as it is.

Carriers bill a shipment in several rows, freight, surcharges and rebates below zero: they add up,
all or none.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import lock_many
from o2c.kernel.money import ZERO
from o2c.kernel.sheets import Unreadable
from o2c.kernel.sheets.tables import Row, Status, Table, number_in, read_table
from o2c.kernel.transactions import service
from o2c.kernel.ui.figures import money_in
from shipping.models import Shipment
from shipping.services.charging import Charge, check_charge, currency_of, record_charges

COLUMNS = {
    "shipment": ("shipment", "shipment number", "sendung", "our number"),
    "tracking": ("tracking number", "tracking", "trackingnumber", "consignment", "sendungsnummer"),
    "amount": ("amount", "charged", "charge", "net", "betrag", "cost", "freight"),
    "currency": ("currency", "wahrung", "waehrung", "devise"),
}
NEEDED = ("amount",)


@dataclass(kw_only=True)
class _Bill:
    """What a file says of one shipment: the rows that name it, and what they ask for."""

    shipment: Shipment
    rows: list[Row] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)


@service
def import_charges(content: bytes, name: str, *, commit: bool, at: datetime, actor: Actor) -> Table:
    """Read a carrier's bill as a file; with `commit` write the rows without problems.

    A row names our shipment or the tracking number; the rows of a shipment add up, and what is
    wrong with one keeps the others back. The number of statements does not depend on the number
    of rows.

    Raises:
        Unreadable: the file as a whole cannot be read, has no rows, or names no shipments.
    """
    table = read_table(content, name, columns=COLUMNS, needed=NEEDED, numbers=("amount",))
    if not table.rows:
        raise Unreadable("no_rows", _("The file has no rows below its headings."))
    if not any(row.text("shipment") or row.text("tracking") for row in table.rows):
        message = _("The file needs a column of shipments or of tracking numbers.")
        raise Unreadable("no_shipments", message)
    bills = [_Bill(shipment=one) for one in _shipments(table.rows, is_locked=commit)]
    _sort(table, bills)
    agreed = {bill.shipment.pk: _agreed(bill) for bill in bills if bill.rows}
    if commit:
        wanted = {key: charge for key, charge in agreed.items() if charge}
        record_charges(wanted, at=at, actor=actor)
    return table


def _shipments(rows: Sequence[Row], *, is_locked: bool) -> list[Shipment]:
    numbers = {row.text("shipment") for row in rows} - {""}
    tracking = {row.text("tracking") for row in rows} - {""}
    found = Shipment.objects.filter(Q(number__in=numbers) | Q(tracking_number__in=tracking))
    if is_locked:
        return list(lock_many(Shipment, found.order_by("pk").values_list("pk", flat=True)).values())
    return list(found.order_by("pk"))


def _sort(table: Table, bills: Iterable[_Bill]) -> None:
    """Put each row to the shipment that it means. One that is not clear about that is told so,
    and stands with all that it names.
    """
    by_number: dict[str, list[_Bill]] = defaultdict(list)
    by_tracking: dict[str, list[_Bill]] = defaultdict(list)
    for bill in bills:
        by_number[bill.shipment.number].append(bill)
        by_tracking[bill.shipment.tracking_number].append(bill)
    for row in table.rows:
        named = _named(row, by_number, by_tracking)
        amount = number_in(table, row, "amount")
        if not row.text("amount"):
            row.reject("amount", _("Enter an amount of zero or more."))
        for bill in named:
            bill.rows.append(row)
        if amount is not None and not row.problems:
            _take(row, named[0], amount)


def _named(
    row: Row, by_number: Mapping[str, list[_Bill]], by_tracking: Mapping[str, list[_Bill]]
) -> list[_Bill]:
    """Return the one shipment that a row means, or all that it names, and it is told what is
    wrong.
    """
    number, tracking = row.text("shipment"), row.text("tracking")
    numbered = by_number.get(number, [])
    tracked = by_tracking.get(tracking, []) if tracking else []
    found = numbered or tracked
    if number and tracking:
        found = [bill for bill in numbered if bill.shipment.tracking_number == tracking]
    if len(found) == 1:
        return found
    named = number if number and not numbered else tracking or number
    said = {"number": named[:60]}
    if not (number or tracking):
        row.reject("shipment", _("Name our shipment, or its tracking number."))
    elif found:
        message = _("Several carriers have “%(number)s”: name our shipment.")
        row.reject("tracking", message % said)
    elif numbered and tracked:
        message = _("“%(number)s” and “%(tracking)s” name two different shipments.")
        row.reject("shipment", message % {"number": number[:60], "tracking": tracking[:60]})
    else:
        row.reject("shipment", _("We have sent nothing under “%(number)s”.") % said)
    return [*numbered, *tracked]


def _take(row: Row, bill: _Bill, amount: Decimal) -> None:
    """Take up what a row asks for, or gives back, if it can have been charged."""
    currency = currency_of(bill.shipment, row.text("currency"))
    try:
        check_charge(bill.shipment, abs(amount), currency)
    except InvalidInput as refusal:
        row.reject(refusal.field, str(refusal))
    else:
        bill.charges.append((amount, currency))


def _agreed(bill: _Bill) -> Charge | None:
    """Say what becomes of the rows of a shipment; return what is to be noted, if anything."""
    try:
        amount, currency = charge = _total(bill)
    except InvalidInput as refusal:
        for row in bill.rows:
            if not row.problems:
                row.reject(refusal.field, str(refusal))
        return None
    shipment = bill.shipment
    before = shipment.charged_cost
    if (before, shipment.freight_currency) == charge:
        return None
    for row in bill.rows:
        row.status = Status.NEW if before is None else Status.CHANGED
        row.changes["charge"] = (
            money_in(before, shipment.freight_currency),
            money_in(amount, currency),
        )
    return charge


def _total(bill: _Bill) -> Charge:
    """Add up what the rows of a shipment ask for.

    Raises:
        InvalidInput: one of them has problems, or they cannot be added up.
    """
    for row in bill.rows:
        if row.problems:
            message = _("Row %(row)s of the same shipment has problems.") % {"row": row.number}
            raise InvalidInput(message, field="shipment")
    currencies = sorted({currency for _amount, currency in bill.charges})
    if len(currencies) > 1:
        message = _("The rows of this shipment are in several currencies: %(currencies)s.")
        raise InvalidInput(message % {"currencies": ", ".join(currencies)}, field="currency")
    amount = sum((amount for amount, _currency in bill.charges), ZERO)
    if amount < 0:
        message = _("The rows of this shipment come to less than zero.")
        raise InvalidInput(message, field="amount")
    check_charge(bill.shipment, amount, currencies[0])
    return amount, currencies[0]
