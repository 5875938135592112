"""What carriers have charged, from a file: new, changed, or left as it is."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import lock_many
from o2c.kernel.sheets import Unreadable
from o2c.kernel.sheets.tables import Row, Status, Table, number_in, read_table
from o2c.kernel.transactions import service
from shipping.models import Shipment
from shipping.services.charging import Charge, check_charge, currency_of, record_charges

COLUMNS = {
    "shipment": ("shipment", "shipment number", "sendung", "our number"),
    "tracking": ("tracking number", "tracking", "trackingnumber", "consignment", "sendungsnummer"),
    "amount": ("amount", "charged", "charge", "net", "betrag", "cost", "freight"),
    "currency": ("currency", "wahrung", "waehrung", "devise"),
}
NEEDED = ("amount",)


@service
def import_charges(content: bytes, name: str, *, commit: bool, at: datetime, actor: Actor) -> Table:
    """Read a carrier's bill as a file; with `commit` write the rows without problems.

    A row names our shipment or the tracking number. The number of statements does not depend on
    the number of rows.

    Raises:
        Unreadable: the file as a whole cannot be read, or names no shipments.
    """
    table = read_table(content, name, columns=COLUMNS, needed=NEEDED, numbers=("amount",))
    if not any(row.text("shipment") or row.text("tracking") for row in table.rows):
        message = _("The file needs a column of shipments or of tracking numbers.")
        raise Unreadable("no_shipments", message)
    shipments = _shipments(table.rows, is_locked=commit)
    wanted: dict[int, Charge] = {}
    seen: dict[int, int] = {}
    for row in table.rows:
        shipment = _shipment(row, shipments)
        amount = number_in(table, row, "amount")
        if not row.text("amount"):
            row.reject("amount", _("Enter an amount of zero or more."))
        if shipment is None or amount is None:
            continue
        if shipment.pk in seen:
            first = seen[shipment.pk]
            row.reject("shipment", _("It is in row %(row)s already.") % {"row": first})
            continue
        seen[shipment.pk] = row.number
        _weigh(row, shipment, amount, wanted)
    if commit:
        record_charges(wanted, at=at, actor=actor)
    return table


def _shipments(rows: Sequence[Row], *, is_locked: bool) -> list[Shipment]:
    numbers = {row.text("shipment") for row in rows} - {""}
    tracking = {row.text("tracking") for row in rows} - {""}
    found = Shipment.objects.filter(Q(number__in=numbers) | Q(tracking_number__in=tracking))
    if is_locked:
        return list(lock_many(Shipment, found.order_by("pk").values_list("pk", flat=True)).values())
    return list(found.order_by("pk"))


def _shipment(row: Row, shipments: Sequence[Shipment]) -> Shipment | None:
    """Return the one shipment that a row means; what is wrong is written into the row."""
    number, tracking = row.text("shipment"), row.text("tracking")
    found = [
        one
        for one in shipments
        if (not number or one.number == number)
        and (not tracking or one.tracking_number == tracking)
    ]
    if (number or tracking) and len(found) == 1:
        return found[0]
    said = {"number": (number or tracking)[:60]}
    if not (number or tracking):
        row.reject("shipment", _("Name our shipment, or its tracking number."))
    elif found:
        message = _("Several carriers have “%(number)s”: name our shipment.")
        row.reject("tracking", message % said)
    else:
        row.reject("shipment", _("We have sent nothing under “%(number)s”.") % said)
    return None


def _weigh(row: Row, shipment: Shipment, amount: Decimal, wanted: dict[int, Charge]) -> None:
    """Say what a row comes to, and take it up if it can be."""
    currency = currency_of(shipment, row.text("currency"))
    try:
        check_charge(shipment, amount, currency)
    except InvalidInput as refusal:
        row.reject(refusal.field, str(refusal))
        return
    before = shipment.charged_cost
    row.status = Status.NEW if before is None else Status.CHANGED
    if (before, shipment.freight_currency) == (amount, currency):
        row.status = Status.SAME
    else:
        row.changes = {"amount": (before, amount)}
        wanted[shipment.pk] = amount, currency
